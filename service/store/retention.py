"""Retention that keeps itself: once a day, by one process, and again after a restore.

When it was last kept stands in the store, so that of several services on one database only one
does it. A turn is a lease: whoever takes it and is killed is followed by another an hour later.
"""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert

from service.store.errors import StoreError
from service.store.purge import (
    Purged,
    RetentionClass,
    check_clock,
    cut_of,
    find_old,
    purge,
)
from service.store.store import Store
from service.store.tables_work import MetaRow
from service.store.types import utc_now

_KEY = "retention"
EVERY = timedelta(days=1)
_LEASE = timedelta(hours=1)
_ACTS_READ = 10_000


@dataclass(frozen=True, slots=True)
class Kept:
    """How retention was kept last.

    ``taken_at`` is when its newest turn began, ``done_at`` when one last came to its end; ``clean``
    whether the database's files hold no byte of what was removed; ``refused`` why it was not done;
    ``believed`` the newest moment that no jump of the clock stands before.
    """

    taken_at: datetime
    done_at: datetime | None = None
    clean: bool = True
    refused: str = ""
    believed: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        """Whether three turns were missed."""
        return self.done_at is None or now - self.done_at > 3 * EVERY


def cuts_of(months: Mapping[str, int], today: date) -> dict[RetentionClass, date]:
    """The first day that is kept, by class; classes that no time is set for are not in it."""
    return {one: cut_of(months[one.value], today) for one in RetentionClass if one.value in months}


def last_kept(store: Store) -> Kept | None:
    """None before the first turn."""
    text = store.meta(_KEY)
    if text is None:
        return None
    told = json.loads(text)
    moments = {
        name: datetime.fromisoformat(told[name])
        for name in ("taken_at", "done_at", "believed")
        if told.get(name) is not None
    }
    return Kept(**{**told, **moments})


def keep_retention(
    store: Store, months: Mapping[str, int], *, today: date, now: datetime | None = None
) -> Purged | None:
    """Remove what is older than it may be, if that is due and nobody else is at it.

    None where nothing was due. Files that wait for a decision are left: they go after a day. What
    stands in the way (a clock that jumped) is kept as the reason, and tried again in an hour; what
    is done by such a clock meanwhile is no proof of it, only a purge that somebody asks for is.

    Raises:
        BusyStoreError: somebody else is writing.

    """
    moment = now or utc_now()
    cuts = cuts_of(months, today)
    if not cuts or not _is_due(last_kept(store), moment):
        return None
    with store.write():
        before = last_kept(store)
        if not _is_due(before, moment):
            return None
        turn = replace(before, taken_at=moment) if before else Kept(moment)
        _write(store, turn)
    since = _believed(store, turn)
    try:
        check_clock(store, moment, since=since)
    except StoreError as error:
        _write(store, replace(turn, refused=str(error), believed=since))
        return None
    found = find_old(store, cuts)
    if any(found.rows.values()) or not turn.clean:
        # Whoever is killed between the rows and their bytes leaves that they are still there.
        _write(store, replace(turn, clean=False, believed=since))
        found = purge(store, cuts, actor="mizan", waiting=False)
    _write(store, Kept(moment, moment, clean=found.is_clean, believed=moment))
    return found


def _believed(store: Store, turn: Kept) -> datetime | None:
    """From when a pause is counted: the last turn or the last purge that a person asked for."""
    if turn.believed is None:
        acts = store.audit.list(limit=1)
        return acts[0].at if acts else None
    asked = (
        act.at
        for act in store.audit.list(action="purged", limit=_ACTS_READ)
        if act.actor != "mizan"
    )
    return max([turn.believed, *asked])


@dataclass(frozen=True, slots=True)
class Past:
    """What a store that is to be replaced knows: days up to which it was purged, its last act."""

    cuts: Mapping[RetentionClass, date] = field(default_factory=dict)
    seen: datetime | None = None


def past_of(store: Store) -> Past:
    """What a restore in place of ``store`` must not bring back."""
    found: dict[RetentionClass, date] = {}
    for entry in store.audit.list(action="purged", limit=_ACTS_READ):
        for name, day in entry.details.get("before", {}).items():
            one, cut = RetentionClass(name), date.fromisoformat(day)
            found[one] = max(cut, found.get(one, cut))
    newest = store.audit.list(limit=1)
    return Past(found, newest[0].at if newest else None)


def keep_out(store: Store, past: Past, months: Mapping[str, int], *, actor: str) -> Purged | None:
    """Remove from a copy that is to be put back what was purged since, and what is too old now.

    Times that are set count only by a clock that can be believed; what was purged by an act counts
    always, and stands in the copy from then on. None where there is nothing to be said of it.
    """
    cuts = dict(past.cuts)
    now = utc_now()
    with contextlib.suppress(StoreError):
        check_clock(store, now, seen=past.seen)
        for one, day in cuts_of(months, now.astimezone().date()).items():
            cuts[one] = max(day, cuts.get(one, day))
    kept = last_kept(store)
    if kept is not None:  # how long the copy lay somewhere is no pause
        _write(store, replace(kept, believed=past.seen))
    if not past.cuts and not any(find_old(store, cuts).rows.values()):
        return None
    return purge(store, cuts, actor=actor)


def _is_due(kept: Kept | None, now: datetime) -> bool:
    if kept is None or now < kept.taken_at:
        return True
    well = kept.done_at == kept.taken_at and kept.clean and not kept.refused
    return now - kept.taken_at >= (EVERY if well else _LEASE)


def _write(store: Store, kept: Kept) -> None:
    text = json.dumps(asdict(kept), default=datetime.isoformat)
    with store.write() as connection:
        connection.execute(delete(MetaRow).where(MetaRow.key == _KEY))
        connection.execute(insert(MetaRow).values(key=_KEY, value=text))
