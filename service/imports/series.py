"""Series: incidents, arrivals, population, requests; a new version adds to what is there."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from geo.arrivals import PERSONS_PER_FAMILY
from geo.names import fold
from geo.notes import Note, said
from geo.places import Standing
from optimizer.staff import Unit
from service.imports.headers import fold_header
from service.imports.identity import content_hash, counted_identities, key_identity, repeats
from service.imports.values import parse_numbers
from service.imports.vocabulary import audience_of, parse_categories, unit_of
from service.imports.work import Made, Work, pick, told

SESSION_HOURS = 2.0
"""Hours of a session where the request does not say (an assumption)."""

_GOVERNORATES = {
    fold(name)
    for name in (
        "Al-Anbar", "Al-Basrah", "Al-Muthanna", "Al-Najaf", "Al-Qadissiya", "Al-Sulaymaniyah",
        "Babil", "Baghdad", "Diyala", "Duhok", "Erbil", "Kerbala", "Kirkuk", "Maysan", "Missan",
        "Ninewa", "Salah Al-Din", "Thi-Qar", "Dhi Qar", "Wassit", "Basrah", "Basra", "Qadissiya",
        "Sulaymaniyah", "Anbar", "Najaf", "Muthanna", "Salahaddin", "Wasit", "Dahuk",
    )
}  # fmt: skip


def make_incidents(work: Work) -> Made:
    """Incidents: a day, a category, and a place (coordinate, area, or both)."""
    days = work.days("date")
    fine = work.cells("category_fine") if work.has("category_fine") else None
    categories = parse_categories(work.cells("category"), fine, work.options.categories)
    work.unknown = categories.unknown
    told(
        work.notes,
        said("{n} rows have a category that is not known and count as other: {words}."),
        categories.unknown,
    )
    lon, lat = work.points()
    areas = work.areas(required=False)
    elsewhere = 0
    for position, area in enumerate(areas):
        elsewhere += area.elsewhere
        if area.code is None and math.isnan(lon[position]) and position not in work.faults:
            work.bad(
                position,
                said("The row has no place: neither an area that is loaded nor a coordinate."),
                said("Give longitude and latitude, or the area's code or name."),
                "area",
            )
    if elsewhere:
        work.notes.append(
            Note(said("{n} rows name a governorate that is not loaded."), n=elsewhere)
        )
    sources = _sources(work)
    ids = work.cells("incident_id")
    equal = repeats(work.whole_rows())
    good = work.good()
    records = [
        {
            "date": days[n],
            "category": categories.codes[n],
            "lon": _number(lon[n]),
            "lat": _number(lat[n]),
            "area_given": areas[n].code,
            "repeat": equal[n],
            "source": sources[n],
        }
        for n in good
    ]
    own = [ids[n] for n in good] if len({ids[n] for n in good if ids[n]}) > 1 else None
    made = _series("incident", records, good, equal, own)
    standings = _standings(work)
    synthetic = any(standings[n] == Standing.SYNTHETIC for n in good)
    return replace(made, standing=Standing.SYNTHETIC) if synthetic else made


def make_arrivals(work: Work) -> Made:
    """Arrivals: a day, an area, families (or persons), and where they come from."""
    days = work.days("date")
    areas = work.areas(required=True)
    size = work.numbers("household_size", low=1, high=60, default=PERSONS_PER_FAMILY)
    families = _families(work, size)
    origins, from_columns = _origins(work)
    clan = work.flags("clan", default=False)
    registered = work.flags("registered", default=True)
    low, high = work.numbers("low", low=0), work.numbers("high", low=0)
    for position, figure in enumerate(families):
        if low[position] > figure or high[position] < figure:
            work.bad(
                position,
                said("{families} families lie outside their own band {low} to {high}."),
                said("Widen the band or correct the figure."),
                "families",
                families=figure,
                low=low[position],
                high=high[position],
            )
    standing, sources = _standings(work), _sources(work)
    present = _counts_those_present(work)
    # In a count of those present nobody is a figure: they have left.
    good = [n for n in work.good() if families[n] > 0 or (present and families[n] == 0)]
    nobody = len(work.good()) - len(good)
    for position in set(work.good()) - set(good):
        work.bad(
            position,
            said("Nobody arrived: the figure is 0."),
            said("Leave the row out."),
            "families",
        )
    if from_columns:
        work.notes.append(
            Note(said("Origins were read from the columns of {n} governorates."), n=from_columns)
        )
    if nobody:
        work.notes.append(Note(said("{n} rows say that nobody arrived."), n=nobody))
    records = [
        {
            "date": days[n],
            "area": areas[n].code,
            "families": families[n],
            "household_size": size[n],
            "origin": origins[n],
            "clan": clan[n],
            "registered": registered[n],
            "low": families[n] if math.isnan(low[n]) else low[n],
            "high": families[n] if math.isnan(high[n]) else high[n],
            "standing": standing[n],
            "source": sources[n],
        }
        for n in good
    ]
    if present:
        work.notes.append(
            Note(
                said(
                    "The file counts families present on a day, not arrivals: a later count adds "
                    "its difference only, the first stands as if all had come on its day."
                )
            )
        )
    return replace(_series("arrival", records, good, repeats(work.whole_rows())), present=present)


def make_population(work: Work) -> Made:
    """Residents of areas on days; women as a share or as a count."""
    if work.has("as_of"):
        days = work.days("as_of")
    else:
        day = work.options.as_of or work.options.day
        days = [day] * len(work)
        if day is None:
            for position in range(len(work)):
                work.bad(
                    position,
                    said("The row has no date."),
                    said("Say of when the figures are: --as-of 2020-07-01."),
                    "as_of",
                )
    areas = work.areas(required=True)
    residents = work.numbers("residents", required=True, low=0)
    share = work.numbers("women_share", low=0, high=1)
    women = work.numbers("women", low=0)
    standing, sources = _standings(work), _sources(work)
    for position, count in enumerate(women):
        if math.isnan(share[position]) and residents[position] > 0 and not math.isnan(count):
            share[position] = count / residents[position]
            if share[position] > 1:
                work.bad(
                    position,
                    said("There are more women than residents."),
                    said("Check both figures."),
                    "women",
                )
    _refuse_two_figures(
        work, [(a.code, d, s) for a, d, s in zip(areas, days, sources, strict=True)]
    )
    good = work.good()
    records = [
        {
            "area": areas[n].code,
            "as_of": days[n],
            "residents": residents[n],
            "women_share": _number(share[n]),
            "standing": standing[n],
            "source": sources[n],
        }
        for n in good
    ]
    for record in records:
        key = (record["area"], record["as_of"], record["source"])
        record["identity"] = key_identity("population", key)
        record["content"] = content_hash(list(record.values())[:-1])
    return Made(records, good)


def make_requests(work: Work) -> Made:
    """Awareness sessions asked for; the audience is one of a fixed list, never free text."""
    days = work.days("date")
    areas = work.areas(required=True)
    units = pick(work, "unit", unit_of, choices=", ".join(Unit), default=Unit.OUTREACH)
    sessions = work.numbers("sessions", low=0, high=1000, default=1.0)
    hours = work.numbers("hours", low=0, high=24, default=SESSION_HOURS)
    women = work.flags("for_women", default=False)
    standing, sources = _standings(work), _sources(work)
    audiences = [audience_of(cell) for cell in work.cells("audience")]
    good = work.good()
    records = [
        {
            "date": days[n],
            "area": areas[n].code,
            "unit": str(units[n]),
            "sessions": sessions[n],
            "hours": hours[n],
            "for_women": women[n],
            "audience": audiences[n],
            "standing": standing[n],
            "source": sources[n],
        }
        for n in good
    ]
    return _series("request", records, good, repeats(work.whole_rows()))


def _series(
    kind: str,
    records: list[dict[str, Any]],
    good: list[int],
    equal: Sequence[bool],
    own: list[str | None] | None = None,
) -> Made:
    """Identities of a series: the source's own ids where it has them, else content and count."""
    contents = [
        content_hash([value for key, value in r.items() if key != "repeat"]) for r in records
    ]
    keys = [
        f"id:{own[n]}" if own is not None and own[n] else contents[n] for n in range(len(records))
    ]
    for record, content, identity in zip(
        records, contents, counted_identities(kind, keys), strict=True
    ):
        record["identity"], record["content"] = identity, content
    return Made(records, good, repeats=frozenset(i for i, n in enumerate(good) if equal[n]))


def _sources(work: Work) -> list[str]:
    if work.options.source:
        return [work.options.source] * len(work)
    return work.texts("source")


def _standings(work: Work) -> list[str]:
    default = work.options.standing or Standing.REPORTED
    known = {fold_header(s.value): s.value for s in Standing}
    return [
        str(value)
        for value in pick(
            work,
            "standing",
            lambda cell: known.get(fold_header(cell)),
            choices=", ".join(Standing),
            default=default.value,
        )
    ]


_OF_A_MATRIX = frozenset(
    fold_header(name)
    for name in ("LocationID", "PlaceID", "roundNumber", "round", "numPresentIdpInd",
                 "numPresentIdpHh")
)  # fmt: skip


def _counts_those_present(work: Work) -> bool:
    """Whether the file is a round of a tracking matrix (DTM): places and who is in them.

    A column that says when families arrived makes it a file of arrivals.
    """
    header = work.found.by_field.get("date", "")
    if "arriv" in fold_header(header) or "displac" in fold_header(header):
        return False
    tags = " ".join((work.raw.tags or {}).values())
    return bool(_OF_A_MATRIX & {fold_header(h) for h in work.raw.cells}) or "#round" in tags


def _families(work: Work, size: list[float]) -> list[float]:
    """Families as given, else persons divided by the household size, said in a note."""
    families = work.numbers("families", low=0)
    persons = work.numbers("individuals", low=0)
    made = 0
    for position, figure in enumerate(families):
        if math.isnan(figure) and not math.isnan(persons[position]):
            families[position] = persons[position] / size[position]
            made += 1
        elif math.isnan(figure) and position not in work.faults:
            work.bad(
                position,
                said("The row says neither families nor persons."),
                said("Fill one of them in, or name its column: --column families=HEADER."),
                "families",
            )
    if made:
        work.notes.append(
            Note(
                said("{n} figures of persons were made families of {size} persons."),
                n=made,
                size=PERSONS_PER_FAMILY if not work.has("household_size") else "-",
            )
        )
    return families


def _origins(work: Work) -> tuple[list[str], int]:
    """Origins from their column, else from DTM's column per governorate: largest first."""
    if work.has("origin"):
        return work.texts("origin"), 0
    columns = [h for h in work.found.unused if fold(h) in _GOVERNORATES]
    if not columns:
        return [""] * len(work), 0
    figures = {h: parse_numbers(work.raw.cells[h]).figures for h in columns}
    found = []
    for position in range(len(work)):
        here = [(figures[h][position], h) for h in columns if figures[h][position] > 0]
        here.sort(key=lambda pair: (-pair[0], pair[1]))
        found.append(", ".join(f"{h} {n:g}" for n, h in here)[:120])
    work.found.unused = tuple(h for h in work.found.unused if h not in columns)
    return found, len(columns)


def _refuse_two_figures(work: Work, keys: list[tuple[str | None, date | None, str]]) -> None:
    seen: dict[tuple[str | None, date | None, str], int] = {}
    for position in work.good():
        first = seen.setdefault(keys[position], position)
        if first != position:
            work.bad(
                position,
                said("The same area and day stand on row {other} already."),
                said("Keep the right one."),
                "residents",
                other=work.raw.rows[first],
            )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
