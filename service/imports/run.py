"""One import from file to version: read, understand, compare with what is there, keep."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from geo.arrivals import check_arrivals
from geo.checks import Fault, FaultsError
from geo.incidents import check_incidents
from geo.notes import Note, said
from geo.places import Standing
from geo.population import check_population
from geo.requests import check_requests
from service.imports import fields, registers, series
from service.imports.boundaries import make_boundaries
from service.imports.headers import Field
from service.imports.limits import Limits
from service.imports.options import Options
from service.imports.personal import Dropped, dropped_columns
from service.imports.required import check_required
from service.imports.sandbox import read_raw
from service.imports.summary import Summary
from service.imports.table import RawTable, note_to_json, refuse
from service.imports.turns import turn
from service.imports.work import Context, Made, Work
from service.store import Kind, NewVersion, Store


@dataclass(frozen=True, slots=True)
class Understood:
    """A file that was understood: records of good rows, faults of the others."""

    kind: Kind
    raw: RawTable
    made: Made
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...]
    columns: Mapping[str, str]
    dropped: tuple[Dropped, ...]
    unknown: Mapping[str, int] = field(default_factory=dict)  # words of unknown categories


@dataclass(frozen=True, slots=True)
class _Recipe:
    fields: tuple[Field, ...]
    make: Callable[[Work], Made]
    check: Callable[..., Any] | None = None
    needs_units: bool = True


_RECIPES: Mapping[Kind, _Recipe] = {
    Kind.INCIDENTS: _Recipe(fields.INCIDENT_FIELDS, series.make_incidents, check_incidents),
    Kind.ARRIVALS: _Recipe(fields.ARRIVAL_FIELDS, series.make_arrivals, check_arrivals),
    Kind.POPULATION: _Recipe(fields.POPULATION_FIELDS, series.make_population, check_population),
    Kind.REQUESTS: _Recipe(fields.REQUEST_FIELDS, series.make_requests, check_requests),
    Kind.OFFICES: _Recipe(fields.OFFICE_FIELDS, registers.make_offices),
    Kind.FORUMS: _Recipe(fields.FORUM_FIELDS, registers.make_forums),
    Kind.CROSSINGS: _Recipe(fields.CROSSING_FIELDS, registers.make_crossings, needs_units=False),
    Kind.STAFF: _Recipe(fields.STAFF_FIELDS, registers.make_staff),
    Kind.TRAVEL: _Recipe(fields.TRAVEL_FIELDS, registers.make_travel),
}

# What else a kind is understood against: a change of it meanwhile stops the import.
_RESTS_ON: Mapping[Kind, tuple[Kind, ...]] = {
    Kind.STAFF: (Kind.BOUNDARIES, Kind.OFFICES),
    Kind.TRAVEL: (Kind.BOUNDARIES, Kind.OFFICES),
    Kind.BOUNDARIES: (),
    Kind.CROSSINGS: (),
}


def fields_of(kind: Kind) -> tuple[str, ...]:
    """Names of the fields that ``--column FIELD=HEADER`` can map."""
    return tuple(field.name for field in recipe_fields(kind))


def recipe_fields(kind: Kind) -> tuple[Field, ...]:
    """The fields of a kind with their usual headers."""
    return fields.UNIT_FIELDS if kind is Kind.BOUNDARIES else _RECIPES[kind].fields


def understand(kind: Kind, raw: RawTable, context: Context, options: Options) -> Understood:
    """Records of the good rows and faults of the others.

    Raises:
        FaultsError: the file as a whole is refused.

    """
    if kind is Kind.BOUNDARIES:
        made, _, notes = make_boundaries(raw, options)
        return Understood(kind, raw, made, (), tuple(notes), {}, ())
    recipe = _RECIPES[kind]
    if recipe.needs_units and context.units.empty:
        raise refuse(
            said("No boundaries are loaded, so no area is known."),
            said("Import them first: mizan import boundaries FILE."),
        )
    work = Work(raw, recipe.fields, context, options)
    check_required(kind, raw, recipe.fields, work.found, options)
    made = recipe.make(work)
    _check_contract(recipe, made)
    found = [f for position in sorted(work.faults) for f in work.faults[position]]
    return Understood(
        kind,
        raw,
        made,
        (*raw.faults, *found),
        tuple(work.notes),
        work.found.by_field,
        dropped_columns(raw.cells, work.found.unused),
        work.unknown,
    )


def compare(store: Store, what: Understood, options: Options, *, demo: bool) -> "Compared":
    """Which rows are new, which were there, which changed."""
    known = store.datasets.known(what.kind, demo=demo or what.kind.is_register)
    records, positions = what.made.records, what.made.positions
    new_rows: set[int] = set()
    revised_rows: set[int] = set()
    left_out: set[int] = set()
    dropped = what.made.repeats if options.drop_repeats else frozenset()
    changed, flagged = False, 0
    for number, record in enumerate(records):
        position = positions[number] if number < len(positions) else -1
        if number in dropped:
            left_out.add(position)
            continue
        before = known.get(record["identity"])
        if before == record["content"]:
            continue
        changed = True
        new_rows.add(position)
        flagged += number in what.made.repeats
        if before is not None:
            revised_rows.add(position)
    new_rows.discard(-1)
    revised_rows.discard(-1)
    removed = 0
    if what.kind.is_register:
        removed = len(set(known) - {r["identity"] for r in records})
    kept = [record for number, record in enumerate(records) if number not in dropped]
    read = len(what.raw) + len(what.raw.unread)
    rejected = read - len(set(positions))
    return Compared(
        records=kept,
        read=read,
        kept=len(new_rows),
        rejected=rejected,
        already=read - rejected - len(new_rows),
        flagged=flagged,
        revised=len(revised_rows),
        removed=removed,
        changes=changed or removed > 0,
        left_out=len(left_out),
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """Counts of an import, and the records that its version would hold."""

    records: Sequence[Mapping[str, Any]]
    read: int
    kept: int
    rejected: int
    already: int
    flagged: int
    revised: int
    removed: int
    changes: bool
    left_out: int


def import_file(
    store: Store,
    kind: Kind,
    file: Path,
    *,
    name: str | None = None,
    options: Options | None = None,
    limits: Limits | None = None,
    actor: str = "cli",
    dry_run: bool = False,
    today: date | None = None,
) -> tuple[Summary, Understood]:
    """Import a file as one transaction: all of its good rows, or nothing.

    Args:
        store: where to.
        kind: what the file holds.
        file: our own path of it.
        name: what to call it; default: the path's name.
        options: what the planner said about it.
        limits: what its reader may use.
        actor: who does it, for the audit log.
        dry_run: understand and count only.
        today: days after it are faults; default: the clock's.

    Raises:
        FaultsError: the file is refused as a whole, with every fault.
        ConflictError: somebody changed the same data meanwhile.
        ImportRunningError: another import of the kind is at work.

    """
    options, name = options or Options(), name or file.name
    with nullcontext() if dry_run else turn(store, kind):
        expected = store.datasets.version(*looked_at(kind))
        try:
            raw = read_raw(file, limits or Limits(), options.sheet)
            what = understand(kind, raw, context_of(store, today), options)
        except FaultsError as error:
            raise FaultsError(fault.at(file=name) for fault in error.faults) from None
        paper = Paper(name, sha256_of(file), options, actor)
        return keep(store, what, paper, expected=expected, dry_run=dry_run), what


@dataclass(frozen=True, slots=True)
class Paper:
    """What goes on record beside the rows: the file, what was said about it, who brought it."""

    name: str
    sha256: str
    options: Options
    actor: str
    demo: bool = False
    written: bool = False  # into a form, without any file
    always: bool = False  # a version also where no row is new: whether one is tells of cases


def context_of(store: Store, today: date | None = None) -> Context:
    """What rows are understood against now."""
    records = store.records()
    day = today or datetime.now().date()  # noqa: DTZ005 - the office's own day
    return Context(records.units(), records.offices(), day)


def looked_at(kind: Kind) -> tuple[Kind, ...]:
    """Kinds of data whose change meanwhile stops an import of ``kind``."""
    return (kind, *_RESTS_ON.get(kind, (Kind.BOUNDARIES,)))


def keep(
    store: Store,
    what: Understood,
    paper: Paper,
    *,
    expected: str | None = None,
    dry_run: bool = False,
) -> Summary:
    """Compare with what is there and keep what is new as a version, in one transaction.

    Raises:
        ConflictError: the data of ``looked_at`` have no longer the version ``expected``.

    """
    options = paper.options
    counts = compare(store, what, options, demo=paper.demo)
    there = store.datasets.list(what.kind, active=True)
    retires_demo = not paper.demo and any(one.demo for one in there)
    if not counts.records or not (counts.changes or paper.always):
        return _summary(what, counts, paper, None, dry_run, retired_demo=False)
    if dry_run:
        return _summary(what, counts, paper, None, dry_run, retired_demo=retires_demo)
    new = NewVersion(
        kind=what.kind,
        records=counts.records,
        standing=_standing(what, options),
        file_name=paper.name,
        file_sha256=paper.sha256,
        rows_read=counts.read,
        rows_kept=counts.kept,
        rows_already=counts.already,
        rows_rejected=counts.rejected,
        rows_flagged=counts.flagged,
        source=options.source,
        licence=options.licence,
        note=options.note,
        as_of=options.as_of or _last_day(what),
        summary={
            "notes": [note_to_json(n) for n in what.notes],
            "removed": counts.removed,
            "present": what.made.present,
            "written": paper.written,
        },
        demo=paper.demo,
    )
    with store.write():
        there = store.datasets.list(what.kind, active=True)
        retires_demo = not paper.demo and any(one.demo for one in there)
        dataset = store.datasets.add(new, paper.actor, expected, looked_at(what.kind))
        store.audit.append(
            "imported",
            actor=paper.actor,
            subject=dataset.id,
            details={"sha256": paper.sha256, "kept": counts.kept, "read": counts.read},
        )
    return _summary(what, counts, paper, dataset.sequence, dry_run, retired_demo=retires_demo)


def _summary(
    what: Understood,
    counts: Compared,
    paper: Paper,
    sequence: int | None,
    dry_run: bool,
    *,
    retired_demo: bool,
) -> Summary:
    notes = list(what.notes)
    if counts.left_out:
        notes.append(
            Note(
                said("{n} rows equal an earlier one of the file and were left out."),
                n=counts.left_out,
            )
        )
    return Summary(
        kind=what.kind,
        file_name=paper.name,
        standing=_standing(what, paper.options),
        read=counts.read,
        kept=counts.kept,
        already=counts.already,
        rejected=counts.rejected,
        flagged=counts.flagged,
        revised=counts.revised,
        removed=counts.removed,
        faults=tuple(fault.at(file=paper.name) for fault in what.faults),
        notes=tuple(notes),
        columns=what.columns,
        dropped=what.dropped,
        dataset=sequence,
        dry_run=dry_run,
        retired_demo=retired_demo,
    )


def _check_contract(recipe: _Recipe, made: Made) -> None:
    """The canonical check of ``geo`` has the last word on what we made."""
    if recipe.check is None or not made.records:
        return
    import pandas as pd  # noqa: PLC0415 - beside its one use

    frame = pd.DataFrame(made.records).drop(columns="content").set_index("identity")
    recipe.check(frame)


def _standing(what: Understood, options: Options) -> Standing:
    if what.made.standing is not None:
        return what.made.standing
    said_by_rows = {str(r["standing"]) for r in what.made.records if r.get("standing")}
    said_by_rows |= {
        str(r["document"]["standing"])
        for r in what.made.records
        if "document" in r and r["document"].get("standing")
    }
    # The least trustworthy one marks the whole version.
    for standing in (Standing.SYNTHETIC, Standing.ESTIMATED, Standing.GENERALISED):
        if standing in said_by_rows:
            return standing
    if options.standing is not None:
        return options.standing
    official = said_by_rows == {Standing.OFFICIAL}
    return Standing.OFFICIAL if official else Standing.REPORTED


def _last_day(what: Understood) -> date | None:
    days = [r.get("date") or r.get("as_of") or r.get("valid_from") for r in what.made.records]
    known = [day for day in days if isinstance(day, date)]
    return max(known) if known else None


def sha256_of(file: Path) -> str:
    """Of the file's bytes, in hex."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
