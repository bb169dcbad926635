"""The atlas of the store: for an account, the layer book of its role's clearance."""

from pathlib import Path

from geo.privacy import clearance_of
from service.auth.accounts import Account
from service.layerbook import LayerBooks
from service.pages.atlas import Atlas
from service.store.store import Store


class StoreAtlases:
    """Opens the newest state of the store for a role; editions and layers are shared."""

    def __init__(self, store: Store, data_dir: Path) -> None:
        self._books = LayerBooks(store, data_dir)

    def open(self, account: Account) -> Atlas:
        return self._books.open(clearance_of(account.role))
