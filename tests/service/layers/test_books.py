"""Which books stay at hand."""

from pathlib import Path

from geo.layers import Clearance
from service.layerbooks import LayerBooks
from service.settings import checkout_data
from service.store import open_store
from tests.service.store import versions


def test_paging_through_past_states_leaves_the_newest_book_at_hand(tmp_path: Path) -> None:
    with open_store(tmp_path / "mizan.db") as store:
        past = []
        for day in range(1, 7):
            store.datasets.add(versions.incidents((f"2024-01-0{day}", "other")))
            past.append(store.data_version())
        books = LayerBooks(store, checkout_data(), kept=2)
        newest = books.open(Clearance.RELEASED)
        first = books.open(Clearance.RELEASED, past[0])
        for version in past[1:-1]:
            books.open(Clearance.RELEASED, version)
        assert books.open(Clearance.RELEASED) is newest
        assert books.open(Clearance.RELEASED, past[0]) is not first  # the others do make room
        store.datasets.add(versions.incidents(("2024-02-01", "other")))
        assert books.open(Clearance.RELEASED) is not newest
        for version in past[:3]:
            books.open(Clearance.RELEASED, version)
        assert books.open(Clearance.RELEASED, past[-1]) is not newest  # nor is it for ever
