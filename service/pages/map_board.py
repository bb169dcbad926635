"""What a request of the map is answered from: the data, what was chosen, and its reading."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd

from geo.incidents import CATEGORIES
from geo.layers import SEVERE_GROUP
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House
from service.locale import map_words
from service.locale.words import Words
from service.maps.sheet import AreaFigure
from service.pages.atlas import Atlas
from service.pages.choice import MapChoice, read_choice
from service.pages.chosen_layer import layer_of
from service.pages.figures import Reading, read_layer
from service.pages.map_sheet import tips
from service.pages.newest_plan import NewestPlan
from service.pages.through_time import ThroughTime, through_time

_NONE = ThroughTime({})


@dataclass(frozen=True)
class Board:
    """One choice read in one language, on a scale that its other periods share."""

    atlas: Atlas
    choice: MapChoice
    words: Words
    plan: NewestPlan | None
    units: gpd.GeoDataFrame
    time: ThroughTime
    reading: Reading

    def figures(self) -> Mapping[str, AreaFigure]:
        """Classes and tooltips of the areas."""
        return tips(
            self.atlas, self.choice, self.words, self.reading, time=self.time, plan=self.plan
        )

    def whole_time(self) -> ThroughTime:
        """The periods, also under the reader's own weights, which have none on the map."""
        if self.choice.weights:
            return through_time(self.atlas, self.choice, self.units)
        return self.time


def plan_for(house: House, account: Account) -> NewestPlan | None:
    """The plan that the map speaks of, to who may see plans."""
    return house.shelf.newest(house.store) if account.may(Right.SEE_PLANS) else None


def layer_title(words: Words, layer: str, category: str | None) -> str:
    """Name of a layer with its category."""
    title = words.say(map_words.TITLE[layer])
    return f"{title}: {category_name(words, category)}" if category else title


def category_name(words: Words, category: str | None) -> str:
    """Name of a category; ``None``: of all together."""
    if category is None:
        return words.say("All categories")
    if category == SEVERE_GROUP:
        return words.say("Severe categories together")
    return words.name(CATEGORIES[category])


def board_of(
    house: House, words: Words, account: Account, params: Mapping[str, str]
) -> Board | None:
    """The board of ``params``; ``None`` before anything is loaded."""
    atlas = house.atlases.open(account)
    if not atlas.levels():
        return None
    plan = plan_for(house, account)
    choice = read_choice(params, atlas, plan=plan is not None)
    return make_board(atlas, choice, words, plan)


def make_board(atlas: Atlas, choice: MapChoice, words: Words, plan: NewestPlan | None) -> Board:
    """The chosen layer, released and in words."""
    units = atlas.units(choice.level, choice.governorate)
    # A moving weight is answered at once: its need has a scale of its own and no past.
    time = _NONE if choice.weights else through_time(atlas, choice, units)
    reading = read_layer(
        layer_of(atlas, choice, units, plan),
        units,
        words,
        layer_title(words, choice.layer, choice.category),
        beside=time.everything(),
    )
    return Board(atlas, choice, words, plan, units, time, reading)
