"""Counts add up, whatever the split, the order, the file kind and the executor."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.arrivals import ARRIVALS
from geo.boundaries import at_level
from geo.build import build_layers
from geo.grid import build_grid
from geo.incidents import CATEGORIES
from geo.layers import Clearance, LayerCode, Period
from geo.locate import place_incidents
from geo.places import Level
from geo.population import POPULATION
from geo.scale import Counter, Headers, count_csv, count_parquet, dask_map, pool_map
from geo.tally import Calendar, Tally, count_codes, tally_of
from tests.geo.conftest import square_units

UNITS = square_units()
LEAVES = at_level(UNITS, Level.SUBDISTRICT)
GRID = build_grid(list(LEAVES.index), list(LEAVES.geometry), size=64)
CALENDAR = Calendar(date(2023, 1, 1), 24)
COUNTER = Counter(GRID, CALENDAR, Headers())
N = 5_000


@pytest.fixture(scope="module")
def table() -> pa.Table:
    rng = np.random.default_rng(11)
    days = np.datetime64("2022-12-01") + rng.integers(0, 800, N)
    words = np.array([*CATEGORIES, "something else"])[rng.integers(0, 11, N)]
    return pa.table(
        {
            "lon": rng.uniform(46.9, 47.5, N),
            "lat": rng.uniform(29.9, 30.3, N),
            "category": words,
            "date": pa.array(days.astype("datetime64[D]")),
        }
    )


@pytest.fixture(scope="module")
def plainly(table) -> Tally:
    """The same counts in so many words."""
    frame = table.to_pandas()
    shape = (len(GRID.codes) + 1, len(CATEGORIES), 25)
    counts = np.zeros(shape, dtype=np.int64)
    for row in frame.itertuples():
        held = LEAVES.index[LEAVES.contains_properly(_point(row.lon, row.lat))]
        area = GRID.codes.index(held[0]) if len(held) else len(GRID.codes)
        kind = row.category if row.category in CATEGORIES else "other"
        month = (row.date.year - 2023) * 12 + row.date.month - 1
        counts[area, list(CATEGORIES).index(kind), month if 0 <= month < 24 else 24] += 1
    return COUNTER.tally([counts])


def _point(x, y):
    import shapely

    return shapely.Point(x, y)


@pytest.fixture(scope="module")
def files(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    pyarrow.csv.write_csv(table, folder / "all.csv")
    pq.write_table(table, folder / "all.parquet", row_group_size=700)
    for i in range(3):
        pq.write_table(table.slice(i * 2_000, 2_000), folder / f"part{i}.parquet")
    return folder


def test_every_way_gives_the_same_counts(table, files, plainly):
    ways = {
        "memory": COUNTER.tally([COUNTER.batch(table)]),
        "csv": count_csv(files / "all.csv", COUNTER, block_bytes=10_000),
        "parquet": count_parquet([files / "all.parquet"], COUNTER),
        "parts": count_parquet(sorted(files.glob("part*"), reverse=True), COUNTER),
    }
    with ThreadPoolExecutor(2) as pool:
        ways["pool"] = count_parquet([files / "all.parquet"], COUNTER, spread=pool_map(pool))
    for name, tally in ways.items():
        assert (tally.counts == plainly.counts).all(), name
        assert tally.total == N


def test_dask_runs_the_same_kernel(files, plainly):
    from distributed import Client

    with Client(
        processes=False, dashboard_address=None, n_workers=2, threads_per_worker=1
    ) as client:
        tally = count_parquet(sorted(files.glob("part*")), COUNTER, spread=dask_map(client))
    assert (tally.counts == plainly.counts).all()


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(-1, 3), st.integers(0, 2), st.integers(-5, 9)), max_size=50
    ),
    cut=st.integers(0, 50),
)
def test_counts_of_parts_add_up(rows, cut):
    area, category, month = (
        np.array([r[i] for r in rows], dtype=d)
        for i, d in enumerate((np.int32, np.int16, np.int16))
    )
    shape = (5, 3, 6)
    whole = count_codes(area, category, month, shape)
    parts = [
        count_codes(area[s], category[s], month[s], shape) for s in (slice(cut), slice(cut, None))
    ]
    assert (whole == sum(parts)).all()
    assert whole.sum() == len(rows)
    outside = sum(1 for r in rows if not 0 <= r[2] < 5)
    assert whole[:, :, 5].sum() == outside
    assert whole[4].sum() == sum(1 for r in rows if r[0] < 0)


@pytest.mark.parametrize("wide", [np.int16, np.int64, np.uint32])
def test_counts_are_those_of_one_row_after_the_other(wide, monkeypatch):
    monkeypatch.setattr("geo.tally._BLOCK", 64)
    monkeypatch.setattr("geo.tally._NEAR", 10)
    rng = np.random.default_rng(8)
    area, category = rng.integers(-1, 4, 200).astype(np.int32), rng.integers(0, 3, 200)
    least = 0 if wide is np.uint32 else -3
    month = rng.integers(least, 9, 200).astype(wide)
    if wide is not np.int16:
        month[:5] = np.iinfo(wide).max
    known = np.zeros((5, 3, 6), dtype=np.int64)
    for row, kind, at in zip(area, category, month.tolist(), strict=True):
        known[row, kind, at if 0 <= at < 5 else 5] += 1
    assert (count_codes(area, category, month, known.shape) == known).all()


@given(st.dates(date(2022, 1, 1), date(2026, 1, 1)))
def test_the_calendar_knows_each_day(day):
    number = np.array([(day - date(1970, 1, 1)).days], dtype=np.int32)
    month = int(CALENDAR.month(number)[0])
    expected = (day.year - 2023) * 12 + day.month - 1
    assert month == (expected if 0 <= expected < 24 else 24)


def test_gaps_in_a_file_are_counted_not_lost():
    batch = pa.table(
        {
            "lon": pa.array([47.05, None, 47.05], pa.float64()),
            "lat": pa.array([30.05, 30.05, 30.05], pa.float64()),
            "category": pa.array([None, "other", "drug_abuse"]),
            "date": pa.array([date(2023, 1, 5), None, None], pa.date32()),
        }
    )
    tally = COUNTER.tally([COUNTER.batch(batch)])
    assert (tally.total, tally.outside) == (3, 1)
    assert tally.table(["G.0.0"]).loc["G.0.0"].to_dict()["other"] == 1
    assert tally.counts[:, :, 24].sum() == 2


def test_words_of_a_source_are_mapped():
    headers = Headers(categories={"Drugs": "drug_abuse"})
    assert headers.code("Drugs") == list(CATEGORIES).index("drug_abuse")
    assert headers.code("Riots") == headers.code(None) == list(CATEGORIES).index("other")


def test_tallies_of_different_months_do_not_add_up():
    one = COUNTER.tally([])
    other = Counter(GRID, Calendar(date(2020, 1, 1), 24), Headers()).tally([])
    assert (one + one).total == 0
    with pytest.raises(ValueError, match="do not add up"):
        _ = one + other


def test_layers_from_a_tally_are_the_layers_from_the_rows(make_incidents):
    rng = np.random.default_rng(3)
    days = [str(d) for d in np.datetime64("2023-06-01") + rng.integers(0, 400, 300)]
    points = [tuple(p) for p in rng.uniform((47, 30), (47.4, 30.2), (300, 2))]
    rows = make_incidents(points, date=days, category=list(rng.choice(list(CATEGORIES), 300)))
    placed = place_incidents(rows, UNITS)
    tally = tally_of(placed, list(LEAVES.index), "subdistrict")
    assert tally.total == 300
    year = Period(date(2024, 1, 1), date(2025, 1, 1))
    for clearance in Clearance:
        one, other = (
            build_layers(
                UNITS, given, ARRIVALS.empty(), POPULATION.empty(), period=year, clearance=clearance
            ).get(LayerCode.INCIDENT_DENSITY, Level.DISTRICT)
            for given in (placed, tally)
        )
        pd.testing.assert_frame_equal(one.values, other.values, check_dtype=False)


def test_a_tally_knows_whole_months_only():
    with pytest.raises(ValueError, match="whole months"):
        COUNTER.tally([]).table(["G.0.0"], Period(date(2023, 1, 2), date(2023, 3, 1)))
