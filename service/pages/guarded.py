"""Atlases that watch or hold back: exact figures are written down, an office sees its own staff."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from geo.layers import Layer, LayerCode, Period
from geo.places import Level
from geo.privacy import INCIDENT_LAYERS
from geo.rates import Window
from optimizer.staff import Post

if TYPE_CHECKING:
    from service.pages.atlas import Atlas

Note = Callable[[str, dict[str, str]], None]
"""Writes down what was looked at, and as what; raises where it can't."""


class _Behind:
    """Answers like the atlas behind it, but for what a subclass answers itself."""

    def __init__(self, atlas: "Atlas") -> None:
        self._atlas = atlas

    def __getattr__(self, name: str) -> Any:
        return getattr(self._atlas, name)


_TELL_NO_CASE = frozenset(
    {
        "area", "arrivals_until", "categories", "categories_of", "clearance", "crossings",
        "datasets", "forums", "governorate_of", "governorates", "home", "layer_codes", "levels",
        "newest_of", "office_governorates", "offices", "periods", "posts", "rivers", "successors",
        "units", "version", "windows", "withheld",
    }
)  # fmt: skip
"""What an atlas of exact figures answers without being watched; what is not named has no answer."""


class WatchedAtlas(_Behind):
    """Exact figures for one request: each layer and category read is written down before it.

    Once for all periods of it: the slider of a map asks for every year. Whoever adds a figure adds
    how it is written down: else it is not there.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in _TELL_NO_CASE:
            raise AttributeError(name)
        return super().__getattr__(name)

    def __init__(self, atlas: "Atlas", note: Note) -> None:
        super().__init__(atlas)
        self._note = note
        self._told: set[tuple[str, str, str]] = set()

    def layer(
        self,
        code: LayerCode,
        level: Level,
        category: str | None = None,
        period: Period | None = None,
    ) -> Layer:
        if code in INCIDENT_LAYERS:
            self._tell(code.value, level.value, category)
        return self._atlas.layer(code, level, category, period)

    def series(
        self, area: str, category: str | None = None, window: Window = Window.YEAR
    ) -> pd.DataFrame:
        self._tell("series", area, category)
        return cast("pd.DataFrame", cast("Any", self._atlas).series(area, category, window))

    def surface(
        self, governorate: str, category: str | None = None, period: Period | None = None
    ) -> Any:
        self._tell("surface", governorate, category)
        return cast("Any", self._atlas).surface(governorate, category, period)

    @property
    def placement(self) -> Mapping[str, int]:
        self._tell("placement", "", None)
        return cast("Mapping[str, int]", cast("Any", self._atlas).placement)

    def need(self, *asked: Any) -> Any:
        self._tell("need", "", None)
        return cast("Any", self._atlas).need(*asked)

    def layers(self, *asked: Any) -> Any:
        self._tell("layers", "", None)
        return cast("Any", self._atlas).layers(*asked)

    def _tell(self, what: str, where: str, category: str | None) -> None:
        key = (what, where, category or "")
        if key not in self._told:
            self._note(what, {"where": where, "category": category or ""})
            self._told.add(key)


class OfficeAtlas(_Behind):
    """For an account of one office: of the staff it sees its own office's posts."""

    def __init__(self, atlas: "Atlas", office: str) -> None:
        super().__init__(atlas)
        self._office = office

    def posts(self) -> Sequence[Post]:
        return [post for post in self._atlas.posts() if post.office == self._office]
