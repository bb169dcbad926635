"""That another layer is shown than was asked for: why, which there are, and what to do."""

from dataclasses import dataclass

from geo.notes import said
from geo.places import Level
from service.auth.accounts import Account
from service.auth.roles import Right
from service.locale import map_words, terms
from service.pages.choice import PLAN_LEVELS, layers_at
from service.pages.kinds import PlanLayer
from service.pages.map_board import Board

_FINEST = said(
    "Arrivals, growth and what a plan serves are known by sub-district at best, so need is too."
)
_NOT_HERE = said(
    "The map shows another layer than was asked for: {layer} is not made at this level ({level})."
)
_NO_PLAN = said(
    "The map shows another layer than was asked for: {layer} is a figure of a plan, and there is "
    "no plan yet."
)
_NOT_SHOWN = said(
    "The map shows another layer than was asked for: {layer} is a figure of a plan, and this "
    "account may not see plans."
)


@dataclass(frozen=True, slots=True)
class Unmade:
    """What is said of a layer that is not there; ``asks``: the reader may ask for the plan."""

    text: str
    asks: bool = False


def unmade(board: Board, account: Account) -> Unmade | None:
    """``None`` where the layer that was asked for is shown."""
    choice, words = board.choice, board.words
    if choice.unmade is None:
        return None
    layer, level = (
        words.say(map_words.TITLE[choice.unmade]),
        words.say(terms.LEVELS[choice.level]),
    )
    if isinstance(choice.unmade, PlanLayer) and choice.level in PLAN_LEVELS:
        if not account.may(Right.SEE_PLANS):
            return Unmade(words.say(_NOT_SHOWN, layer=layer))
        return Unmade(words.say(_NO_PLAN, layer=layer), asks=account.may(Right.ASK_SCENARIO))
    there = layers_at(board.atlas, choice.level, plan=board.plan is not None)
    names = [words.say(map_words.TITLE[one]) for one in there]
    parts = [words.say(_NOT_HERE, layer=layer, level=level)]
    if choice.level is Level.CELL:
        parts.append(words.say(_FINEST))
    parts.append(words.say("Here there are: {layers}.", layers=words.joined(names)))
    return Unmade(" ".join(parts))
