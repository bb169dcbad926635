"""A file with wrong columns: all that is missing on one page, what was found, an empty file."""

import pytest

from service.imports.templates import template_headers
from service.store import Kind
from tests.service.web.conftest import ORIGIN

TEXT = "التاريح,نوع الحادت,x1\n2024-01-02,سرقة,3\n"


@pytest.fixture
def page(as_role, grounds):
    def send(lang):
        client = as_role("planner", lang)
        answer = client.post(
            "/data/incidents/upload",
            files={"file": ("cases.csv", TEXT.encode(), "text/csv")},
            headers=ORIGIN,
        )
        assert answer.status_code == 422
        return answer.text

    return send


def test_arabic_page_names_columns_in_arabic_with_the_key_in_brackets(page):
    text = page("ar")
    assert "الفئة (\u2068category\u2069)" in text
    assert "خط الطول (\u2068lon\u2069) + خط العرض (\u2068lat\u2069)" in text
    assert "التاريخ (\u2068date\u2069)" in text
    assert "'category'" not in text
    assert "أتقصد" in text
    assert "--column" not in text


def test_english_page_says_what_was_found_and_offers_an_empty_file(page):
    text = page("en")
    assert "Did you mean" in text
    assert "/data/incidents/template.csv" in text
    assert "x1" in text
    assert text.count("No column for") == 3


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_empty_file_is_fetched_in_the_reader_s_language(as_role, lang):
    client = as_role("planner")
    for kind in Kind:
        answer = client.get(f"/data/{kind.value}/template.csv?lang={lang}")
        if kind is Kind.BOUNDARIES:
            assert answer.status_code == 404
            continue
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/csv")
        line = answer.content.decode("utf-8-sig").strip()
        assert line.split(",") == list(template_headers(kind, lang))
