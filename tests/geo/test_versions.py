"""Units that change: promotions are data, and figures stay comparable across them."""

from datetime import date

import pandas as pd
import pytest

from geo.boundaries import at_level, upward
from geo.checks import FaultsError
from geo.locate import build_locator, place_incidents
from geo.places import Level
from geo.versions import Promotion, carry, current_codes, promote, succession

BEFORE, DAY, AFTER = date(2023, 1, 1), date(2024, 1, 21), date(2024, 6, 1)
CHANGE = Promotion("NEW", "جديد", "New", ("G.1.1",), DAY)


@pytest.fixture
def changed(squares):
    return promote(squares, CHANGE)


def test_old_and_new_stand_side_by_side(changed):
    assert list(at_level(changed, Level.DISTRICT, on=BEFORE).index) == ["G.0", "G.1", "G.2", "G.3"]
    now = at_level(changed, Level.DISTRICT, on=AFTER)
    assert list(now.index) == ["G.0", "G.1.20240121", "G.2", "G.3", "NEW"]
    assert now.loc["NEW", "name_ar"] == "جديد"
    assert pd.isna(now.loc["NEW", "pcode"])
    assert now["area_km2"].sum() == pytest.approx(changed.loc["G", "area_km2"], rel=1e-9)
    assert len(at_level(changed, Level.SUBDISTRICT, on=BEFORE)) == 8
    assert len(at_level(changed, Level.SUBDISTRICT, on=AFTER)) == 8
    assert upward(changed, ["G.1.1.20240121", "G.1.0.20240121", "G.1.1"], Level.DISTRICT) == [
        "NEW",
        "G.1.20240121",
        "G.1",
    ]


def test_the_day_itself_belongs_to_the_new_units(changed):
    assert "NEW" in at_level(changed, Level.DISTRICT, on=DAY).index
    assert "NEW" not in at_level(changed, Level.DISTRICT, on=date(2024, 1, 20)).index


def test_figures_are_carried_and_their_sum_kept(changed):
    links = succession(changed, Level.DISTRICT, BEFORE, AFTER)
    shares = links.groupby("source")["share"].sum()
    assert shares.to_dict() == pytest.approx(dict.fromkeys(["G.0", "G.1", "G.2", "G.3"], 1.0))
    old = pd.DataFrame({"count": [10, 40, 5, 7]}, index=["G.0", "G.1", "G.2", "G.3"])
    new = carry(old, links, ["count"])
    assert new["count"].sum() == pytest.approx(62, abs=1e-9)
    assert new.loc["NEW", "count"] == pytest.approx(20, rel=1e-3)
    assert new.loc["G.0", "count"] == 10
    with pytest.raises(ValueError, match="no successor"):
        carry(pd.DataFrame({"count": [1]}, index=["LOST"]), links, ["count"])


def test_sub_districts_stay_one_series(changed):
    links = succession(changed, Level.SUBDISTRICT, BEFORE, AFTER)
    assert len(links) == 8
    assert links["share"].tolist() == pytest.approx([1.0] * 8)


def test_codes_of_old_files_find_todays_units(changed):
    codes = current_codes(changed, AFTER)
    assert codes["G.1.1"] == "G.1.1.20240121"
    assert codes["G.1"] == "G.1.20240121"
    assert codes["G.0"] == "G.0"
    assert current_codes(changed, BEFORE)["G.1.1.20240121"] == "G.1.1"


def test_points_follow_the_units_of_the_day(changed, make_incidents):
    rows = make_incidents([(47.15, 30.15)])
    for day, district in ((BEFORE, "G.1"), (AFTER, "NEW")):
        placed = place_incidents(rows, changed, locator=build_locator(changed, on=day))
        assert placed["district"].tolist() == [district]


def test_a_second_change_follows_the_first(changed):
    twice = promote(changed, Promotion("NEXT", "ثان", "Next", ("G.2.0", "G.2.1"), date(2025, 1, 1)))
    now = at_level(twice, Level.DISTRICT, on=date(2025, 6, 1))
    assert "G.2" not in now.index
    assert {"NEXT", "NEW"} <= set(now.index)
    assert "G.2" not in current_codes(twice, date(2025, 6, 1))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (Promotion("X", "", "", ("NOWHERE",), DAY), "no sub-district"),
        (Promotion("G.0", "", "", ("G.1.1",), DAY), "can't be the code"),
        (Promotion("X", "", "", ("G.1.1", "G.2.0"), DAY), "more than one district"),
    ],
)
def test_changes_that_make_no_sense_are_refused(squares, change, says):
    with pytest.raises(FaultsError, match=says):
        promote(squares, change)


def test_safwan_as_it_happened(basra):
    after = promote(
        basra, Promotion("IQG02-SAFWAN", "صفوان", "Safwan", ("IQG02Q06N02",), date(2024, 1, 21))
    )
    now = at_level(after, Level.DISTRICT, on=date(2024, 6, 1))
    assert len(now) == 8
    assert now.loc["IQG02-SAFWAN", "area_km2"] == pytest.approx(8_565, abs=1)
    assert now.loc["IQG02Q06.20240121", "area_km2"] == pytest.approx(1_372.5, abs=1)
