"""Whatever the order, split or unit: no incident lost, none counted twice, ranks as they were."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.arrivals import ARRIVALS
from geo.boundaries import at_level
from geo.build import build_layers
from geo.incidents import CATEGORIES, check_incidents
from geo.layers import LayerCode, Period
from geo.locate import account, build_locator, place_incidents
from geo.places import Level
from geo.population import check_population
from geo.rates import Window, count_incidents, windows
from tests.geo.conftest import square_units

UNITS = square_units()
LOCATOR = build_locator(UNITS)
LEAVES = list(at_level(UNITS, Level.SUBDISTRICT).index)
DISTRICTS = list(at_level(UNITS, Level.DISTRICT).index)
YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))

# Lattice coordinates put many points exactly on shared borders and corners.
lattice = st.integers(-1, 9).map(lambda n: n * 0.05)
incident = st.tuples(
    st.one_of(st.none(), st.tuples(lattice, lattice)),
    st.sampled_from([None, "G.1", "G.2.0", "G", "NOWHERE"]),
    st.sampled_from(list(CATEGORIES)),
    st.integers(0, 800),
)
incidents = st.lists(incident, min_size=1, max_size=60)


def table(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "lon": [np.nan if r[0] is None else round(47.0 + r[0][0], 6) for r in rows],
            "lat": [np.nan if r[0] is None else round(30.0 + r[0][1], 6) for r in rows],
            "area_given": [r[1] for r in rows],
            "category": [r[2] for r in rows],
            "date": [pd.Timestamp("2023-06-01") + pd.Timedelta(days=r[3]) for r in rows],
            "source": "SYNTHETIC",
        },
        index=[f"i{n}" for n in range(len(rows))],
    )
    return check_incidents(frame)


@settings(max_examples=60, deadline=None)
@given(incidents, st.randoms(use_true_random=False))
def test_the_order_of_incidents_changes_no_placement(rows, random):
    given_ = table(rows)
    placed = place_incidents(given_, UNITS, locator=LOCATOR)
    order = list(given_.index)
    random.shuffle(order)
    again = place_incidents(given_.loc[order], UNITS, locator=LOCATOR)
    pd.testing.assert_frame_equal(placed, again.loc[placed.index])
    told = account(placed)
    assert told["incidents"] == len(rows)
    assert sum(told[k] for k in ("placed", "border", "outside", "unplaced")) == len(rows)


@settings(max_examples=60, deadline=None)
@given(incidents)
def test_each_incident_is_in_one_sub_district_or_told_apart(rows):
    placed = place_incidents(table(rows), UNITS, locator=LOCATOR)
    by_leaf = count_incidents(placed, LEAVES, "subdistrict").to_numpy().sum()
    by_district = count_incidents(placed, DISTRICTS, "district").to_numpy().sum()
    assert by_leaf == placed["subdistrict"].notna().sum()
    assert by_district == placed["district"].notna().sum()
    assert by_district - by_leaf == account(placed)["district_only"]
    # Points of the covered rectangle never fall between units, on whatever border they lie.
    lon, lat = placed["lon"], placed["lat"]
    inside = lon.between(47.0, 47.4) & lat.between(30.0, 30.2)
    assert placed.loc[inside, "placement"].isin(["placed", "border"]).all()


@settings(max_examples=40, deadline=None)
@given(incidents)
def test_months_quarters_and_years_hold_the_same_incidents(rows):
    placed = place_incidents(table(rows), UNITS, locator=LOCATOR)
    start, end = date(2023, 1, 1), date(2026, 1, 1)
    sums = {
        window: sum(
            count_incidents(placed, DISTRICTS, "district", span).to_numpy().sum()
            for span in windows(start, end, window)
        )
        for window in Window
    }
    assert len(set(sums.values())) == 1
    assert sums[Window.YEAR] == placed["district"].notna().sum()


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.integers(0, 7), min_size=30, max_size=120),
    st.sampled_from([1e-3, 1.0, 1e3]),
    st.integers(0, 5),
)
def test_ranks_of_rates_do_not_depend_on_the_unit_of_residents(homes, factor, seed):
    """Persons or thousands of persons: shrunken rates keep their order, raw ones too."""
    rng = np.random.default_rng(seed)
    leaves = [LEAVES[n] for n in homes]
    rows = [(None, code, "other", 300) for code in leaves]
    placed = place_incidents(table(rows), UNITS, locator=LOCATOR)
    people = rng.integers(1_000, 90_000, len(LEAVES)).astype(float)
    ranks = []
    for scale in (1.0, factor):
        population = check_population(
            pd.DataFrame(
                {"area": LEAVES, "as_of": "2024-07-01", "residents": people * scale, "source": "x"}
            )
        )
        layers = build_layers(UNITS, placed, ARRIVALS.empty(), population, period=YEAR)
        values = layers.get(LayerCode.INCIDENT_RATE, Level.SUBDISTRICT).values
        assert values["count"].sum() == len(rows)
        ranks.append((values["raw"].rank(), values["value"] * scale))
    pd.testing.assert_series_equal(ranks[0][0], ranks[1][0])
    np.testing.assert_allclose(ranks[0][1], ranks[1][1], rtol=1e-6)


@pytest.mark.parametrize("level", [Level.SUBDISTRICT, Level.DISTRICT])
def test_more_incidents_never_lower_a_rate(level):
    rows = [(None, code, "other", 300) for code in LEAVES for _ in range(5)]
    population = check_population(
        pd.DataFrame({"area": LEAVES, "as_of": "2024-07-01", "residents": 1e4, "source": "x"})
    )

    def rates(more: int) -> pd.DataFrame:
        given_ = table([*rows, *[(None, "G.1.1", "other", 300)] * more])
        placed = place_incidents(given_, UNITS, locator=LOCATOR)
        layers = build_layers(UNITS, placed, ARRIVALS.empty(), population, period=YEAR)
        return layers.get(LayerCode.INCIDENT_RATE, level).values

    code = "G.1.1" if level is Level.SUBDISTRICT else "G.1"
    values = [rates(more).loc[code, "value"] for more in (0, 1, 5, 20)]
    assert values == sorted(values)
