"""Old incidents are told where a reader would take their layers for today's."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from geo.layers import Clearance, Period
from geo.places import Standing
from service.layerbook import LayerBook
from service.locale.words import make_words
from service.pages.data_age import old_notice
from service.store.datasets import Dataset, Kind
from tests.service.small_town import SmallTown
from tests.service.web_house import FakeAtlas

LAST_CASE = date(2024, 12, 24)
OLD = "The newest whole period of incidents is 2007"


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
    assert "أحدث فترة كاملة للحوادث هي 2007" in as_role(role, "ar").get(path).text
    atlas.year = datetime.now(UTC).year - 1
    assert "The newest whole period of incidents is" not in as_role(role).get(path).text


@pytest.mark.parametrize("clearance", [Clearance.RELEASED, Clearance.EXACT])
def test_of_real_layers_the_year_is_told_and_no_day(clearance):
    words = make_words("en")
    book = LayerBook(SmallTown(), "v1", clearance, datasets=[incidents()])
    old = old_notice(book, words, date(2027, 1, 2))
    assert old.startswith("The newest whole period of incidents is 2024: incident rates,")
    assert not old_notice(book, words, date(2027, 1, 1))


def test_without_incidents_nothing_is_said_of_them():
    book = LayerBook(SmallTown(), "v1", Clearance.RELEASED)
    assert not old_notice(book, make_words("en"), date(2040, 1, 1))
