"""Ground to stand on: small units of our own, and the real files where they are at hand."""

import os
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.boundaries import check_units, units_from_table
from geo.incidents import check_incidents

COD_COLUMNS = {
    "code": "ADM3_PCODE",
    "name_ar": "ADM3_AR",
    "name_en": "ADM3_EN",
    "district": "ADM2_PCODE",
    "district_ar": "ADM2_AR",
    "district_en": "ADM2_EN",
    "governorate": "ADM1_PCODE",
    "governorate_ar": "ADM1_AR",
    "governorate_en": "ADM1_EN",
    "valid_from": "validOn",
}


@pytest.fixture(scope="session")
def shared() -> Path:
    default = Path(__file__).resolve().parents[3] / "shared"
    folder = Path(os.environ.get("MIZAN_SHARED", default)) / "data"
    if not (folder / "boundaries").is_dir():
        pytest.skip("the real data are not here: set MIZAN_SHARED to their folder")
    return folder


@pytest.fixture(scope="session")
def cod(shared: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(shared / "boundaries" / "irq_cod_ab_2019_adm3.geojson")


@pytest.fixture(scope="session")
def iraq(cod: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return units_from_table(cod, COD_COLUMNS)


@pytest.fixture(scope="session")
def basra(cod: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return units_from_table(cod[cod["ADM1_PCODE"] == "IQG02"], COD_COLUMNS)


@pytest.fixture(scope="session")
def raw_events(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "incidents" / "basra_events_2006_2008.csv")


def events_of(raw: pd.DataFrame, given: str | None = "adm2_pcode") -> pd.DataFrame:
    """The real file as an importer would make it canonical."""
    frame = pd.DataFrame(
        {
            "date": raw["date"],
            "category": "other",
            "lon": raw["longitude"],
            "lat": raw["latitude"],
            "area_given": raw[given] if given else None,
            "repeat": raw.duplicated(keep="first"),
            "source": "events 2006-2008",
        }
    )
    frame.index = frame.index.astype(str)
    return check_incidents(frame)


@pytest.fixture(scope="session")
def events(raw_events: pd.DataFrame) -> pd.DataFrame:
    return events_of(raw_events)


def square_units(columns: int = 4, rows: int = 2, *, size: float = 0.1) -> gpd.GeoDataFrame:
    """Squares side by side near Basra: each column a district, all one governorate G."""
    records = []
    for x in range(columns):
        for y in range(rows):
            west, south = 47.0 + x * size, 30.0 + y * size
            records.append(
                {
                    "code": f"G.{x}.{y}",
                    "level": "subdistrict",
                    "name_ar": f"ناحية {x} {y}",
                    "name_en": f"Place {x} {y}",
                    "parent": f"G.{x}",
                    "geometry": shapely.box(west, south, west + size, south + size),
                }
            )
    frame = gpd.GeoDataFrame(records, crs=4326).set_index("code")
    parents = pd.DataFrame(
        [
            {
                "code": f"G.{x}",
                "level": "district",
                "name_ar": "ق",
                "name_en": f"D{x}",
                "parent": "G",
            }
            for x in range(columns)
        ]
        + [{"code": "G", "level": "governorate", "name_ar": "م", "name_en": "Gov"}]
    ).set_index("code")
    return check_units(frame, parents=parents)


@pytest.fixture(scope="session")
def squares() -> gpd.GeoDataFrame:
    return square_units()


@pytest.fixture
def make_incidents() -> Callable[..., pd.DataFrame]:
    def make(
        points: list[tuple[float, float]],
        *,
        category: str | list[str] = "other",
        date: str | list[str] = "2024-06-01",
        given: list[str | None] | None = None,
    ) -> pd.DataFrame:
        frame = pd.DataFrame(points, columns=["lon", "lat"], dtype=float)
        frame["date"], frame["category"], frame["source"] = date, category, "test"
        frame["area_given"] = given
        frame.index = [f"i{n}" for n in range(len(frame))]
        return check_incidents(frame)

    return make


@pytest.fixture(scope="session")
def sids() -> gpd.GeoDataFrame:
    from libpysal.examples import get_path

    return gpd.read_file(get_path("sids2.shp"))


@pytest.fixture(scope="session")
def columbus() -> gpd.GeoDataFrame:
    from libpysal.examples import get_path

    return gpd.read_file(get_path("columbus.shp"))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20260101)
