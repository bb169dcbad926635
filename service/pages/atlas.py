"""What the pages read: areas, released layers, offices and what is loaded, for one role.

``Atlas`` is a reading of one state of the data: its ``version`` names it. Layers come released
(``geo.privacy``): what the role may not see isn't in them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Protocol, cast

import geopandas as gpd

from geo.incidents import Category
from geo.layers import Clearance, Layer, LayerCode, Period
from geo.notes import Note
from geo.places import Area, Crossing, Forum, Level, Office
from geo.rates import Window
from optimizer.staff import Post
from service.auth.accounts import Account
from service.layerbook import LayerBook
from service.layerbooks import LayerBooks
from service.pages.guarded import OfficeAtlas, WatchedAtlas
from service.store.datasets import Dataset


class Atlas(Protocol):
    """One state of the data as one role may see it."""

    @property
    def version(self) -> str: ...
    @property
    def arrivals_until(self) -> date | None:
        """Up to which day arrivals are known."""
        ...

    def levels(self) -> Sequence[Level]: ...
    def layer_codes(self, level: Level) -> Sequence[LayerCode]: ...
    def categories_of(self, code: LayerCode, level: Level) -> Sequence[str | None]: ...
    def windows(
        self, level: Level, code: LayerCode | None = None, category: str | None = None
    ) -> Sequence[Window]: ...
    def withheld(
        self,
        level: Level,
        window: Window,
        code: LayerCode | None = None,
        category: str | None = None,
    ) -> Note | None: ...
    def periods(
        self,
        window: Window = Window.YEAR,
        level: Level | None = None,
        code: LayerCode | None = None,
        category: str | None = None,
    ) -> Sequence[Period]: ...
    def categories(self) -> Sequence[Category]: ...
    def governorates(self) -> Sequence[Area]: ...
    def units(self, level: Level, governorate: str | None = None) -> gpd.GeoDataFrame: ...
    def layer(
        self, code: LayerCode, level: Level, category: str | None, period: Period | None
    ) -> Layer: ...
    def offices(self) -> Sequence[Office]: ...
    def forums(self) -> Sequence[Forum]: ...
    def crossings(self) -> Sequence[Crossing]: ...
    def posts(self) -> Sequence[Post]: ...
    def rivers(self) -> Mapping[str, Any]: ...
    def datasets(self) -> Sequence[Dataset]: ...


def tells_exact(atlas: Atlas) -> bool:
    """Whether its figures of cases are exact: for its reader alone, and marked so."""
    return getattr(atlas, "clearance", Clearance.RELEASED) is Clearance.EXACT


class Atlases(Protocol):
    """Opens the newest state of the data for an account."""

    def open(self, account: Account) -> Atlas: ...
    def at(self, account: Account, version: str) -> Atlas:
        """The data as they were at a version. Raises ``UnknownError``."""

    def released(self) -> LayerBook | None:
        """The book that plans are assembled from; ``None`` where there is none to assemble from."""


ReadNote = Callable[[Account, str, Mapping[str, str]], None]
"""Writes down that an account looks at exact figures, of what, asked how."""


class BookAtlases:
    """Atlases from the layer books of the store, as the account may see them now.

    ``clearance`` says what that is; what is read with exact clearance goes to ``note`` first.
    """

    def __init__(
        self, books: LayerBooks, clearance: Callable[[Account], Clearance], note: ReadNote
    ) -> None:
        self._books = books
        self._clearance = clearance
        self._note = note

    def open(self, account: Account) -> Atlas:
        return self._for(account, None)

    def at(self, account: Account, version: str) -> Atlas:
        return self._for(account, version)

    def _for(self, account: Account, version: str | None) -> Atlas:
        clearance = self._clearance(account)
        atlas: Atlas = self._books.open(clearance, version)
        if account.office is not None:
            atlas = cast("Atlas", OfficeAtlas(atlas, account.office))
        if clearance is Clearance.EXACT:
            atlas = cast("Atlas", WatchedAtlas(atlas, partial(self._note, account)))
        return atlas

    def released(self) -> LayerBook | None:
        return self._books.open(Clearance.RELEASED)
