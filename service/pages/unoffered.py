"""Whether a file can be had as it was asked for: a misspelt word must not bring another file."""

from collections.abc import Iterable, Mapping

from service.errors import NotOfferedError
from service.pages.atlas import Atlas
from service.pages.choice import MapChoice, categories_of, layers_at, windows_of


def refuse_unoffered(
    params: Mapping[str, str], name: str, choice: MapChoice, atlas: Atlas, *, plan: bool = False
) -> None:
    """Raise ``NotOfferedError`` where ``choice`` is not what ``params`` ask of the layer ``name``.

    Pages read ``choice`` leniently (``read_choice``); a file is carried away and trusted. Empty
    parameters ask for nothing. The first that is wrong is told: later ones hang on it.
    """
    layer, level, category = choice.layer, choice.level, choice.category
    categories = (one for one in categories_of(atlas, layer, level) if one)
    governorates = (area.code for area in atlas.governorates())
    said: tuple[tuple[str, str | None, str, Iterable[object]], ...] = (
        ("level", params.get("level"), level.value, atlas.levels()),
        ("name", name, layer.value, layers_at(atlas, level, plan=plan)),
        ("category", params.get("category"), category or "", categories),
        ("window", params.get("window"), choice.window.value,
         windows_of(atlas, layer, level, category)),
        ("period", params.get("period"), str(choice.period or ""), choice.offered),
        ("governorate", params.get("governorate"), choice.governorate or "all",
         (*governorates, "all")),
    )  # fmt: skip
    for where, asked, read, offered in said:
        if asked and asked != read:
            raise NotOfferedError(where, [str(one) for one in offered])
