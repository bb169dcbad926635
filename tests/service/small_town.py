"""A small governorate for tests of the assembly: six areas, two districts, a river, two offices."""

import geopandas as gpd
import pandas as pd
import shapely

from geo.arrivals import check_arrivals
from geo.boundaries import check_units
from geo.incidents import check_incidents
from geo.layers import Clearance
from geo.places import Crossing, Forum, Office, OfficeKind, Standing
from geo.population import check_population
from geo.requests import check_requests
from optimizer.staff import Gender, Post, Unit
from service.layerbook import LayerBook

AREAS = ("T1N1", "T1N2", "T1N3", "T2N1", "T2N2", "T2N3")


def units(prefix: str = "") -> gpd.GeoDataFrame:
    """Squares of 0.1 degrees: the first district west of the river, the second east of it."""
    rows = []
    for n, code in enumerate(AREAS):
        west, south = 47.0 + 0.1 * (n // 3), 30.0 + 0.1 * (n % 3)
        rows.append(
            {
                "code": prefix + code,
                "level": "subdistrict",
                "name_ar": f"ناحية {n}",
                "name_en": f"Area {n}",
                "parent": prefix + code[:2],
                "pcode": None,
                "valid_from": pd.NaT,
                "valid_to": pd.NaT,
                "seat_lon": west + 0.05,
                "seat_lat": south + 0.05,
                "standing": "synthetic",
                "geometry": shapely.box(west, south, west + 0.1, south + 0.1),
            }
        )
    return gpd.GeoDataFrame(rows, crs="EPSG:4326").set_index("code")


class SmallTown:
    """Stands where ``service.store.Records`` stands."""

    def __init__(self) -> None:
        self._units = whole(units())
        self.crossing_open = True

    def units(self, level: object = None, on: object = None) -> gpd.GeoDataFrame:
        return self._units

    def incidents(self, *_: object, **__: object) -> pd.DataFrame:
        rows = [
            {
                "incident_id": f"i{n}",
                "date": pd.Timestamp(2024, 1 + n % 12, 1 + n % 28),
                "category": ("domestic_violence", "drug_abuse", "tribal_conflict")[n % 3],
                "lon": 47.02 + 0.1 * (n % 2),
                "lat": 30.02 + 0.1 * (n % 3),
                "area_given": None,
                "repeat": False,
                "source": "test",
            }
            for n in range(400)
        ]
        return check_incidents(pd.DataFrame(rows).set_index("incident_id"))

    def arrivals(self) -> pd.DataFrame:
        rows = [
            {
                "arrival_id": f"a{n}",
                "date": pd.Timestamp(2024, 6, 1 + n),
                "area": AREAS[n],
                "families": 40.0 * (n + 1),
                "household_size": 6.0,
                "origin": "",
                "clan": n == 0,
                "registered": True,
                "low": 30.0 * (n + 1),
                "high": 60.0 * (n + 1),
                "standing": "synthetic",
                "source": "test",
            }
            for n in range(3)
        ]
        return check_arrivals(pd.DataFrame(rows).set_index("arrival_id"))

    def population(self) -> pd.DataFrame:
        rows = [
            {
                "area": code,
                "as_of": pd.Timestamp(year, 7, 1),
                "residents": 20_000.0 * (n + 1) * (1.0 if year == 2018 else 1.05),
                "women_share": float("nan"),
                "standing": "synthetic",
                "source": "test",
            }
            for n, code in enumerate(AREAS)
            for year in (2018, 2020)
        ]
        return check_population(pd.DataFrame(rows))

    def requests(self) -> pd.DataFrame:
        row = {
            "request_id": "r1",
            "date": pd.Timestamp(2024, 5, 1),
            "area": "T1N2",
            "unit": "outreach",
            "sessions": 6.0,
            "hours": 2.0,
            "for_women": True,
            "audience": "school",
            "standing": "synthetic",
            "source": "test",
        }
        return check_requests(pd.DataFrame([row]).set_index("request_id"))

    def travel(self) -> pd.DataFrame:
        return pd.DataFrame({"area": [], "office": [], "travel_min": []})

    def offices(self) -> tuple[Office, ...]:
        return (
            office("main", OfficeKind.MAIN, 47.05, 30.05, referral_centre=True, vehicles=3),
            office("east", OfficeKind.SUB, 47.15, 30.15, vehicles=2),
            office("new", OfficeKind.CANDIDATE, 47.15, 30.25),
        )

    def forums(self) -> tuple[Forum, ...]:
        return (
            Forum(code="f1", name_ar="منتدى", name_en="Forum", lon=47.05, lat=30.15, area=None),
        )

    def crossings(self) -> tuple[Crossing, ...]:
        return (
            Crossing(
                code="bridge",
                name_ar="جسر",
                name_en="Bridge",
                lon=47.1,
                lat=30.05,
                open=self.crossing_open,
            ),
        )

    def posts(self) -> tuple[Post, ...]:
        found = []
        for n in range(24):
            woman = n % 6 == 0
            unit = (Unit.PATROL, Unit.OUTREACH, Unit.TRIBAL)[n % 3]
            if woman:
                unit = Unit.WOMEN if n % 12 == 0 else Unit.REFERRAL
            found.append(
                Post(
                    code=f"p{n}",
                    office="main" if n % 2 == 0 or n > 16 else "east",
                    unit=unit,
                    gender=Gender.WOMAN if woman else Gender.MAN,
                    skills=(Unit.WOMEN, Unit.REFERRAL) if woman else (),
                )
            )
        return tuple(found)


def office(code: str, kind: OfficeKind, lon: float, lat: float, **more: object) -> Office:
    return Office.model_validate(
        {
            "code": code,
            "kind": kind,
            "name_ar": "مكتب",
            "name_en": f"Office {code}",
            "lon": lon,
            "lat": lat,
            "standing": Standing.SYNTHETIC,
            **more,
        }
    )


RIVER = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"part": "centre"},
            "geometry": {"type": "LineString", "coordinates": [[47.1, 29.9], [47.1, 30.4]]},
        }
    ],
}


def whole(subdistricts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    parents = pd.DataFrame(
        {
            "level": "district",
            "name_en": ["West", "East"],
            "name_ar": ["غرب", "شرق"],
            "parent": "T",
        },
        index=["T1", "T2"],
    )
    return check_units(subdistricts, parents=parents)


def book(records: SmallTown | None = None) -> LayerBook:
    return LayerBook(
        records or SmallTown(),  # type: ignore[arg-type]
        "v1",
        Clearance.RELEASED,
        rivers=RIVER,
    )
