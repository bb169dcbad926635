"""Versions: adding, undoing, past states; on both databases."""

from datetime import date

import pytest

from geo.arrivals import ARRIVALS
from geo.boundaries import UNITS
from geo.incidents import INCIDENTS, check_incidents
from geo.places import Level
from geo.population import POPULATION
from geo.requests import REQUESTS
from service.store import ConflictError, Kind, Store, UnknownError

from . import versions


def test_an_empty_store_gives_canonical_empty_frames(store: Store) -> None:
    records = store.records()
    for frame, canonical in (
        (records.incidents(), INCIDENTS),
        (records.arrivals(), ARRIVALS),
        (records.population(), POPULATION),
        (records.requests(), REQUESTS),
    ):
        assert list(frame.columns) == [c.name for c in canonical.columns]
        assert frame.dtypes.to_dict() == canonical.empty().dtypes.to_dict()
    units = records.units()
    assert units.crs.to_epsg() == 4326
    assert [c for c in units.columns if c != "geometry"] == [c.name for c in UNITS.columns]


def test_incidents_come_back_as_the_canonical_frame(store: Store) -> None:
    store.datasets.add(versions.incidents(("2024-01-05", "drug_abuse"), ("2024-02-01", "other")))
    frame = store.incidents()
    assert check_incidents(frame).equals(frame)
    assert list(store.incidents(end=date(2024, 2, 1))["category"]) == ["drug_abuse"]


def test_units_keep_their_geometry_and_validity(store: Store) -> None:
    store.datasets.add(versions.boundaries("Q01", "Q02"))
    units = store.units(Level.SUBDISTRICT)
    assert list(units.index) == ["Q01", "Q02"]
    assert units.loc["Q02"].geometry.bounds == (48, 30, 49, 31)
    assert store.units(on=date(2019, 1, 1)).empty
    assert len(store.units(on=date(2020, 1, 1))) == 2


def test_equal_data_have_equal_versions_and_undo_brings_the_version_back(store: Store) -> None:
    empty = store.data_version()
    one = store.datasets.add(versions.incidents(("2024-01-05", "other")))
    with_one = store.data_version()
    two = store.datasets.add(versions.incidents(("2024-02-05", "other")))
    assert len({empty, with_one, store.data_version()}) == 3
    store.datasets.undo(two.sequence)
    assert store.data_version() == with_one
    assert len(store.incidents()) == 1
    store.datasets.undo(one.sequence)
    assert store.data_version() == empty
    with pytest.raises(ConflictError):
        store.datasets.undo(one.sequence)


def test_any_past_state_can_be_read(store: Store) -> None:
    store.datasets.add(versions.incidents(("2024-01-05", "other")))
    then = store.data_version()
    store.datasets.add(versions.incidents(("2024-02-05", "other")))
    assert len(store.at(then).incidents()) == 1
    assert len(store.incidents()) == 2
    with pytest.raises(UnknownError):
        store.at("never")


def test_rows_of_two_overlapping_versions_count_once_and_survive_an_undo(store: Store) -> None:
    first = store.datasets.add(versions.incidents(("2024-01-05", "other"), ("2024-01-06", "other")))
    store.datasets.add(versions.incidents(("2024-01-06", "other"), ("2024-01-07", "other")))
    assert sorted(store.incidents()["date"].dt.day) == [5, 6, 7]
    store.datasets.undo(first.sequence)
    assert sorted(store.incidents()["date"].dt.day) == [6, 7]


def test_the_newest_state_of_a_row_counts(store: Store) -> None:
    store.datasets.add(versions.population("Q01", "2024-11-20", 100))
    store.datasets.add(versions.population("Q01", "2024-11-20", 120))
    assert list(store.population()["residents"]) == [120]


def test_a_register_replaces_the_version_before(store: Store) -> None:
    store.datasets.add(versions.boundaries("Q01", "Q02"))
    second = store.datasets.add(versions.boundaries("Q03"))
    assert list(store.units().index) == ["Q03"]
    store.datasets.undo(second.sequence)
    assert list(store.units().index) == ["Q01", "Q02"]


def test_made_up_rows_are_never_mixed_with_others(store: Store) -> None:
    store.datasets.add(versions.incidents(("2024-01-05", "other"), demo=True))
    store.datasets.add(versions.incidents(("2024-02-05", "other")))
    assert list(store.incidents()["date"].dt.month) == [2]


def test_the_demos_rows_come_back_with_the_last_real_version_only(store: Store) -> None:
    demo = store.datasets.add(versions.incidents(("2024-01-05", "other"), demo=True))
    first = store.datasets.add(versions.incidents(("2024-02-05", "other")))
    second = store.datasets.add(versions.incidents(("2024-03-05", "other")))
    store.datasets.undo(first.sequence)
    assert list(store.incidents()["date"].dt.month) == [3]
    store.datasets.undo(second.sequence)
    assert list(store.incidents()["date"].dt.month) == [1]
    store.datasets.retire([demo.sequence], action="reset")
    third = store.datasets.add(versions.incidents(("2024-04-05", "other")))
    store.datasets.undo(third.sequence)
    assert store.incidents().empty  # what was put aside on purpose stays so


def test_of_two_planners_the_second_is_told(store: Store) -> None:
    seen = store.datasets.version(Kind.INCIDENTS)
    store.datasets.add(
        versions.incidents(("2024-01-05", "other")), expected=seen, over=(Kind.INCIDENTS,)
    )
    with pytest.raises(ConflictError):
        store.datasets.add(
            versions.incidents(("2024-01-06", "other")), expected=seen, over=(Kind.INCIDENTS,)
        )
    # A change of another kind is nobody's business.
    seen = store.datasets.version(Kind.INCIDENTS)
    store.datasets.add(versions.population("Q01", "2024-11-20", 1))
    store.datasets.add(
        versions.incidents(("2024-01-07", "other")), expected=seen, over=(Kind.INCIDENTS,)
    )


def test_a_failing_block_leaves_nothing(store: Store) -> None:
    before = store.data_version()
    entries = store.audit.head()

    def fail() -> None:
        with store.write():
            store.datasets.add(versions.incidents(("2024-01-05", "other")))
            store.audit.append("imported", actor="test")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.data_version() == before
    assert store.audit.head() == entries
    assert store.incidents().empty


def test_a_store_without_any_data_has_a_version_that_can_be_read(store: Store) -> None:
    assert store.at(store.data_version()).units().empty
