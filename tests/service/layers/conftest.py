"""The demo as layer books read it, once for all tests here."""

from collections.abc import Iterator

import pytest

from geo.layers import Clearance
from service.demo.load import load_demo
from service.layerbook import LayerBook
from service.layerbooks import LayerBooks
from service.settings import checkout_data
from service.store import Store, open_store


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("layers") / "mizan.db") as store:
        load_demo(store, checkout_data())
        yield store


@pytest.fixture(scope="session")
def books(demo: Store) -> LayerBooks:
    return LayerBooks(demo, checkout_data())


@pytest.fixture(scope="session")
def released(books: LayerBooks) -> LayerBook:
    return books.open(Clearance.RELEASED)


@pytest.fixture(scope="session")
def exact(books: LayerBooks) -> LayerBook:
    return books.open(Clearance.EXACT)
