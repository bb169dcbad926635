"""The demo's files, made from ``facts`` with one seed: equal seed, equal bytes.

Rows that nobody counted are SYNTHETIC and say so in their ``standing`` and ``source``.
"""

import csv
import io
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import shapely

from service.demo import facts
from service.store.datasets import Kind

SEED = 20250401
Row = Mapping[str, Any]

_DISPLACED_TO = {
    # Where displaced families settle is not published: near the marshes they left, and the city.
    "IQG02Q04N02": 4, "IQG02Q05N03": 4, "IQG02Q05N01": 3, "IQG02Q05N02": 3, "IQG02Q02N01": 3,
    "IQG02Q02N02": 5, "IQG02Q06N01": 2, "IQG02Q07N01": 2, "IQG02Q07N02": 2,
}  # fmt: skip
_MORE_OF = {
    # Made-up leanings, so that layers of different categories differ on the map.
    "tribal_conflict": {"IQG02Q04": 2.6, "IQG02Q05": 2.4, "IQG02Q07": 1.5, "IQG02Q02": 0.6},
    "drug_abuse": {"IQG02Q06": 1.6, "IQG02Q07": 1.3, "IQG02Q03": 1.2},
    "electronic_extortion": {"IQG02Q02": 1.4, "IQG02Q04": 0.5, "IQG02Q05": 0.6},
    "illicit_weapons": {"IQG02Q04": 1.8, "IQG02Q05": 1.6},
}

_UNEVEN = 0.8
"""Spread (sigma of the log) of the made-up rates between areas."""


def all_files(units: gpd.GeoDataFrame, seed: int = SEED) -> dict[Kind, str]:
    """CSV texts by kind.

    ``units`` are sub-districts (EPSG:4326, index ``code``, with ``seat_lon``, ``seat_lat``).
    """
    makers: tuple[tuple[Kind, Callable[[random.Random], Iterable[Row]]], ...] = (
        (Kind.OFFICES, lambda _: offices()),
        (Kind.FORUMS, lambda _: forums()),
        (Kind.CROSSINGS, lambda _: crossings()),
        (Kind.STAFF, lambda _: staff()),
        (Kind.POPULATION, lambda _: population(sorted(units.index))),
        (Kind.ARRIVALS, arrivals),
        (Kind.INCIDENTS, lambda rng: incidents(rng, units)),
        (Kind.REQUESTS, lambda rng: requests(rng, sorted(units.index))),
    )
    # Each kind has its own stream: a change of one leaves the others as they are.
    return {kind: to_csv(make(random.Random(f"{seed}:{kind}"))) for kind, make in makers}  # noqa: S311 - a demo, no secret


def to_csv(rows: Iterable[Row]) -> str:
    """CSV with a header, Unix line ends."""
    listed = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(listed[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(listed)
    return text.getvalue()


def offices() -> Iterable[Row]:
    for place in facts.OFFICES:
        yield {
            "code": place.code,
            "kind": place.kind,
            "name_ar": place.name_ar,
            "name_en": place.name_en,
            "lon": place.lon,
            "lat": place.lat,
            "area": place.area,
            "referral_centre": "yes" if place.referral_centre else "no",
            "vehicles": place.vehicles,
            "standing": place.standing,
            "note": place.note,
        }


def forums() -> Iterable[Row]:
    for place in facts.FORUMS:
        yield {
            "code": place.code,
            "name_ar": place.name_ar,
            "name_en": place.name_en,
            "lon": place.lon,
            "lat": place.lat,
            "area": place.area,
            "chaired_by_woman": "yes" if place.chaired_by_woman else "no",
            "meetings_per_month": 1,
            "standing": place.standing,
            "note": place.note,
        }


def crossings() -> Iterable[Row]:
    names = ("code", "name_ar", "name_en", "lon", "lat", "standing")
    return (dict(zip(names, row, strict=True)) | {"open": "yes"} for row in facts.CROSSINGS)


def staff() -> Iterable[Row]:
    numbers: dict[tuple[str, str], int] = {}
    for office, unit, gender, count, skills in facts.POSTS:
        for _ in range(count):
            number = numbers[office, unit] = numbers.get((office, unit), 0) + 1
            yield {
                "code": f"{office}-{unit}-{number:02d}",
                "office": office,
                "unit": unit,
                "gender": gender,
                "skills": ";".join((unit, *skills)),
                "standing": "synthetic",
                "source": facts.SYNTHETIC,
            }


def population(codes: Sequence[str]) -> Iterable[Row]:
    """Official totals of the governorate; sub-districts estimated to the newest of them."""
    for as_of, residents, source in facts.TOTALS:
        yield _figure(facts.GOVERNORATE, as_of, residents, "", "official", source)
    as_of, total, _ = facts.TOTALS[-1]
    without = [code for code in codes if code not in facts.TOWN_WEIGHTS]
    rest = total - sum(facts.TOWN_WEIGHTS.values())
    for place, code in enumerate(without):
        share = rest // len(without) + (1 if place < rest % len(without) else 0)
        yield _figure(
            code, as_of, share, facts.WOMEN_SHARE, "estimated",
            "Mizan: equal share of the official total that GeoNames' towns leave",
        )  # fmt: skip
    for code, residents in facts.TOWN_WEIGHTS.items():
        yield _figure(
            code, as_of, residents, facts.WOMEN_SHARE, "estimated",
            "Mizan: GeoNames (CC BY 4.0), undated",
        )  # fmt: skip


def _figure(
    area: str, as_of: date, residents: int, share: object, standing: str, source: str
) -> Row:
    return {
        "area": area,
        "as_of": as_of.isoformat(),
        "residents": residents,
        "women_share": share,
        "standing": standing,
        "source": source,
    }


def arrivals(rng: random.Random) -> Iterable[Row]:
    """Families by day and area; those registered up to the end of January 2024 are 950 in all.

    Whole clans of 40 to 120 families, and small groups; later arrivals and the unregistered ones
    (with a band) are made up as well.
    """
    left = facts.REGISTERED_FAMILIES
    rows = []
    while left > 0:
        clan = rng.random() < 0.3  # noqa: PLR2004 - a share
        families = min(left, rng.randint(40, 120) if clan else rng.randint(4, 25))
        day = _day_between(rng, facts.ARRIVALS_FROM, facts.REGISTERED_BY)
        rows.append(_arrival(rng, day, families, clan=clan and families >= 40, registered=True))  # noqa: PLR2004 - a clan
        left -= families
    after = facts.REGISTERED_BY + timedelta(days=1)
    for families, clan in (
        (180, True),
        (140, True),
        (120, True),
        (95, True),
        (85, True),
        (60, True),
        (48, True),
        (40, False),
        (35, False),
        (22, False),
        (17, False),
        (12, False),
    ):
        day = _day_between(rng, after, facts.ARRIVALS_TO)
        rows.append(_arrival(rng, day, families, clan=clan, registered=True))
    for families in (30, 45, 20, 25):
        day = _day_between(rng, facts.ARRIVALS_FROM, facts.ARRIVALS_TO)
        rows.append(_arrival(rng, day, families, clan=False, registered=False))
    return sorted(rows, key=lambda row: (row["date"], row["area"], row["families"]))


def _arrival(rng: random.Random, day: date, families: int, *, clan: bool, registered: bool) -> Row:
    areas = list(_DISPLACED_TO)
    origins = [name for name, _ in facts.ORIGINS]
    return {
        "date": day.isoformat(),
        "area": rng.choices(areas, [_DISPLACED_TO[a] for a in areas])[0],
        "families": families,
        "origin": rng.choices(origins, [weight for _, weight in facts.ORIGINS])[0],
        "clan": "yes" if clan else "no",
        "registered": "yes" if registered else "no",
        "low": families if registered else round(families * 0.5),
        "high": families if registered else round(families * 2),
        "standing": "synthetic",
        "source": f"{facts.SYNTHETIC}; total: DTM",
    }


def incidents(rng: random.Random, units: gpd.GeoDataFrame) -> Iterable[Row]:
    """24 months of incidents; some without a coordinate, some without an area, some equal."""
    weights = _residents(sorted(units.index))
    shapes = {str(code): shape for code, shape in units.geometry.items()}
    seats = {
        str(code): (float(lon), float(lat))
        for code, lon, lat in zip(units.index, units["seat_lon"], units["seat_lat"], strict=True)
    }
    for shape in shapes.values():
        shapely.prepare(shape)
    # Made-up unevenness: with one rate everywhere the maps of the demo would have nothing to say.
    uneven = {area: rng.lognormvariate(0.0, _UNEVEN) for area in sorted(weights)}
    rows: list[Row] = []
    for month in range(facts.INCIDENTS_MONTHS):
        start = _month(month)
        days = (_month(month + 1) - start).days
        for category, mean in facts.MONTHLY.items():
            growth = 1 + 0.12 * month / facts.INCIDENTS_MONTHS
            leaning = _MORE_OF.get(category, {})
            areas = sorted(weights)
            chances = [weights[a] * uneven[a] * leaning.get(a[:8], 1.0) for a in areas]
            for _ in range(_poisson(rng, mean * growth)):
                area = rng.choices(areas, chances)[0]
                day = start + timedelta(days=rng.randrange(days))
                rows.append(_incident(rng, day, category, area, shapes[area], seats[area]))
    rows.sort(key=lambda row: (row["date"], row["category"], row["area"], row["lon"]))
    for row in rng.sample(rows, 12):  # equal rows, as real files have them
        rows.insert(rows.index(row) + 1, dict(row))
    return rows


def _incident(
    rng: random.Random,
    day: date,
    category: str,
    area: str,
    shape: Any,
    seat: tuple[float, float],
) -> Row:
    given, place = rng.random(), rng.random()
    lon, lat = seat if place < 0.03 else _point(rng, shape, seat)  # noqa: PLR2004 - a heap
    without_point = place > 0.9  # noqa: PLR2004 - a share
    return {
        "date": day.isoformat(),
        "category": category,
        "lon": "" if without_point else f"{lon:.4f}",
        "lat": "" if without_point else f"{lat:.4f}",
        "area": area if without_point or given < 0.6 else "",  # noqa: PLR2004 - a share
        "standing": "synthetic",
        "source": facts.SYNTHETIC,
    }


def requests(rng: random.Random, codes: Sequence[str]) -> Iterable[Row]:
    """Awareness sessions that schools, universities and associations asked for."""
    weights = _residents(codes)
    audiences = (("school", 5), ("university", 2), ("cso", 3), ("women", 2), ("displaced", 1))
    rows = []
    for month in range(facts.INCIDENTS_MONTHS):
        for _ in range(_poisson(rng, 4.0)):
            audience = rng.choices([a for a, _ in audiences], [w for _, w in audiences])[0]
            day = _month(month) + timedelta(days=rng.randrange(28))
            for_women = audience == "women" or rng.random() < 0.2  # noqa: PLR2004 - a share
            rows.append(
                {
                    "date": day.isoformat(),
                    "area": rng.choices(sorted(weights), [weights[c] for c in sorted(weights)])[0],
                    "unit": "women" if for_women else "outreach",
                    "sessions": rng.choice((1, 1, 1, 2, 3)),
                    "hours": rng.choice((1.5, 2, 2, 3)),
                    "for_women": "yes" if for_women else "no",
                    "audience": audience,
                    "standing": "synthetic",
                    "source": facts.SYNTHETIC,
                }
            )
    return sorted(rows, key=lambda row: (row["date"], row["area"], row["audience"]))


def _residents(codes: Sequence[str]) -> dict[str, float]:
    return {
        str(row["area"]): float(row["residents"])
        for row in population(codes)
        if row["area"] != facts.GOVERNORATE
    }


def _month(number: int) -> date:
    years, month = divmod(facts.INCIDENTS_FROM.month - 1 + number, 12)
    return date(facts.INCIDENTS_FROM.year + years, month + 1, 1)


def _day_between(rng: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def _poisson(rng: random.Random, mean: float) -> int:
    """Knuth's method; means here are small."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def _point(rng: random.Random, shape: Any, seat: tuple[float, float]) -> tuple[float, float]:
    """Near the seat, inside the unit: in towns within a few kilometres, else farther out."""
    for spread_km in (2.5, 2.5, 5.0, 5.0, 10.0, 10.0, 10.0):
        for _ in range(20):
            lon = seat[0] + rng.gauss(0, spread_km) / 95.5  # km a degree at 30.5 north
            lat = seat[1] + rng.gauss(0, spread_km) / 110.9
            lon, lat = round(lon, 4), round(lat, 4)
            if shapely.contains_xy(shape, lon, lat):
                return lon, lat
    inside = shape.representative_point()
    return inside.x, inside.y
