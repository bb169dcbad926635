"""One import of a kind at a time: in one process, and on two machines that share a server."""

from pathlib import Path

import pytest

from service.imports.turns import turn
from service.store import ImportRunningError, Kind, Store


def test_the_second_is_told_and_may_when_the_first_is_done(store: Store) -> None:
    with turn(store, Kind.ARRIVALS):
        with pytest.raises(ImportRunningError), turn(store, Kind.ARRIVALS):
            pytest.fail("two at once")
        with turn(store, Kind.OFFICES):
            pass
    with turn(store, Kind.ARRIVALS):
        pass


def test_two_machines_on_one_server_take_turns(store: Store, tmp_path: Path) -> None:
    if store.engine.dialect.name != "postgresql":
        return  # an SQLite file has one machine
    elsewhere = Store(store.engine, tmp_path / "elsewhere")
    with turn(store, Kind.ARRIVALS):
        with pytest.raises(ImportRunningError), turn(elsewhere, Kind.ARRIVALS):
            pytest.fail("two at once")
        with turn(elsewhere, Kind.OFFICES):
            pass
    with turn(elsewhere, Kind.ARRIVALS):
        pass
