"""Retention that keeps itself: once a day, by one process, and again after a restore.

When it was last kept stands in the store, so that of several services on one database only one
does it. A turn is a lease: whoever takes it and is killed is followed by another an hour later.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert

from service.store.cuts import Past, RetentionClass, cuts_of, later, write_past
from service.store.errors import StoreError
from service.store.purge import Purged, check_clock, find_old, purge, scrub
from service.store.store import Store
from service.store.tables_work import MetaRow
from service.store.types import utc_now

_KEY = "retention"
EVERY = timedelta(days=1)
_LEASE = timedelta(hours=1)
_ACTS_READ = 10_000
_ITSELF = "mizan"
"""Actor of what nobody asked for: such an act is no witness for the clock."""


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
    store: Store,
    months: Mapping[str, int],
    *,
    today: date,
    now: datetime | None = None,
    forget: Callable[[], object] = lambda: None,
) -> Purged | None:
    """Remove what is older than it may be, if that is due and nobody else is at it.

    None where nothing was due. What stands in the way (a clock that jumped) is kept as the reason,
    and tried again in an hour; what is done by such a clock meanwhile is no proof of it, only a
    purge that somebody asks for is. ``forget``: see ``purge``.

    Raises:
        BusyStoreError: somebody else is writing.

    """
    cuts = cuts_of(months, today)
    if not cuts or not _is_due(last_kept(store), now or utc_now()):
        return None
    turn = _take_turn(store, now)
    if turn is None:
        return None
    found = find_old(store, cuts)
    if not found.is_empty:
        # Whoever is killed between the rows and their bytes leaves that they are still there.
        _write(store, replace(turn, clean=False))
        found = purge(store, cuts, actor=_ITSELF, forget=forget)
    elif not turn.clean:
        found = replace(found, is_clean=scrub(store, cuts))
    moment = turn.taken_at
    _write(store, Kept(moment, moment, clean=found.is_clean, believed=moment))
    write_past(store.home, Past(believed=moment))
    return found


def _take_turn(store: Store, now: datetime | None) -> Kept | None:
    """The lease of a turn; None where another has it, or where the clock is not to be believed.

    The clock is read once the write lock is held: no act of others is newer then.
    """
    with store.write():
        moment = now or utc_now()
        before = last_kept(store)
        if not _is_due(before, moment):
            return None
        turn = replace(before, taken_at=moment) if before else Kept(moment)
        turn = replace(turn, believed=_believed(store, turn))
        try:
            check_clock(store, moment, since=turn.believed)
        except StoreError as error:
            _write(store, replace(turn, refused=str(error)))
            return None
        _write(store, turn)
        return turn


def _believed(store: Store, kept: Kept | None) -> datetime | None:
    """From when a pause is counted: the last turn or the last purge that a person asked for."""
    if kept is None or kept.believed is None:
        return _newest_act(store)
    asked = (
        act.at
        for act in store.audit.list(action="purged", limit=_ACTS_READ)
        if act.actor != _ITSELF
    )
    return max([kept.believed, *asked])


def past_of(store: Store) -> Past:
    """What a restore in place of ``store`` must not bring back, by its audit log."""
    acts = store.audit.list(action="purged", limit=_ACTS_READ)
    cuts = later(
        *(
            {
                RetentionClass(name): date.fromisoformat(day)
                for name, day in act.details.get("before", {}).items()
            }
            for act in acts
        )
    )
    return Past(cuts, _believed(store, last_kept(store)))


def keep_out(store: Store, past: Past, seen: datetime | None, months: Mapping[str, int]) -> str:
    """Remove from a copy that is to be put back what was purged since, and what is too old now.

    ``seen`` is a moment that is known to have been. Times that are set count only by a clock that
    can be believed: else the reason why not is returned, kept, and no turn is taken before
    somebody purges by hand. What was purged by an act counts always, and stands in the copy from
    then on.
    """
    cuts, now, refused = past.cuts, utc_now(), ""
    last = (one for one in (seen, _newest_act(store)) if one is not None)
    believed = past.believed or max(last, default=now)
    if months:
        try:
            check_clock(store, now, seen=seen, since=believed)
        except StoreError as error:
            refused = str(error)
        else:
            cuts = later(cuts, cuts_of(months, now.astimezone().date()))
            believed = now
    kept = last_kept(store)
    if kept is not None or refused:  # how long the copy lay somewhere is no pause
        _write(store, replace(kept or Kept(now), refused=refused, believed=believed))
    if past.cuts or not find_old(store, cuts).is_empty:
        purge(store, cuts, actor=_ITSELF)
    return refused


def _newest_act(store: Store) -> datetime | None:
    acts = store.audit.list(limit=1)
    return acts[0].at if acts else None


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
