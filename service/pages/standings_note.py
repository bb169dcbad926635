"""How far each kind of figure may be trusted: said beside the shares that rest on them."""

from geo.notes import said
from geo.places import Standing
from service.exports.provenance import WORST_FIRST, worst_standing
from service.locale.terms import KIND, STANDING
from service.pages.planview import PlanView

_COUNTED = frozenset({Standing.OFFICIAL, Standing.REPORTED})


def standings_note(view: PlanView) -> str:
    """The kinds of data by their standing, the weakest first; empty where all were counted.

    A kind of several files is as good as its weakest. Shares of residents rest on estimates where
    no official table of sub-districts exists: whoever reads them has to know it.
    """
    words = view.words
    found: dict[Standing, list[str]] = {}
    for kind, title in KIND.items():
        sources = [one for one in view.problem.sources if one.note == kind.value]
        if sources:
            found.setdefault(worst_standing(sources), []).append(words.say(title))
    if found.keys() <= _COUNTED:
        return ""
    parts = [
        f"{words.say(STANDING[one])}: {words.joined(found[one])}"
        for one in WORST_FIRST
        if one in found
    ]
    return words.say(said("The figures rest on: {kinds}."), kinds=words.joined(parts, ";"))
