"""Uploads wait here between their arrival, a preview and the decision to keep them.

A file gets a name of ours; the planner's name is only shown. What nobody decides about is swept.
"""

import contextlib
import json
import re
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from geo.checks import Fault, FaultsError
from geo.locate import build_locator, place_incidents
from geo.notes import said
from geo.population import check_population
from geo.successors import figures_in, successors, valid_on
from service.atomic import sweep_partial, write_whole
from service.imports.limits import Limits
from service.imports.options import Options
from service.imports.run import (
    Paper,
    Understood,
    context_of,
    keep,
    looked_at,
    sha256_of,
    understand,
)
from service.imports.sandbox import read_raw
from service.imports.summary import Summary
from service.imports.table import RawTable, refuse
from service.imports.turns import turn
from service.store import Kind, Store, UnknownError
from service.store.datasets import PROTECTED
from service.store.engine import private

KEPT_HOURS = 24.0
MOST_WAITING = 20
"""Files of one account that wait at a time: nobody fills the disk with what is never decided."""
_ID = re.compile(r"[0-9a-f]{24}")
_SHOWN_NAME = 120


class FullRoomError(FaultsError):
    """Too many files of one account wait already; some must be kept or let go first."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that waits. ``expected`` is the data version that its preview was made against."""

    id: str
    kind: Kind
    name: str
    owner: str
    sha256: str
    size: int
    options: Options
    expected: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file in a list of those that wait. ``rows`` is known once it was looked at."""

    staged: Staged
    at: datetime
    rows: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen: counts, and rows by area (never points) for the map."""

    staged: Staged
    summary: Summary
    by_area: Mapping[str, int]
    what: Understood


class Staging:
    """The waiting room under the home folder."""

    def __init__(self, home: Path, limits: Limits | None = None) -> None:
        self._folder = home / "staging"
        self._limits = limits or Limits()

    def put(
        self,
        store: Store,
        kind: Kind,
        name: str,
        parts: Iterable[bytes],
        *,
        owner: str,
        options: Options | None = None,
    ) -> Staged:
        """Take in a file, part by part.

        Raises:
            FullRoomError: too many files of the owner wait already.
            FaultsError: it is larger than allowed; nothing of it stays.

        """
        if self._count(owner) >= MOST_WAITING:
            full = said("{n} files of yours wait for a decision already.")
            way = said(
                "Keep some of them or let them go; what nobody decides about goes after a day."
            )
            raise FullRoomError([Fault(full, way, {"n": MOST_WAITING})])
        staged_id = secrets.token_hex(12)
        folder = self._folder / staged_id
        folder.mkdir(parents=True)
        private(self._folder)
        try:
            size = self._write(folder / "file", parts)
            staged = Staged(
                id=staged_id,
                kind=kind,
                name=_shown(name),
                owner=owner,
                sha256=sha256_of(folder / "file"),
                size=size,
                options=options or Options(),
                expected=store.datasets.version(*looked_at(kind)),
            )
            self._describe(staged)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return staged

    def get(self, staged_id: str) -> Staged:
        """What waits under this id.

        Raises:
            UnknownError: nothing (any more).

        """
        if not _ID.fullmatch(staged_id):
            raise UnknownError("there is no such upload")
        try:
            text = (self._folder / staged_id / "about.json").read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise UnknownError("there is no such upload any more; send it again") from error
        values: dict[str, Any] = json.loads(text)
        options = Options.model_validate(values.pop("options"))
        return Staged(**{**values, "kind": Kind(values["kind"]), "options": options})

    def waiting(self, owner: str) -> tuple[Waiting, ...]:
        """What an account has brought and not decided about, the newest first."""
        found = []
        for folder in self._folder.glob("*"):
            # One that is let go while the list is made is not in it.
            with contextlib.suppress(UnknownError, OSError):
                if _told(folder).get("owner") == owner:
                    at = datetime.fromtimestamp((folder / "file").stat().st_mtime, UTC)
                    found.append(Waiting(self.get(folder.name), at, _rows(folder)))
        return tuple(sorted(found, key=lambda one: (one.at, one.staged.id), reverse=True))

    def tell(self, staged_id: str, options: Options) -> None:
        """What was said about the file, in place of what was said before."""
        self._describe(replace(self.get(staged_id), options=options))

    def headers(self, staged_id: str) -> tuple[str, ...]:
        """The headers of the file's columns; none where it can't be read as a table."""
        try:
            return tuple(self._raw(self.get(staged_id)).cells)
        except FaultsError:
            return ()

    def look(self, store: Store, staged_id: str, *, today: date | None = None) -> Preview:
        """The preview once more, for a part of its page: against the data as they are now.

        Raises:
            FaultsError: the file is refused as a whole.

        """
        staged = self.get(staged_id)
        what = self._understand(store, staged, today)
        summary = keep(store, what, _paper(staged, staged.owner), dry_run=True)
        return Preview(staged, summary, _by_area(store, what, today), what)

    def preview(
        self,
        store: Store,
        staged_id: str,
        *,
        options: Options | None = None,
        today: date | None = None,
    ) -> Preview:
        """Understand and count; ``options`` replaces what was said at the upload.

        A commit is held to the data that the newest preview was made against.

        Raises:
            FaultsError: the file is refused as a whole.

        """
        staged = self.get(staged_id)
        expected = store.datasets.version(*looked_at(staged.kind))
        self._describe(replace(staged, options=options or staged.options, expected=expected))
        return self.look(store, staged_id, today=today)

    def commit(
        self, store: Store, staged_id: str, *, actor: str, today: date | None = None
    ) -> Summary:
        """Keep it as a version, as it was previewed, and let the file go.

        Incidents become a version also where each of them is known already: that nothing changed
        would tell whoever sent a guess that it is true (decision 61).

        Raises:
            ConflictError: the data changed since the preview; look again.
            ImportRunningError: another import of the kind is at work.
            FaultsError: the file is refused as a whole.

        """
        staged = self.get(staged_id)
        with turn(store, staged.kind):
            what = self._understand(store, staged, today)
            summary = keep(store, what, _paper(staged, actor), expected=staged.expected)
        self.discard(staged_id)
        return summary

    def discard(self, staged_id: str) -> None:
        """Forget a file; nothing happens if it is gone already."""
        if _ID.fullmatch(staged_id):
            shutil.rmtree(self._folder / staged_id, ignore_errors=True)

    def held(self, kinds: Collection[Kind]) -> list[Path]:
        """Folders of waiting files of some kinds, and those that nothing is known of."""
        asked = {*kinds, None}
        return [one for one in self._folder.glob("*") if staged_kind(one) in asked]

    def let_go(self, kinds: Collection[Kind]) -> int:
        """Forget all that ``held`` tells: their rows are purged. How many files they were."""
        held = self.held(kinds)
        for folder in held:
            shutil.rmtree(folder, ignore_errors=True)
        return len(held)

    def sweep_broken(self) -> int:
        """Forget files whose arrival was cut off by a kill; how many they were.

        Only when no service takes files in: one that arrives just now looks the same.
        """
        broken = self.let_go(())
        for folder in self._folder.glob("*"):
            sweep_partial(folder)
        return broken

    def sweep(self, now: float | None = None, hours: float = KEPT_HOURS) -> int:
        """Forget what waited too long; how many files that were."""
        moment = time.time() if now is None else now
        swept = 0
        for folder in self._folder.glob("*"):
            if moment - folder.stat().st_mtime > hours * 3600:
                shutil.rmtree(folder, ignore_errors=True)
                swept += 1
        return swept

    def _count(self, owner: str) -> int:
        return sum(_told(folder).get("owner") == owner for folder in self._folder.glob("*"))

    def _write(self, target: Path, parts: Iterable[bytes]) -> int:
        size, most = 0, int(self._limits.file_mb * 1e6)
        with target.open("wb") as file:
            private(target)
            for part in parts:
                size += len(part)
                if size > most:
                    raise refuse(
                        said("The file has more than {limit} MB."),
                        said("Split it, or leave out columns that are not needed."),
                        limit=self._limits.file_mb,
                    )
                file.write(part)
        return size

    def _describe(self, staged: Staged) -> None:
        values = {**_fields(staged), "options": staged.options.model_dump(mode="json")}
        about = self._folder / staged.id / "about.json"
        write_whole(about, json.dumps(values).encode(), private=True)

    def _understand(self, store: Store, staged: Staged, today: date | None) -> Understood:
        try:
            raw = self._raw(staged)
            return understand(staged.kind, raw, context_of(store, today), staged.options)
        except FaultsError as error:
            raise FaultsError(fault.at(file=staged.name) for fault in error.faults) from None

    def _raw(self, staged: Staged) -> RawTable:
        """The file's table; read in a child once, then kept beside it for preview and commit."""
        folder = self._folder / staged.id
        kept, sheet = folder / "table", staged.options.sheet or ""
        with contextlib.suppress(OSError, ValueError, KeyError):
            if (kept / "sheet").read_text(encoding="utf-8") == sheet:
                return RawTable.load(kept)
        raw = read_raw(folder / "file", self._limits, staged.options.sheet)
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        raw.save(kept)
        (kept / "rows").write_text(str(len(raw)), encoding="utf-8")
        (kept / "sheet").write_text(sheet, encoding="utf-8")  # last: the table is whole
        return raw


def staged_kind(folder: Path) -> Kind | None:
    """The kind of a waiting file by its folder; ``None`` where its description is not whole."""
    try:
        return Kind(_told(folder)["kind"])
    except (ValueError, KeyError, TypeError):
        return None


def _rows(folder: Path) -> int | None:
    try:
        return int((folder / "table" / "rows").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _told(folder: Path) -> Mapping[str, Any]:
    """The description of a waiting file as it stands; empty where it is not whole, or gone."""
    try:
        told = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _fields(staged: Staged) -> dict[str, Any]:
    return {name: getattr(staged, name) for name in Staged.__dataclass_fields__}


def _paper(staged: Staged, actor: str) -> Paper:
    """The same for preview and commit: what one tells, the other does."""
    always = staged.kind in PROTECTED
    return Paper(staged.name, staged.sha256, staged.options, actor, always=always)


def _by_area(store: Store, what: Understood, today: date | None) -> dict[str, int]:
    """Rows by area of today; incidents are placed first, so that no point is needed.

    As the map counts them (``UnitBook``): a code of a unit that ended means its ground.
    """
    records = what.made.records
    if not records or what.kind is Kind.BOUNDARIES:
        return {}
    day = today or datetime.now().date()  # noqa: DTZ005 - the office's own day
    versions = store.units()
    past = successors(versions, day)
    if what.kind is Kind.POPULATION:
        given = check_population(pd.DataFrame(records))
        figures = figures_in(given, valid_on(versions, day), past)
        return {str(code): int(n) for code, n in figures["area"].value_counts().items()}
    if what.kind is not Kind.INCIDENTS:
        areas = [r.get("area") or r.get("document", {}).get("area") for r in records]
        held = Counter(past.holder(str(area)) for area in areas if area)
        return {code: n for code, n in held.items() if code is not None}
    frame = pd.DataFrame(records).set_index("identity")
    frame["date"] = pd.to_datetime(frame["date"])
    frame = frame.astype({"lon": "float64", "lat": "float64", "area_given": "str"})
    units = valid_on(versions, day)
    locator = build_locator(units, past=past)
    placed = place_incidents(frame, units, locator=locator)
    return {str(code): int(n) for code, n in placed["subdistrict"].value_counts().items()}


def _shown(name: str) -> str:
    """The planner's name of the file: its last part, printable, not too long."""
    last = re.split(r"[\\/]", name)[-1]
    return "".join(ch for ch in last if ch.isprintable())[-_SHOWN_NAME:] or "file"
