"""Two stores that differ by one hidden incident: a released book answers alike, as bytes.

Hidden is an incident that lies in the same bands with and without itself (decision 24): its
sub-district, category and year; and, unless it is severe, its district's month and its cell's
year. Whoever is told bands only must not be able to tell the two stores apart by anything.
"""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.incidents import CATEGORIES, SEVERE, check_incidents
from geo.layers import Clearance, LayerCode
from geo.places import Level
from geo.privacy import threshold
from geo.rates import Window
from service.layerbook import LayerBook
from tests.service.small_town import RIVER, SmallTown
from tests.service.small_town import units as squares

TOWNS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"population_geonames": 100_000},
            "geometry": {"type": "Point", "coordinates": [47.05, 30.05]},
        }
    ],
}


ASKED = (None, "severe", "domestic_violence", "drug_abuse")


class TwoGovernorates(SmallTown):
    """The small town, and a second governorate of which nothing is known but its shape."""

    def __init__(self, incidents: pd.DataFrame) -> None:
        super().__init__()
        other = squares("U")
        other["geometry"] = other.geometry.translate(xoff=1.0)
        other["seat_lon"] += 1.0
        parents = pd.DataFrame(
            {
                "level": "district",
                "name_en": "District",
                "name_ar": "قضاء",
                "parent": ["T", "T", "U", "U"],
            },
            index=["T1", "T2", "UT1", "UT2"],
        )
        from geo.boundaries import check_units

        self._units = check_units(pd.concat([squares(), other]), parents=parents)
        self._incidents = incidents

    def incidents(self, *_: object, **__: object) -> pd.DataFrame:
        return self._incidents


def rows_of_two_years() -> pd.DataFrame:
    """Some 1,500 incidents of all categories in 2023 and 2024, a busy corner among them."""
    rng = np.random.default_rng(5)
    n = 1_500
    lon, lat = rng.uniform(47.0, 47.2, n), rng.uniform(30.0, 30.3, n)
    lon[:500], lat[:500] = rng.normal(47.05, 0.01, 500), rng.normal(30.05, 0.01, 500)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 731, n), unit="D")
    frame = pd.DataFrame(
        {
            "incident_id": [f"i{k}" for k in range(n)],
            "date": days,
            "category": rng.choice(list(CATEGORIES), n),
            "lon": lon,
            "lat": lat,
            "area_given": None,
            "repeat": False,
            "source": "test",
        }
    )
    return check_incidents(frame.set_index("incident_id"))


def with_one(rows: pd.DataFrame, category: str, day: str, lon: float, lat: float) -> pd.DataFrame:
    """The rows and one incident more, in the middle of the table."""
    one = rows.iloc[[0]].copy()
    one.index = pd.Index(["one-more"], name=rows.index.name)
    one["date"], one["category"] = pd.Timestamp(day), category
    one["lon"], one["lat"] = lon, lat
    return check_incidents(pd.concat([rows.iloc[:700], one, rows.iloc[700:]]))


def book(rows: pd.DataFrame, clearance: Clearance = Clearance.RELEASED) -> LayerBook:
    return LayerBook(
        TwoGovernorates(rows),  # type: ignore[arg-type]
        "v1",
        clearance,
        rivers=RIVER,
        towns=TOWNS,
    )


def answers(of: LayerBook) -> Iterator[tuple[str, bytes]]:
    """Everything that a book can be asked, each answer with its order and every digit."""
    yield "levels", repr(of.levels()).encode()
    yield "governorates", repr(of.governorates()).encode()
    for level in (Level.GOVERNORATE, *of.levels()):
        units = of.units(level)
        yield f"units {level}", units.to_wkb().to_csv().encode()
        for code in of.layer_codes(level):
            for category in [one for one in ASKED if one in of.categories_of(code, level)]:
                for window in Window:
                    why = of.withheld(level, window, code, category)
                    periods = of.periods(window, level, code, category)
                    yield f"{code} {category} {window}", repr((why, periods)).encode()
                    # Every month would be the same question over and over.
                    for period in (*periods[:1], *periods[-1:]):
                        name = f"{code} {level} {category} {period}"
                        yield name, layer_bytes(of, code, level, category, period)
    for area in of.units(Level.DISTRICT).index:
        for category in ASKED:
            for window in Window:
                yield f"series {area} {category}", frame(of.series(area, category, window))


def layer_bytes(of, code, level, category, period) -> bytes:
    try:
        made = of.layer(code, level, category, period)
    except KeyError as error:
        return repr(error).encode()
    said = (made.method, made.unit, made.standing, made.sources, made.caveats, made.period)
    return frame(made.values) + repr((said, made.clearance, made.data_version)).encode()


def frame(values: pd.DataFrame) -> bytes:
    return values.to_csv(float_format="%.17g").encode() + repr(values.dtypes.to_dict()).encode()


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return rows_of_two_years()


@pytest.fixture(scope="module")
def without(rows) -> dict[str, bytes]:
    return dict(answers(book(rows)))


def hidden_place(rows: pd.DataFrame, category: str, day: str) -> tuple[float, float]:
    """A point where one case more moves no band that it lies in."""
    ground = book(rows)
    placed = ground.placed
    cells = ground.units(Level.CELL, "T")
    when = pd.Timestamp(day)
    plain = ~placed["category"].isin(SEVERE)
    year = placed["date"].dt.year == when.year
    month = year & (placed["date"].dt.month == when.month)
    k = threshold(category)
    at = gpd.GeoSeries(gpd.points_from_xy(placed["lon"], placed["lat"]), crs=4326)
    for _, cell in cells.iterrows():
        same = placed["category"] == category
        home = int((year & same & (placed["subdistrict"] == cell["parent"])).sum())
        district = placed["district"] == str(cell["parent"])[:2]
        in_cell = int((at.within(cell.geometry).to_numpy() & year & plain).sum())
        in_month = int((month & same & district).sum())
        if (home + 1) % k == 0:
            continue
        if category not in SEVERE and ((in_month + 1) % k == 0 or (in_cell + 1) % k == 0):
            continue
        point = cell.geometry.representative_point()
        return point.x, point.y
    raise AssertionError("no hidden place")


@pytest.mark.parametrize(
    ("category", "day"), [("domestic_violence", "2024-12-31"), ("drug_abuse", "2024-12-03")]
)
def test_a_hidden_incident_changes_no_answer(rows, without, category, day):
    more = with_one(rows, category, day, *hidden_place(rows, category, day))
    found = dict(answers(book(more)))
    assert list(found) == list(without)
    assert [name for name in found if found[name] != without[name]] == []


def test_the_only_incident_of_a_governorate_and_of_a_year_stays_hidden(rows, without):
    """Neither that Area 0 of the second governorate has a case, nor that 2021 has one, is told."""
    more = with_one(rows, "domestic_violence", "2021-05-05", 48.05, 30.05)
    assert book(more).placed.loc["one-more", "subdistrict"] == "UT1N1"
    found = dict(answers(book(more)))
    assert [name for name in found if found[name] != without[name]] == []


def test_the_director_sees_it(rows):
    """The same question to an exact book: else the test above could not fail."""
    more = with_one(rows, "domestic_violence", "2024-12-31", 47.05, 30.05)
    one, other = (
        book(of, Clearance.EXACT).layer(LayerCode.INCIDENT_RATE, Level.SUBDISTRICT)
        for of in (rows, more)
    )
    assert frame(one.values) != frame(other.values)


def test_a_whole_band_of_incidents_is_seen(rows, without):
    more = rows
    for day in range(1, 11):
        row = with_one(more, "domestic_violence", f"2024-06-{day:02}", 47.05, 30.05)
        more = row.rename(index={"one-more": f"more-{day}"})
    made = book(more).layer(LayerCode.INCIDENT_RATE, Level.DISTRICT, "domestic_violence")
    name = f"incident_rate district domestic_violence {made.period}"
    assert without[name] != layer_bytes(book(more), *_asked(made))


def _asked(made):
    return made.code, made.level, made.category, made.period
