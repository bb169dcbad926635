"""All layers of a period: complete, consistent between levels, honest about what lacks."""

from datetime import date

import pandas as pd
import pytest

from geo.arrivals import ARRIVALS, check_arrivals
from geo.build import LayerChoices, build_layers
from geo.incidents import CATEGORIES, INCIDENTS
from geo.layers import AREA_LAYERS, SEVERE_GROUP, LayerCode, Period
from geo.locate import place_incidents
from geo.places import Level, Source, Standing
from geo.population import POPULATION, check_population

YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))


@pytest.fixture
def people(squares) -> pd.DataFrame:
    leaves = [c for c in squares.index if c.count(".") == 2]
    rows = [(code, "2022-01-01", 10_000.0, "estimated", "SYNTHETIC weights") for code in leaves]
    rows += [("G", "2012-01-01", 60_000.0, "official", "census")]
    rows += [("G", "2022-01-01", 80_000.0, "official", "census")]
    columns = ["area", "as_of", "residents", "standing", "source"]
    return check_population(pd.DataFrame(rows, columns=columns))


@pytest.fixture
def clans() -> pd.DataFrame:
    rows = [
        {"date": "2024-05-01", "area": "G.1.0", "families": 100, "clan": True, "source": "dtm"},
        {"date": "2024-05-02", "area": "G.1", "families": 10, "source": "dtm"},
        {"date": "2023-05-02", "area": "G.1.1", "families": 7, "source": "dtm"},
    ]
    return check_arrivals(pd.DataFrame(rows, index=["a", "b", "c"]))


@pytest.fixture
def placed(squares, make_incidents) -> pd.DataFrame:
    points = [(47.05, 30.05)] * 9 + [(47.25, 30.15)] * 3 + [(49.0, 33.0)]
    kinds = ["domestic_violence"] * 4 + ["other"] * 9
    return place_incidents(make_incidents(points, category=kinds), squares)


@pytest.fixture
def layers(squares, placed, clans, people):
    return build_layers(squares, placed, clans, people, period=YEAR, data_version="v1")


def test_every_kind_is_there_at_both_levels(layers):
    for level in (Level.SUBDISTRICT, Level.DISTRICT):
        for code in AREA_LAYERS:
            layer = layers.get(code, level)
            assert layer.data_version == "v1"
            assert layer.period == YEAR
            assert layer.unit
            assert layer.method
            assert layer.values.index.name == "code"
        for category in (SEVERE_GROUP, *CATEGORIES):
            assert layers.find(LayerCode.INCIDENT_RATE, level, category) is not None
    with pytest.raises(KeyError):
        layers.get(LayerCode.NEED, Level.CELL)


def test_categories_add_up_to_all_and_districts_to_their_parts(layers, squares):
    for level, total in ((Level.SUBDISTRICT, 12), (Level.DISTRICT, 12)):
        whole = layers.get(LayerCode.INCIDENT_RATE, level).values["count"]
        parts = sum(
            layers.get(LayerCode.INCIDENT_RATE, level, c).values["count"] for c in CATEGORIES
        )
        pd.testing.assert_series_equal(whole, parts, check_names=False)
        assert whole.sum() == total
    severe = layers.get(LayerCode.INCIDENT_RATE, Level.DISTRICT, SEVERE_GROUP).values
    assert severe["count"].to_dict() == {"G.0": 4, "G.1": 0, "G.2": 0, "G.3": 0}


def test_residents_growth_and_influx(layers):
    residents = layers.get(LayerCode.RESIDENTS, Level.DISTRICT).values["value"]
    # 10,000 in 2022, carried to the middle of 2024 by the governorate's growth.
    assert residents.tolist() == pytest.approx([20_000.0 * 1.02918**2.5] * 4, rel=2e-4)
    told = layers.get(LayerCode.RESIDENTS, Level.SUBDISTRICT).values
    assert told["figure"].tolist() == [10_000.0] * 8
    assert set(told["figure_as_of"]) == {pd.Timestamp("2022-01-01")}
    assert set(told["as_of"]) == {pd.Timestamp("2024-07-02")}
    growth = layers.get(LayerCode.GROWTH, Level.SUBDISTRICT)
    assert growth.values["value"].tolist() == pytest.approx([2.918] * 8, abs=0.001)
    assert growth.values["inherited"].all()
    assert "8 areas have fewer than two" in growth.caveats[0]
    influx = layers.get(LayerCode.INFLUX, Level.SUBDISTRICT)
    assert influx.values.loc["G.1.0", "value"] == pytest.approx(60.0 / 1.02918**2.5, rel=2e-4)
    assert influx.values.loc["G.1.1", "stock"] == 42
    assert "1 arrivals name an area above" in influx.caveats[0]
    district = layers.get(LayerCode.INFLUX, Level.DISTRICT).values
    assert district.loc["G.1", "count"] == 660


def test_density_is_over_the_whole_unit(layers, squares):
    density = layers.get(LayerCode.INCIDENT_DENSITY, Level.SUBDISTRICT).values
    expected = 9 / squares.loc["G.0.0", "area_km2"] / YEAR.years
    assert density.loc["G.0.0", "value"] == pytest.approx(expected)


def test_the_worst_standing_wins_and_sources_say_theirs(layers):
    rate = layers.get(LayerCode.INCIDENT_RATE, Level.SUBDISTRICT)
    assert rate.standing is Standing.ESTIMATED
    names = {s.name: s.standing for s in rate.sources}
    assert names["census"] is Standing.OFFICIAL
    assert names["SYNTHETIC weights"] is Standing.ESTIMATED


def test_synthetic_incidents_are_synthetic_all_the_way(squares, placed, clans, people):
    marked = placed.assign(source="SYNTHETIC demo")
    found = build_layers(squares, marked, clans, people, period=YEAR)
    assert found.get(LayerCode.NEED, Level.DISTRICT).standing is Standing.SYNTHETIC
    told = {"SYNTHETIC demo": Source(name="Demo", standing=Standing.SYNTHETIC, licence="CC0")}
    named = build_layers(squares, marked, clans, people, period=YEAR, sources=told)
    rate = named.get(LayerCode.INCIDENT_RATE, Level.DISTRICT)
    assert rate.sources[0].licence == "CC0"


def test_nothing_at_all_gives_no_data_and_no_invention(squares):
    empty = INCIDENTS.empty().assign(subdistrict=None, district=None, placement=None, heap=False)
    empty = empty.astype({"subdistrict": "str", "district": "str", "placement": "str"})
    found = build_layers(squares, empty, ARRIVALS.empty(), POPULATION.empty(), period=YEAR)
    need = found.get(LayerCode.NEED, Level.SUBDISTRICT)
    assert need.values["value"].isna().all()
    rate = found.get(LayerCode.INCIDENT_RATE, Level.SUBDISTRICT)
    assert rate.values["value"].isna().all()
    assert any("8 of 8 areas have no figure of residents" in c for c in rate.caveats)


def test_repeats_can_be_left_out(squares, placed, clans, people):
    doubled = placed.assign(repeat=[True] * 5 + [False] * 8)
    kept, left = (
        build_layers(
            squares, doubled, clans, people, period=YEAR,
            choices=LayerChoices(leave_out_repeats=flag),
        ).get(LayerCode.INCIDENT_RATE, Level.DISTRICT)
        for flag in (False, True)
    )  # fmt: skip
    assert kept.values["count"].sum() - left.values["count"].sum() == 5
    assert any("5 incidents repeat" in c for c in kept.caveats)


def test_neighbours_and_reporting_are_choices(squares, placed, clans, people):
    spatial = build_layers(
        squares, placed, clans, people, period=YEAR, choices=LayerChoices(spatial=True)
    ).get(LayerCode.INCIDENT_RATE, Level.SUBDISTRICT)
    assert "Spatial" in spatial.method
    doubled = build_layers(
        squares, placed, clans, people, period=YEAR,
        choices=LayerChoices(reporting=dict.fromkeys(CATEGORIES, 2.0)),
    )  # fmt: skip
    plain = build_layers(squares, placed, clans, people, period=YEAR)
    key = (LayerCode.INCIDENT_RATE, Level.DISTRICT)
    pd.testing.assert_series_equal(
        doubled.get(*key).values["value"], 2 * plain.get(*key).values["value"]
    )


def test_need_drills_down_to_raw_figures(layers):
    need = layers.get(LayerCode.NEED, Level.SUBDISTRICT).values
    influx = layers.get(LayerCode.INFLUX, Level.SUBDISTRICT).values
    assert need["figure_influx"].equals(influx["value"])
    assert need.loc["G.1.0", "score_influx"] == 10.0
    assert need.loc["G.1.0", "rank"] <= 2


def test_the_real_events_make_layers(basra, events):
    placed = place_incidents(events, basra)
    leaves = [c for c in basra.index if "N" in c]
    people = check_population(
        pd.DataFrame({"area": leaves, "as_of": "2008-01-01", "residents": 100_000.0})
    )
    period = Period(date(2006, 1, 1), date(2009, 1, 1))
    found = build_layers(basra, placed, ARRIVALS.empty(), people, period=period)
    rate = found.get(LayerCode.INCIDENT_RATE, Level.SUBDISTRICT)
    assert rate.values["count"].sum() == 2_891
    assert rate.values.loc["IQG02Q07N03", "heap_share"] == pytest.approx(465 / 540)
    assert any("534 incidents repeat" in c for c in rate.caveats)
    assert found.get(LayerCode.INCIDENT_RATE, Level.DISTRICT).values["count"].sum() == 2_891


def test_areas_that_do_not_add_up_to_the_official_figure_are_told(squares, placed, clans, people):
    def told(table):
        layers = build_layers(squares, placed, clans, table, period=YEAR)
        return [c for c in layers.get(LayerCode.RESIDENTS, Level.SUBDISTRICT).caveats if "add" in c]

    assert told(people) == []
    leaves = people["area"].str.startswith("G.")
    high = people.assign(residents=people["residents"].where(~leaves, people["residents"] * 1.5))
    (note,) = told(high)
    assert "the figure of G itself is" in note
    lacking = high[high["area"] != "G.0.0"]
    assert told(lacking) == []


def test_hot_spots_are_never_tested_on_rates_made_alike(squares, placed, clans, people):
    from geo.change_layers import area_spots

    choices = LayerChoices(spatial=True)
    layers = build_layers(squares, placed, clans, people, period=YEAR, choices=choices)
    rate = layers.get(LayerCode.INCIDENT_RATE, Level.SUBDISTRICT)
    leaves = squares[squares["level"] == "subdistrict"]
    spots = area_spots(rate, leaves, spatial=True)
    assert spots.values["figure"].to_dict() == pytest.approx(rate.values["raw"].to_dict())
    assert any("raw rates" in caveat for caveat in spots.caveats)
    plain = area_spots(rate, leaves)
    assert plain.values["figure"].to_dict() == pytest.approx(rate.values["value"].to_dict())
