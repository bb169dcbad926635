"""Loading the demo: default boundaries and the files of ``data/demo``, as versions of their own.

They go through the same understanding as a planner's files; being ours, they are read in this
process. Any other import of a kind puts the demo's rows of that kind aside.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geo.notes import Note, said
from geo.places import Standing
from service.imports.limits import Limits
from service.imports.options import Options
from service.imports.run import Paper, context_of, keep, sha256_of, understand
from service.imports.summary import Summary
from service.imports.table import RawTable
from service.imports.text_reader import read_text
from service.imports.vector_reader import read_geojson
from service.store import Kind, Store, StoreError

ORDER = (
    Kind.BOUNDARIES, Kind.OFFICES, Kind.FORUMS, Kind.CROSSINGS, Kind.STAFF, Kind.POPULATION,
    Kind.ARRIVALS, Kind.INCIDENTS, Kind.REQUESTS,
)  # fmt: skip
BOUNDARIES = "basra_subdistricts.geojson"
DISTRICTS = "basra_districts.geojson"
Said = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: summaries by kind, and kinds left alone since other data are there."""

    summaries: tuple[Summary, ...]
    left_alone: tuple[Kind, ...]


def load_demo(
    store: Store, data_dir: Path, *, actor: str = "cli", say: Said | None = None
) -> Loaded:
    """Load the demo in one transaction; kinds with data of the planner's own are left alone.

    Raises:
        StoreError: the demo's files are not there.

    """
    summaries, left_alone = [], []
    with store.write():
        for kind in ORDER:
            if any(not d.demo for d in store.datasets.list(kind, active=True)):
                left_alone.append(kind)
                continue
            if say is not None:
                say(kind.value)
            summaries.append(_load_one(store, data_dir, kind, actor))
    return Loaded(tuple(summaries), tuple(left_alone))


def reset_demo(
    store: Store, data_dir: Path, *, actor: str = "cli", say: Said | None = None
) -> Loaded:
    """Put everything aside that is active and load the demo; older versions stay on record."""
    with store.write():
        store.datasets.retire(store.datasets.active(), actor, "reset")
        store.audit.append("demo_reset", actor=actor)
        return load_demo(store, data_dir, actor=actor, say=say)


def is_empty(store: Store) -> bool:
    """Whether no data were ever active: a first start."""
    return not store.datasets.list()


def _load_one(store: Store, data_dir: Path, kind: Kind, actor: str) -> Summary:
    is_map = kind is Kind.BOUNDARIES
    file = (
        data_dir
        / ("boundaries" if is_map else "demo")
        / (BOUNDARIES if is_map else f"{kind.value}.csv")
    )
    if not file.exists():
        raise StoreError(
            f"{file.name} of the demo is not there; run from a checkout, or set MIZAN_DATA_DIR"
        )
    raw = _read_boundaries(file) if is_map else read_text(file, Limits())
    options = _options(file, kind)
    what = understand(kind, raw, context_of(store), options)
    if what.faults:
        raise StoreError(f"{file.name} of the demo is damaged: {what.faults[0]}")
    return keep(store, what, Paper(file.name, sha256_of(file), options, actor, demo=True))


def _options(file: Path, kind: Kind) -> Options:
    if kind is not Kind.BOUNDARIES:
        standing = Standing.ESTIMATED if kind is Kind.POPULATION else Standing.SYNTHETIC
        return Options(standing=standing, note="data/demo/README.md")
    about = json.loads(file.read_text(encoding="utf-8")).get("mizan", {})
    return Options(
        standing=Standing.GENERALISED,
        note=Note(said("generalised, not official")),
        licence=str(about.get("licence", ""))[:200],
    )


def _read_boundaries(file: Path) -> RawTable:
    """The sub-districts, with the names of the governorate that their districts belong to."""
    raw = read_geojson(file, Limits())
    districts = read_geojson(file.with_name(DISTRICTS), Limits())
    above = {code: place for place, code in enumerate(districts.cells["code"]) if code is not None}
    for ours, theirs in (
        ("governorate", "parent"),
        ("governorate_ar", "parent_name_ar"),
        ("governorate_en", "parent_name_en"),
    ):
        raw.cells[ours] = [
            districts.cells[theirs][above[parent]] if parent in above else None
            for parent in raw.cells["parent"]
        ]
    return raw
