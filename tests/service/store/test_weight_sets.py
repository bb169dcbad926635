"""Named weights belong to one account; a name is kept once."""

import pytest

from service.store import Store
from service.store.errors import ConflictError
from service.store.weight_sets import MOST


def test_sets_come_back_by_name_and_to_their_owner_only(store: Store) -> None:
    store.weight_sets.save("amal", "women first", {"incidents": 20, "severe": 80})
    store.weight_sets.save("amal", "arrivals", {"influx": 100})
    store.weight_sets.save("basim", "women first", {"growth": 5})
    assert [one.name for one in store.weight_sets.list("amal")] == ["arrivals", "women first"]
    assert store.weight_sets.list("basim")[0].weights == {"growth": 5}
    assert store.weight_sets.list("nobody") == []


def test_saving_again_under_a_name_replaces(store: Store) -> None:
    store.weight_sets.save("dalia", "mine", {"influx": 10})
    store.weight_sets.save("dalia", "  mine ", {"influx": 90})
    assert [one.weights for one in store.weight_sets.list("dalia")] == [{"influx": 90}]


def test_only_the_owner_removes(store: Store) -> None:
    store.weight_sets.save("hiba", "kept", {"influx": 10})
    (held,) = store.weight_sets.list("hiba")
    store.weight_sets.remove("salim", held.id)
    assert store.weight_sets.list("hiba") == [held]
    store.weight_sets.remove("hiba", held.id)
    assert store.weight_sets.list("hiba") == []


def test_no_name_no_weights_and_no_end_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="name"):
        store.weight_sets.save("omar", " ", {"influx": 1})
    with pytest.raises(ValueError, match="weights"):
        store.weight_sets.save("omar", "empty", {})
    for n in range(MOST):
        store.weight_sets.save("omar", f"set {n}", {"influx": n})
    with pytest.raises(ConflictError):
        store.weight_sets.save("omar", "one more", {"influx": 1})
    store.weight_sets.save("omar", "set 3", {"influx": 1})
    assert len(store.weight_sets.list("omar")) == MOST
