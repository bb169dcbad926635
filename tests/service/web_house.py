"""A small made-up governorate and a service on it, for tests of pages."""

import warnings
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import pandas as pd
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from shapely import box

from geo.incidents import CATEGORIES
from geo.layers import SEVERE_GROUP, Layer, LayerCode, Period
from geo.notes import Note
from geo.places import Area, Crossing, Forum, Level, Office, OfficeKind, Source, Standing
from geo.rates import Window
from optimizer.staff import Gender, Post, Unit
from service.app import create_app
from service.auth.accounts import Account
from service.auth.roles import Role
from service.settings import Settings
from service.store import open_store
from tests.service.homes import lay_out

with warnings.catch_warnings():
    # Starlette wants a successor of httpx that is not among our tools.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

__all__ = ["FakeAtlas", "TestClient", "add_account", "make_house", "squares"]

PASSWORD = "a good long sentence"
CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
"""Checked in no time: what a real one costs is held in ``auth/test_sign_in.py``."""
HASH = CHEAP.hash(PASSWORD)
DISTRICTS = [
    ("T01", "القرنة", "Al-Qurna"),
    ("T02", "المدينة", "Al-Midaina"),
    ("T03", "البصرة", "Al-Basrah"),
    ("T04", "شط العرب", "Shat Al-Arab"),
    ("T05", "الزبير", "Al-Zubair"),
    ("T06", "الفاو", "Al-Faw"),
]
YEARS_ONLY = Note(
    "Months and quarters of sub-districts hold too few cases to be released; "
    "take districts, or years."
)
PERIODS = (Period(date(2025, 1, 1), date(2026, 1, 1)), Period(date(2024, 1, 1), date(2025, 1, 1)))


def squares(level: Level, names: list[tuple[str, str, str]] = DISTRICTS) -> gpd.GeoDataFrame:
    """Two columns of squares of half a degree."""
    shapes, rows = [], []
    for place, (code, name_ar, name_en) in enumerate(names):
        west, south = 47.2 + 0.5 * (place % 2), 31.0 - 0.4 * (place // 2)
        halves = [(code, 0.0, 0.5)]
        if level is Level.SUBDISTRICT:
            halves = [(f"{code}N1", 0.0, 0.25), (f"{code}N2", 0.25, 0.5)]
        for own, start, end in halves:
            shapes.append(box(west + start, south, west + end, south + 0.4))
            rows.append(
                {
                    "code": own,
                    "level": level.value,
                    "name_ar": name_ar if own == code else f"ناحية {name_ar}",
                    "name_en": name_en if own == code else f"Part of {name_en}",
                    "parent": "T" if own == code else code,
                    "standing": "generalised",
                }
            )
    frame = pd.DataFrame(rows).set_index("code")
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")


@dataclass
class FakeAtlas:
    """An ``Atlas`` of six squares; the last district has no data, the one before is protected."""

    version: str = "v1"
    names: list[tuple[str, str, str]] = field(default_factory=lambda: list(DISTRICTS))
    office_name: tuple[str, str] = ("مكتب العشار", "Al-Ashar office")
    is_empty: bool = False
    arrivals_until: date | None = None

    def open(self, account):
        return self

    def at(self, account, version):
        return self

    def released(self):
        return None

    def levels(self):
        return () if self.is_empty else (Level.DISTRICT, Level.SUBDISTRICT)

    def layer_codes(self, level):
        return tuple(
            one
            for one in LayerCode
            if one not in {LayerCode.NEAR_REPEAT, LayerCode.INCIDENT_SURFACE}
        )

    def categories_of(self, code, level):
        counted = {LayerCode.INCIDENT_RATE, LayerCode.INCIDENT_DENSITY}
        return (None, SEVERE_GROUP, *CATEGORIES) if code in counted else (None,)

    def windows(self, level, code=None, category=None):
        monthly = code is LayerCode.INCIDENT_RATE and level is Level.DISTRICT
        return (Window.YEAR, Window.MONTH) if monthly else (Window.YEAR,)

    def withheld(self, level, window, code=None, category=None):
        return None if window in self.windows(level, code) else YEARS_ONLY

    def periods(self, window=Window.YEAR, level=None, code=None, category=None):
        if window is not Window.MONTH:
            return PERIODS
        return tuple(Period(date(2025, n, 1), date(2025, n + 1, 1)) for n in range(11, 5, -1))

    def categories(self):
        return tuple(CATEGORIES.values())

    def governorates(self):
        return (
            Area(
                code="T",
                level=Level.GOVERNORATE,
                name_ar="البصرة",
                name_en="Basrah",
                lon=47.7,
                lat=30.5,
            ),
        )

    def units(self, level, governorate=None):
        return squares(level, self.names)

    def layer(self, code, level, category=None, period=None):
        units = self.units(level)
        size = len(units)
        values = pd.DataFrame(index=units.index)
        scale = 1.4 if code is LayerCode.NEED else 37.0
        values["value"] = [scale * (n + 1) for n in range(size)]
        values["low"] = values["value"] * 0.8
        values["high"] = values["value"] * 1.2
        values["count_low"] = 5.0
        values.iloc[-1, 0] = float("nan")
        values.loc[values.index[-2], "count_low"] = 0.0
        if code is LayerCode.HOTSPOTS:
            values["kind"] = ["hot", "none", "cold"] * (size // 3)
        if code is LayerCode.INFLUX:
            values["families"] = [float(n) for n in range(size)]
            values["count"] = values["families"] * 6
            values["clans"] = 1.0
        if period is not None:
            # A little less in each earlier period, so that a trend is one.
            values[["value", "low", "high"]] *= 1 - 0.01 * (2025 - period.start.year)
        return Layer(
            code=code,
            level=level,
            unit="incidents per 10,000 residents a year",
            values=values,
            method="",
            standing=Standing.SYNTHETIC,
            sources=(
                Source(name="SYNTHETIC", as_of=date(2025, 12, 31), standing=Standing.SYNTHETIC),
            ),
            period=period,
            category=category,
        )

    def offices(self):
        name_ar, name_en = self.office_name
        return (
            Office(
                code="ashar",
                kind=OfficeKind.MAIN,
                name_ar=name_ar,
                name_en=name_en,
                lon=47.83,
                lat=30.52,
                vehicles=2,
            ),
            Office(
                code="tanuma",
                kind=OfficeKind.SUB,
                name_ar="مكتب شط العرب",
                name_en="Shatt al-Arab office",
                lon=47.85,
                lat=30.523,
                referral_centre=True,
            ),
            Office(
                code="qurna",
                kind=OfficeKind.CANDIDATE,
                name_ar="موقع القرنة",
                name_en="Qurna site",
                lon=47.43,
                lat=31.01,
            ),
        )

    def forums(self):
        return (
            Forum(
                code="maqil",
                name_ar="منتدى المعقل",
                name_en="Al-Ma'qil forum",
                lon=47.78,
                lat=30.556,
                chaired_by_woman=True,
            ),
        )

    def crossings(self):
        return (
            Crossing(
                code="tanuma",
                name_ar="جسر التنومة",
                name_en="Tanuma bridge",
                lon=47.842,
                lat=30.5236,
            ),
        )

    def posts(self):
        units = (Unit.PATROL, Unit.WOMEN)
        return tuple(
            Post(
                code=f"{office}-{n}",
                office=office,
                unit=units[n % 2],
                gender=Gender.WOMAN if n % 5 == 0 else Gender.MAN,
                skills=(units[n % 2],),
            )
            for office in ("ashar", "tanuma")
            for n in range(20)
        )

    def rivers(self):
        return {"type": "FeatureCollection", "features": []}

    def datasets(self):
        return ()


def add_account(store, name, role, *, must_change=False):
    account = Account(name=name, role=role, password_hash=HASH, must_change=must_change)
    store.accounts.put_account(account)
    return account


def make_house(home, atlas=None, **settings):
    """App and store; one account for each role, all with ``PASSWORD``."""
    own = Settings(home=home, **settings)
    if own.database_url is None:
        lay_out(home)
    store = open_store(own)
    for role in Role:
        add_account(store, role.value, role)
    return create_app(own, store=store, atlases=atlas or FakeAtlas()), store
