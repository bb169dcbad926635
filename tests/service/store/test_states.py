"""States: found by version and by day; the same on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from service.store import Store, UnknownError
from service.store.tables_data import StateRow

from . import versions


def test_states_are_found_by_version_and_by_day(store: Store) -> None:
    one = store.datasets.add(versions.incidents(("2024-01-05", "other")), "ali")
    first = store.data_version()
    two = store.datasets.add(versions.population("Q01", "2024-11-20", 100), "zeinab")
    second = store.data_version()
    with store.write() as connection:  # the first was made the day before
        row = store.states.list()[1]
        connection.execute(
            update(StateRow)
            .where(StateRow.sequence == row.sequence)
            .values(at=row.at - timedelta(days=1))
        )
    newest, oldest = store.states.list()
    assert (newest.actor, newest.version, newest.datasets) == (
        "zeinab", second, (one.sequence, two.sequence),
    )  # fmt: skip
    assert store.states.find(first).sequence == oldest.sequence
    today = newest.at.astimezone().date()
    assert store.states.find(today.isoformat()).version == second
    assert store.states.find((today - timedelta(days=1)).isoformat()).version == first
    assert [one.kind.value for one in store.datasets.of(oldest.datasets)] == ["incidents"]
    assert store.states.list(before=newest.sequence) == (oldest,)


@pytest.mark.parametrize(
    "text", ["", "never", "0" * 12, "1999-01-01", "2024-02-31", "9999-12-31", "..", "1"]
)
def test_what_was_never_there_is_told(store: Store, text: str) -> None:
    store.datasets.add(versions.incidents(("2024-01-05", "other")), "ali")
    with pytest.raises(UnknownError):
        store.states.find(text)


def test_an_undo_is_a_state_of_its_own(store: Store) -> None:
    store.datasets.add(versions.incidents(("2024-01-05", "other")))
    two = store.datasets.add(versions.incidents(("2024-02-05", "other")))
    store.datasets.undo(two.sequence, "ali")
    assert [state.action for state in store.states.list()] == ["undo", "import", "import"]
    today = store.states.list()[0].at.astimezone().date()
    assert store.states.find(today.isoformat()).action == "undo"
