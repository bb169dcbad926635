"""Why no legal plan exists, and the ways out, as sentences in the reader's language."""

from typing import Any

from geo.notes import said
from geo.places import Document
from optimizer.explain import Change, Conflict, Explanation
from optimizer.problem import Problem
from service.locale.plan_words import PlaceNames
from service.locale.words import LANGS, Words

# Names come before a colon: many offices carry the word office, or مكتب, in their own name.
CONFLICT = {
    "headcount": said(
        "Every officer is posted once, to a unit that he or she can serve; locked posts stay."
    ),
    "offices.capacity": said("{office}: no more officers than there is room for."),
    "offices.min_staff": said("{office}: the minimum staff is needed."),
    "offices.counsellors": said("{office}: the referral centre keeps its counsellors."),
    "offices.open": said("{office}: it has to be open."),
    "offices.max_opened": said("No more new offices may be opened than the scenario allows."),
    "offices.max_closed": said("No more offices may be closed than the scenario allows."),
    "offices.budget": said("New offices may not cost more than their budget."),
    "women.pair": said("{office}: women officers are never posted alone, two or none."),
    "women.present": said("{office}: women officers are never posted alone, two or none."),
    "women.unit": said("{office}: the women's unit keeps its share of women."),
    "stability.max_moves": said("No more officers may be moved than the scenario allows."),
}
CHANGE = {
    "capacity": said("{office}: raise the capacity by {n}."),
    "min_staff": said("{office}: lower the minimum staff by {n}."),
    "counsellors": said("{office}: lower the counsellors asked for by {n}."),
    "max_moves": said("Raise the number of moves allowed by {n}."),
    "max_opened": said("Raise the number of new offices allowed by {n}."),
    "budget": said("Raise the budget for new offices by {n}."),
    "women": said("Hire more women officers: {n}."),
    "men": said("Hire more men: {n}."),
}


class ToldExplanation(Document):
    """An explanation in one language: rules that conflict, and repairs, cheapest first."""

    conflicts: tuple[str, ...]
    repairs: tuple[str, ...]


def told_explanation(problem: Problem, found: Explanation, words: Words) -> ToldExplanation:
    """``found`` in words; a repair of several changes is one line."""
    names = PlaceNames(problem, words)
    # Two rows of one rule may say the same of an office: it is said once.
    conflicts = dict.fromkeys(_conflict(one, names, words) for one in found.conflicts)
    repairs = (" ".join(_change(c, names, words) for c in r.changes) for r in found.repairs)
    return ToldExplanation(conflicts=tuple(conflicts), repairs=tuple(repairs))


def explanation_members(problem: Problem, found: Explanation) -> dict[str, Any]:
    """Plain JSON: the explanation itself, and ``said`` in both languages."""
    said_in = {
        lang: told_explanation(problem, found, Words(lang)).model_dump(mode="json")
        for lang in LANGS
    }
    return {**found.model_dump(mode="json"), "said": said_in}


def _conflict(one: Conflict, names: PlaceNames, words: Words) -> str:
    message = CONFLICT.get(f"{one.rule}.{one.what}" if one.what else one.rule)
    if message is None:
        return words.say(said("The rule {rule} has to hold."), rule=one.rule)
    return words.say(message, office=names(one.office))


def _change(one: Change, names: PlaceNames, words: Words) -> str:
    return words.say(CHANGE[one.what], office=names(one.office), n=words.number(one.amount))
