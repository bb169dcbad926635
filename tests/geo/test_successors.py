"""Codes of units that ended find today's units; figures are carried, never lost or doubled."""

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest

from geo.boundaries import at_level, upward
from geo.layers import Period
from geo.locate import account, build_locator, place_incidents
from geo.places import Level, Standing
from geo.population import check_population
from geo.rates import count_incidents
from geo.successors import figures_in, successors
from geo.versions import Promotion, promote

BEFORE, DAY, AFTER = date(2023, 1, 1), date(2024, 1, 21), date(2024, 6, 1)
HISTORY = (
    Promotion("IQG02-DAIR", "الدير", "Al-Dair", ("IQG02Q05N01",), date(2018, 5, 1)),
    Promotion("IQG02-SAFWAN", "صفوان", "Safwan", ("IQG02Q06N02",), date(2024, 1, 21)),
    Promotion("IQG02-UMQASR", "أم قصر", "Umm Qasr", ("IQG02Q06N03.20240121",), date(2024, 3, 25)),
)


@pytest.fixture(scope="module")
def changed(squares) -> gpd.GeoDataFrame:
    return promote(squares, Promotion("NEW", "جديد", "New", ("G.1.1",), DAY))


@pytest.fixture(scope="module")
def promoted(basra) -> gpd.GeoDataFrame:
    """Basra with three promotions, one after another; OCHA's map of 2019 shows the tree before."""
    basra = basra.assign(valid_from=pd.NaT)
    for change in HISTORY:
        basra = promote(basra, change)
    return basra


def valid(units: gpd.GeoDataFrame, day: date) -> gpd.GeoDataFrame:
    return pd.concat([at_level(units, level, on=day) for level in Level])


def people(*rows: tuple[str, str, float], **more: object) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["area", "as_of", "residents"])
    return check_population(frame.assign(**{"source": "test", "standing": "official", **more}))


def test_without_a_change_nothing_is_asked(squares):
    found = successors(squares, AFTER)
    assert (found.same, found.leaves, found.home) == ({}, {}, {})
    figures = people(("G.1", "2020-07-01", 900.0))
    assert figures_in(figures, squares, found) is figures


def test_a_renewed_unit_is_the_same_one_and_a_smaller_one_is_not(changed):
    found = successors(changed, AFTER)
    assert found.same == {"G.1.0": "G.1.0.20240121", "G.1.1": "G.1.1.20240121"}
    assert found.leaves["G.1"] == {"G.1.0.20240121", "G.1.1.20240121"}
    assert found.home["G.1"] == "G"
    assert found.holder("G.1") == "G"
    assert found.holder("G.0") == "G.0"
    assert found.code("G.1.1") == "G.1.1.20240121"
    assert found.code("nobody") == "nobody"


def test_it_works_backwards_too(changed):
    found = successors(changed, BEFORE)
    assert found.same["G.1.1.20240121"] == "G.1.1"
    assert found.leaves["NEW"] == {"G.1.1"}
    assert found.home["NEW"] == "G.1.1"


def test_a_redrawn_map_with_other_codes_is_found_by_its_ground(squares):
    redrawn = squares.set_axis([f"R{n}" for n in range(len(squares))])
    parent = dict(zip(squares.index, redrawn.index, strict=True))
    redrawn["parent"] = redrawn["parent"].map(parent)
    redrawn["valid_from"], old = pd.Timestamp(DAY), squares.assign(valid_to=pd.Timestamp(DAY))
    found = successors(pd.concat([old, redrawn]), AFTER)
    assert found.same == parent


def test_figures_of_a_divided_district_follow_its_residents(changed):
    given = people(
        ("G.1", "2020-07-01", 900.0), ("G.1.0", "2020-07-01", 200.0), ("G.1.1", "2020-07-01", 600.0)
    )
    now = valid(changed, AFTER)
    table = figures_in(given, now, successors(changed, AFTER)).set_index("area")
    assert table.loc["NEW", "residents"] == pytest.approx(900 * 600 / 800)
    assert table.loc["G.1.20240121", "residents"] == pytest.approx(900 * 200 / 800)
    assert table.loc["G.1.1.20240121", "residents"] == 600.0
    assert table.loc[["NEW", "G.1.20240121"], "standing"].tolist() == ["estimated"] * 2
    assert table.loc["G.1.1.20240121", "standing"] == "official"


def test_by_area_where_the_leaves_are_not_known_and_the_sum_is_kept(changed):
    given = people(("G.1", "2020-07-01", 900.0), ("G.0", "2020-07-01", 5.0))
    found = successors(changed, AFTER)
    table = figures_in(given, valid(changed, AFTER), found).set_index("area")["residents"]
    assert table["NEW"] == pytest.approx(450, rel=2e-3)
    assert table.sum() == pytest.approx(905.0, abs=1e-9)


def test_a_figure_of_its_own_wins_and_half_a_sum_is_left_out(changed):
    found = successors(changed, AFTER)
    given = people(("G.1", "2024-07-01", 900.0), ("NEW", "2024-07-01", 77.0))
    table = figures_in(given, valid(changed, AFTER), found).set_index("area")["residents"]
    assert table["NEW"] == 77.0
    back = successors(changed, BEFORE)
    alone = figures_in(people(("NEW", "2024-07-01", 77.0)), valid(changed, BEFORE), back)
    assert "G.1" not in set(alone["area"])
    both = people(("NEW", "2024-07-01", 77.0), ("G.1.20240121", "2024-07-01", 23.0))
    table = figures_in(both, valid(changed, BEFORE), back).set_index("area")
    assert table.loc["G.1", "residents"] == pytest.approx(100.0)


def test_synthetic_figures_stay_marked(changed):
    given = people(("G.1", "2020-07-01", 900.0), standing=Standing.SYNTHETIC.value)
    table = figures_in(given, valid(changed, AFTER), successors(changed, AFTER))
    assert set(table["standing"]) == {"synthetic"}


def test_an_old_code_means_its_old_ground(changed, make_incidents):
    """An incident of 2023 coded G.1 whose point lies in what is now the district NEW."""
    rows = make_incidents(
        [(47.15, 30.15), (47.15, 30.05), (float("nan"), float("nan")), (47.35, 30.05)],
        given=["G.1", "G.1", "G.1", "G.1"],
    )
    now = valid(changed, AFTER)
    locator = build_locator(now, past=successors(changed, AFTER))
    placed = place_incidents(rows, now, locator=locator)
    assert placed["district"].tolist()[:2] == ["NEW", "G.1.20240121"]
    assert placed["placement"].tolist() == ["placed", "placed", "placed", "border"]
    # The third is somewhere on the old ground, the fourth's point lies 10 km off: no district.
    assert placed["district"].isna().tolist() == [False, False, True, True]
    assert sum(account(placed)[k] for k in ("placed", "border", "outside", "unplaced")) == 4


def test_a_leaf_without_a_point_goes_on_as_itself(changed, make_incidents):
    rows = make_incidents([(float("nan"), float("nan"))], given=["G.1.1"])
    now = valid(changed, AFTER)
    locator = build_locator(now, past=successors(changed, AFTER))
    placed = place_incidents(rows, now, locator=locator)
    assert placed["subdistrict"].tolist() == ["G.1.1.20240121"]
    assert placed["district"].tolist() == ["NEW"]


def test_al_dair_safwan_and_umm_qasr_as_districts(promoted):
    now = at_level(promoted, Level.DISTRICT, on=date(2025, 1, 1))
    assert len(now) == 10
    assert {"IQG02-DAIR", "IQG02-SAFWAN", "IQG02-UMQASR"} <= set(now.index)
    assert now["pcode"].isna().sum() >= 3
    found = successors(promoted, date(2025, 1, 1))
    assert found.same["IQG02Q06N03"] == "IQG02Q06N03.20240325"
    assert found.same["IQG02Q05N01"] == "IQG02Q05N01.20180501"
    assert len(found.leaves["IQG02Q06"]) == 3
    assert found.home["IQG02Q06"] == "IQG02"
    # Between the two days Safwan is a district already, Umm Qasr is not yet.
    assert len(at_level(promoted, Level.DISTRICT, on=date(2024, 2, 1))) == 9


def test_series_across_three_promotions_count_each_event_once(promoted, events):
    """The 2,891 real events, coded with districts of 2019, in the units of four days."""
    totals = []
    for day in (date(2015, 1, 1), date(2020, 1, 1), date(2024, 2, 1), date(2025, 1, 1)):
        now = valid(promoted, day)
        locator = build_locator(now, past=successors(promoted, day))
        placed = place_incidents(events, now, locator=locator)
        leaves = at_level(now, Level.SUBDISTRICT).index
        counts = count_incidents(
            placed, list(leaves), "subdistrict", Period(date(2006, 1, 1), date(2009, 1, 1))
        )["other"]
        roots = pd.Index([code.split(".")[0] for code in leaves])
        totals.append(counts.set_axis(roots).sort_index())
        up = upward(now, [str(c) for c in placed["subdistrict"].dropna()], Level.DISTRICT)
        assert pd.Series(up).notna().all()
    for later in totals[1:]:
        assert (later == totals[0]).all()
