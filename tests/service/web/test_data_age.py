"""Old incidents are told where a reader would take their layers for today's, and late entries."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from geo.layers import Clearance, Period
from geo.places import Standing
from service.layerbook import LayerBook
from service.locale.words import make_words
from service.pages.data_age import date_hint, date_notice, old_notice
from service.store.datasets import Dataset, Kind
from tests.service.small_town import SmallTown
from tests.service.web.test_entries import CLAN, _grounds, save
from tests.service.web_house import FakeAtlas

__all__ = ["_grounds"]  # a fixture of the forms, used here too

LAST_CASE = date(2024, 12, 24)
LATE = "after the newest period of the layers (2007)"
HINT = "The newest period of the layers is 2007"
OLD = "The newest incidents are from 2007"


def incidents(as_of=LAST_CASE):
    return Dataset(
        sequence=1,
        kind=Kind.INCIDENTS,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        actor="planner",
        file_name="cases.csv",
        file_sha256="",
        digest="",
        rows_read=400,
        rows_kept=400,
        rows_already=0,
        rows_rejected=0,
        rows_flagged=0,
        source="",
        licence="",
        note="",
        standing=Standing.SYNTHETIC,
        as_of=as_of,
        summary={},
        demo=False,
        active=True,
    )


@dataclass
class DatedAtlas(FakeAtlas):
    """All incidents are of one year."""

    year: int = 2007

    def periods(self, window=None, level=None, code=None, category=None):
        return (Period(date(self.year, 1, 1), date(self.year + 1, 1, 1)),)

    def datasets(self):
        return (incidents(),)


@pytest.fixture
def atlas():
    return DatedAtlas()


@pytest.mark.parametrize(("role", "path"), [
    ("director", "/scenarios"), ("planner", "/data"), ("viewer", "/data"), ("viewer", "/"),
])  # fmt: skip
def test_old_incidents_are_told(as_role, atlas, role, path):
    assert OLD in as_role(role).get(path).text
    assert "أحدث الحوادث تعود إلى 2007" in as_role(role, "ar").get(path).text
    atlas.year = datetime.now(UTC).year - 1
    assert "The newest incidents are from" not in as_role(role).get(path).text


def test_an_arrival_after_the_newest_period_is_told(as_role, atlas):
    client = as_role("planner")
    form = client.get("/data/forms/arrivals").text
    assert HINT in form
    assert 'id="hint_date"' in form
    assert 'dir="ltr" aria-describedby="hint_date"' in form
    assert LATE not in form
    assert LATE in save(client, "arrivals", CLAN).text
    arabic = as_role("planner", "ar")
    answer = save(arabic, "arrivals", CLAN | {"date": "2025-03-02"})
    assert "يقع هذا التاريخ بعد أحدث فترة للطبقات (2007)" in answer.text
    atlas.year = 2025
    answer = save(client, "arrivals", CLAN | {"date": "2025-03-03"})
    assert "Kept as version" in answer.text
    assert "after the newest period" not in answer.text


def test_other_forms_say_nothing_of_it(as_role):
    assert HINT not in as_role("planner").get("/data/forms/requests").text


@pytest.mark.parametrize("clearance", [Clearance.RELEASED, Clearance.EXACT])
def test_of_real_layers_the_year_is_told_and_no_day(clearance):
    words = make_words("en")
    book = LayerBook(SmallTown(), "v1", clearance, datasets=[incidents()])
    old = old_notice(book, words, date(2027, 1, 2))
    assert old == "The newest incidents are from 2024: layers and plans speak of that time."
    assert not old_notice(book, words, date(2027, 1, 1))
    assert not date_notice(book, words, date(2024, 12, 31))
    assert "(2024)" in date_notice(book, words, date(2025, 1, 1))
    assert not date_hint(book, words, date(2024, 12, 31))


def test_without_incidents_nothing_is_said_of_them():
    book = LayerBook(SmallTown(), "v1", Clearance.RELEASED)
    assert not old_notice(book, make_words("en"), date(2040, 1, 1))
    assert not date_hint(book, make_words("en"), date(2040, 1, 1))
