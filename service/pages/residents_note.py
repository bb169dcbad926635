"""Where residents by area are estimates: said beside the shares that rest on them."""

from geo.places import Standing
from service.locale.source_words import source_name
from service.pages.planview import PlanView
from service.store import Kind

_COUNTED = frozenset({Standing.OFFICIAL, Standing.REPORTED})


def residents_note(view: PlanView) -> str:
    """How residents were shared out among the areas; empty where they were counted.

    Where no official table of sub-districts exists, some areas get an equal share of what is
    left: whoever reads that a share of residents is within reach has to know it.
    """
    words, sources = view.words, view.problem.sources
    registers = [one for one in sources if one.note == Kind.POPULATION.value]
    if all(one.standing in _COUNTED for one in registers):
        return ""
    estimated = [one for one in sources if one.standing is Standing.ESTIMATED and not one.note]
    names = list(dict.fromkeys(source_name(words, one.name) for one in estimated))
    if not names:
        return words.say("Residents by area are estimates, not counts.")
    return words.say(
        "Residents by area are estimates, not counts ({sources}): shares of residents and figures "
        "per resident rest on them.",
        sources=words.joined(names, ";"),
    )
