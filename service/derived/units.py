"""A change of the tree of areas becomes a version of the boundaries."""

import hashlib

from geo.versions import Promotion, promote
from service.imports.boundaries import made_of
from service.imports.options import Options
from service.imports.run import Paper, Understood, keep
from service.imports.summary import Summary
from service.imports.table import RawTable
from service.imports.turns import turn
from service.store import Kind, Store


def keep_promotion(
    store: Store, change: Promotion, *, actor: str, dry_run: bool = False
) -> Summary:
    """Keep the boundaries with a promotion added; the units of before remain, ended on its day.

    Raises ``FaultsError`` on a change that can't be, ``ConflictError`` if somebody changed the
    boundaries meanwhile, ``ImportRunningError``.
    """
    with turn(store, Kind.BOUNDARIES):
        expected = store.datasets.version(Kind.BOUNDARIES)
        before = store.records().units()
        made = made_of(promote(before, change))
        what = Understood(Kind.BOUNDARIES, RawTable(), made, (), (), {}, ())
        digest = hashlib.sha256(repr(change).encode()).hexdigest()
        options = Options(source=change.source[:80], note=change.code)
        paper = Paper(f"promotion {change.code}", digest, options, actor, written=True)
        return keep(store, what, paper, expected=expected, dry_run=dry_run)
