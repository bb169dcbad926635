"""Registers: offices, forums, staff, travel, crossings; a new version is the whole list."""

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import shapely
from pydantic import ValidationError

from geo.notes import Note, said
from geo.places import Crossing, Document, Forum, Level, Office, OfficeKind, Standing
from geo.successors import valid_on
from optimizer.staff import Gender, Post, Unit
from service.imports.areas import AreaFinder
from service.imports.headers import fold_header
from service.imports.identity import content_hash, key_identity
from service.imports.values import is_empty, plain
from service.imports.vocabulary import gender_of, office_kind_of, unit_of
from service.imports.work import Made, Work, pick

_UNREACHABLE = {"unreachable", "none", "no road", "inf", "لا يمكن الوصول", "غير متاح"}
_MOST_POSTS = 2_000


def make_offices(work: Work) -> Made:
    """Offices, with the kind, the referral centre and vehicles."""
    lon, lat = _places(work)
    areas = work.areas(required=False)
    kinds = pick(work, "kind", office_kind_of, choices=", ".join(OfficeKind), default="sub")
    referral = work.flags("referral_centre", default=False)
    capacity = work.numbers("capacity", low=0)
    vehicles = work.numbers("vehicles", low=0, default=0.0)
    rows = [
        {
            "kind": kinds[n],
            "lon": lon[n],
            "lat": lat[n],
            "area": areas[n].code or area_at(work, lon[n], lat[n]),
            "referral_centre": referral[n],
            "capacity": None if math.isnan(capacity[n]) else round(capacity[n]),
            "vehicles": round(vehicles[n]),
        }
        for n in range(len(work))
    ]
    return _documents(work, Office, rows, "office")


def make_forums(work: Work) -> Made:
    """Community policing forums."""
    lon, lat = _places(work)
    areas = work.areas(required=False)
    chaired = work.flags("chaired_by_woman", default=False)
    women = work.flags("for_women", default=False)
    meetings = work.numbers("meetings_per_month", low=0, high=31, default=1.0)
    rows = [
        {
            "lon": lon[n],
            "lat": lat[n],
            "area": areas[n].code or area_at(work, lon[n], lat[n]),
            "chaired_by_woman": chaired[n],
            "for_women": women[n],
            "meetings_per_month": meetings[n],
        }
        for n in range(len(work))
    ]
    return _documents(work, Forum, rows, "forum")


def make_crossings(work: Work) -> Made:
    """Bridges and ferries."""
    lon, lat = _places(work)
    is_open = work.flags("open", default=True)
    rows = [{"lon": lon[n], "lat": lat[n], "open": is_open[n]} for n in range(len(work))]
    return _documents(work, Crossing, rows, "crossing")


def make_staff(work: Work) -> Made:
    """Posts; a row with a count stands for so many posts. Names and numbers of people stay out."""
    offices = _offices(work)
    units = pick(work, "unit", unit_of, choices=", ".join(Unit), required=True)
    genders = pick(work, "gender", gender_of, choices=", ".join(Gender), required=True)
    locked = work.flags("locked", default=False)
    counts = work.numbers("count", low=0, high=_MOST_POSTS, default=1.0)
    codes, skills, homes = work.cells("code"), _skills(work), _homes(work)
    taken: set[str] = set()
    records: list[dict[str, Any]] = []
    positions: list[int] = []
    for n in work.good():
        for number in range(round(counts[n])):
            stem = codes[n] or f"{offices[n]}-{units[n]}-{genders[n]}"
            code = _free_code(stem if counts[n] == 1 else f"{stem}-{number + 1}", taken)
            if codes[n] and counts[n] == 1 and code != _slug(stem):
                work.bad(
                    n,
                    said("{value} stands twice."),
                    said("Give every row its own {column}."),
                    "code",
                    value=codes[n],
                )
                break
            post = Post(
                code=code,
                office=str(offices[n]),
                unit=units[n],
                gender=genders[n],
                skills=skills[n] if units[n] in skills[n] else (units[n], *skills[n]),
                home=homes[n],
                locked=locked[n],
            )
            records.append(_record("post", post))
            positions.append(n)
    synthetic = any(
        fold_header(cell or "") == Standing.SYNTHETIC for cell in work.cells("standing")
    )
    return Made(records, positions, Standing.SYNTHETIC if synthetic else None)


def make_travel(work: Work) -> Made:
    """Minutes one way for office and area; a word such as ``unreachable`` is a value too."""
    areas = work.areas(required=True)
    offices = _offices(work)
    header = work.found.by_field["travel_min"]
    cells = work.raw.cells[header]
    none = {n for n, cell in enumerate(cells) if _says_unreachable(cell)}
    work.raw.cells[header] = [None if n in none else cell for n, cell in enumerate(cells)]
    minutes = work.numbers("travel_min", low=0, high=3_000)
    for n, value in enumerate(minutes):
        if math.isnan(value) and n not in none and n not in work.faults:
            work.bad(
                n,
                said("{column} is empty."),
                said("Write the minutes, or unreachable."),
                "travel_min",
            )
    seen: dict[tuple[str | None, str | None], int] = {}
    for n in work.good():
        first = seen.setdefault((areas[n].code, offices[n]), n)
        if first != n:
            work.bad(
                n,
                said("The same area and office stand on row {other} already."),
                said("Keep the right one."),
                "travel_min",
                other=work.raw.rows[first],
            )
    good = work.good()
    records = []
    for n in good:
        reached = None if math.isnan(minutes[n]) else minutes[n]
        records.append(
            {
                "area": areas[n].code,
                "office": offices[n],
                "travel_min": reached,
                "identity": key_identity("travel", (areas[n].code, offices[n])),
                "content": content_hash([reached]),
            }
        )
    return Made(records, good)


def area_at(work: Work, lon: float, lat: float) -> str | None:
    """The finest loaded unit around a point; None outside."""
    if math.isnan(lon) or math.isnan(lat):
        return None
    units = valid_on(work.context.units, work.context.today)
    for level in (Level.SUBDISTRICT, Level.DISTRICT, Level.GOVERNORATE):
        here = units[units["level"] == level.value]
        inside = here.index[here.geometry.intersects(shapely.Point(lon, lat))]
        if len(inside):
            return str(min(inside))  # the border rule: the lowest code wins
    return None


def _places(work: Work) -> tuple[list[float], list[float]]:
    lon, lat = work.points()
    for n, x in enumerate(lon):
        if math.isnan(x) and n not in work.faults:
            work.bad(
                n, said("The row has no coordinate."), said("Give longitude and latitude."), "lon"
            )
    return lon, lat


def _documents(work: Work, kind: type[Document], rows: Sequence[dict[str, Any]], stem: str) -> Made:
    """Documents with codes, names, standing and note; a code is made of the name if need be."""
    codes, ar, en = work.cells("code"), work.cells("name_ar"), work.cells("name_en")
    notes = work.cells("note")
    standing = pick(
        work,
        "standing",
        lambda cell: {s.value: s for s in Standing}.get(fold_header(cell)),
        choices=", ".join(Standing),
        default=work.options.standing or Standing.REPORTED,
    )
    taken: set[str] = set()
    records, positions = [], []
    for n in work.good():
        if not ar[n] and not en[n]:
            work.bad(
                n, said("The row has no name."), said("Give name_ar, name_en or both."), "name_en"
            )
            continue
        code = _slug(codes[n] or en[n] or "") or f"{stem}-{n + 1}"
        if code in taken and codes[n]:
            work.bad(
                n,
                said("{value} stands twice."),
                said("Give every row its own {column}."),
                "code",
                value=code,
            )
            continue
        code = _free_code(code, taken)
        values = {
            **rows[n],
            "code": code,
            "name_ar": ar[n] or en[n],
            "name_en": en[n] or ar[n],
            "standing": standing[n],
        }
        if "note" in kind.model_fields:
            values["note"] = (notes[n] or "")[:400]
        try:
            document = kind.model_validate(values)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            column = str(first["loc"][0]) if first["loc"] else "code"
            work.bad(
                n,
                said("{value} is not a known {column}."),
                said("Check {column} and its unit."),
                column,
                value=str(values.get(column))[:40],
            )
            continue
        records.append(_record(stem, document))
        positions.append(n)
    return Made(records, positions)


def _record(kind: str, document: Any) -> dict[str, Any]:
    text = document.model_dump(mode="json")
    return {
        "code": document.code,
        "document": text,
        "identity": key_identity(kind, (document.code,)),
        "content": content_hash([document.model_dump_json()]),
    }


def _offices(work: Work) -> list[str | None]:
    """Office codes of the rows: by code or by name, as offices are known now."""
    by_name: dict[str, str] = {}
    for office in work.context.offices:
        for name in (office.code, office.name_ar, office.name_en):
            by_name[fold_header(name)] = office.code
    found = []
    for n, cell in enumerate(work.cells("office")):
        code = None if cell is None else by_name.get(fold_header(plain(cell)))
        if code is None:
            work.bad(
                n,
                said("{value} is no office that is known here."),
                said("Use one of: {choices}; or import the offices first."),
                "office",
                value=(cell or "-")[:40],
                choices=", ".join(office.code for office in work.context.offices) or "-",
            )
        found.append(code)
    return found


def _skills(work: Work) -> list[tuple[Unit, ...]]:
    found = []
    for n, cell in enumerate(work.cells("skills")):
        words = [w for w in re.split(r"[,;|+/،]", cell or "") if w.strip()]
        units = [unit_of(word) for word in words]
        for word, unit in zip(words, units, strict=True):
            if unit is None:
                work.bad(
                    n,
                    said("{value} is not a known {column}."),
                    said("Use one of: {choices}."),
                    "skills",
                    value=word[:40],
                    choices=", ".join(Unit),
                )
        found.append(tuple(dict.fromkeys(unit for unit in units if unit is not None)))
    return found


def _homes(work: Work) -> list[str | None]:
    """Home sub-districts; one that is not certain is left out and counted, never guessed."""
    finder = AreaFinder(work.context.units, work.options.aliases, work.context.today)
    found, unknown = [], 0
    for cell in work.cells("home"):
        code = None if cell is None or is_empty(cell) else finder.name(cell).code
        unknown += bool(cell) and not is_empty(cell) and code is None
        found.append(code)
    if unknown:
        work.notes.append(
            Note(said("{n} homes are no area that is known here; they were left out."), n=unknown)
        )
    return found


def _says_unreachable(cell: str | None) -> bool:
    return cell is not None and cell.casefold().strip() in _UNREACHABLE


def _slug(text: str) -> str:
    """A code of a name: Latin letters and digits only; empty where there are none."""
    latin = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_.:-]+", "-", latin).strip("-_.:")[:60]


def _free_code(text: str, taken: set[str]) -> str:
    stem = _slug(text) or "post"
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    taken.add(code)
    return code
