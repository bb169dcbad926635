"""The map on paper: a drawing, a print view and a PDF, each of released figures."""

import hashlib
import re

import pytest

from geo.layers import LayerCode
from tests.service.web_house import FakeAtlas


@pytest.mark.parametrize(("level", "hidden"), [("district", "185.0"), ("subdistrict", "407.0")])
def test_the_drawing_has_figures_a_legend_and_both_hatchings(as_role, level, hidden):
    answer = as_role("viewer").get(f"/map.svg?layer=incident_rate&level={level}")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "url(#protected)" in answer.text
    assert "url(#nothing)" in answer.text
    for word in ("protected", "no data", "Incident rate", "SYNTHETIC"):
        assert word in answer.text
    assert "148.0" in answer.text
    assert hidden not in answer.text


def test_the_print_view_holds_map_legend_and_the_whole_table(as_role):
    text = as_role("viewer").get("/map/print?layer=growth&level=subdistrict").text
    assert text.count("<tr data-code=") == 12
    assert '<img src="/map.svg?layer=growth' in text
    assert 'id="legend"' in text
    (governorate,) = FakeAtlas().governorates()
    assert f"<bdi>{governorate.name_en}</bdi>" in text  # a sheet of paper says what land it shows
    assert "/export/" not in text  # a viewer takes no files away
    assert '<details class="small" open>' in text  # nobody opens a fold on paper


def test_thousands_of_cells_are_not_printed_on_eighty_pages(as_role, monkeypatch):
    monkeypatch.setattr("service.pages.map_paper._MOST_AREAS", 10)
    monkeypatch.setattr("service.pages.map_paper._MOST_CELLS", 5)
    text = as_role("viewer", "en").get("/map/print?layer=growth&level=subdistrict").text
    assert text.count("<tr data-code=") == 5
    assert "5 of 12 rows are shown" in text


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_pdf_is_one_page_and_the_log_knows_of_it(as_role, house, lang):
    answer = as_role("planner", lang).get("/export/need.pdf?level=district")
    assert answer.headers["content-type"] == "application/pdf"
    assert len(re.findall(rb"/Type\s*/Page\b", answer.content)) == 1
    assert b"pdfuaid" in answer.content
    event = house[1].audit.list(action="export_made")[0]
    assert event.actor == "planner"
    assert event.details["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert event.details["serial"].startswith("MZ-")
    assert event.details["exact"] is False


def test_each_layer_and_no_other_has_a_page(as_role):
    client = as_role("planner")
    shown = set(re.findall(r'name="layer" value="(\w+)"', client.get("/").text))
    assert shown >= {LayerCode.NEED, LayerCode.HOTSPOTS, LayerCode.TREND}
    for layer in sorted(shown):
        assert client.get(f"/export/{layer}.pdf").status_code == 200, layer
    assert client.get("/export/near_repeat.pdf").status_code == 400
    assert client.get("/export/served_share.pdf").status_code == 400  # there is no plan yet


def test_a_viewer_takes_no_page_away(as_role):
    assert as_role("viewer").get("/export/need.pdf").status_code == 403
