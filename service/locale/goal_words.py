"""Goals and rules in short, for the heads of columns and for sentences."""

from geo.notes import said
from optimizer.problem import TierName
from service.locale.terms import TIER, TIER_MEASURE
from service.locale.words import Words

GOALS = {
    TierName.WOMEN_ACCESS: said("Women's access"),
    TierName.FAIRNESS_WOMEN: said("Women's fairness"),
    TierName.FAIRNESS_ALL: said("Fairness"),
    TierName.UNMET: said("Unmet hours"),
    TierName.MOVES: said("Moves"),
    TierName.ROAD: said("Road minutes"),
}
"""Goals that tables show, in short; policies and the tie-break say nothing to compare."""


def goal_with_measure(words: Words, tier: TierName) -> str:
    """A goal with what it is measured in, for sentences that say a figure of it."""
    return f"{words.say(TIER[tier])} ({words.say(TIER_MEASURE[tier])})"


_WHOLE_FROM = 1000


def goal_figure(words: Words, value: float | None, *, beside: float | None = None) -> str:
    """A goal's value with the decimals that say something: none of a thousand women residents.

    A bound takes the decimals of the value that it stands ``beside``.
    """
    shown = value if beside is None else beside
    plain = shown is None or abs(shown) >= _WHOLE_FROM or shown == round(shown)
    return words.number(value, 0 if plain else 2)


RULES = {
    "headcount": said("number of staff"),
    "offices": said("opening of offices and room in them"),
    "balance": said("hours served within what is asked"),
    "capacity": said("working hours"),
    "crews": said("patrol crews and waiting"),
    "patrol_cap": said("cap on one district's share of patrols"),
    "reach": said("daily reach"),
    "referral_women": said("women officers at the referral centre"),
    "stability": said("moves and locked posts"),
    "women": said("women officers never alone"),
    "women_share": said("share of women"),
}
"""Rules by the name of their file in ``optimizer/rules``."""


CHECKED_TOO = {
    "documents": said("whom and what the plan names"),
    "shifts": said("split over the shifts"),
    "tiers": said("goals and their proof"),
    "leads": said("lead offices"),
    "shortfalls": said("lacks that the plan tells"),
}
"""What the auditor looks at beside the rules."""


def rule_name(code: str) -> str:
    """Message id of a rule's short name; a rule without one names itself."""
    return RULES.get(code) or CHECKED_TOO.get(code, code)
