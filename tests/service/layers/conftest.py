"""The demo as layer books read it, once for all tests here."""

from collections.abc import Iterator

import pytest

from geo.layers import Clearance
from service.layerbook import LayerBook
from service.layerbooks import LayerBooks
from service.settings import checkout_data
from service.store import Store, open_store
from tests.service.homes import lay_out, the_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("layers")
    lay_out(folder, the_demo)
    with open_store(folder / "mizan.db") as store:
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
