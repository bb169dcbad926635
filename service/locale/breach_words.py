"""What the auditor found wrong, in words; the log of an audit keeps the codes beside them."""

from geo.notes import said
from optimizer.plan import ShortfallKind
from service.locale.terms import SHORTFALL
from service.locale.words import Words

BREACH = {
    "budget": said("the cost of opening is beyond the budget"),
    "calls": said("patrol crews can't carry the calls"),
    "capacity": said("more staff than the office has room for"),
    "closed_but_staffed": said("a closed office has staff"),
    "counsellors": said("too few counsellors at the referral centre"),
    "district": said("one district has too large a share"),
    "hired_too_many": said("more are hired than the problem allows"),
    "leads.hours": said("the hours of the lead office are others"),
    "hours": said("more hours than the staff works"),
    "lone_woman": said("a woman officer stands alone"),
    "max_closed": said("too many offices close"),
    "max_moves": said("too many officers move"),
    "max_opened": said("too many offices open"),
    "min_staff": said("fewer staff than an open office needs"),
    "more_than_asked": said("more hours than are asked for"),
    "moved_too_many": said("more move than are there"),
    "must_be_open": said("an office that must be open is closed"),
    "named_twice": said("a row stands twice"),
    "not_asked": said("hours where none are asked for"),
    "officers": said("too few officers for the crews"),
    "one_for_each_area": said("an area has no lead office, or several"),
    "other_problem": said("the plan belongs to another problem"),
    "out_of_reach": said("hours beyond daily reach"),
    "parts": said("parts of hours don't add up"),
    "postings": said("postings are not today's staff and its moves"),
    "reactive": said("crews have too little time left beside calls"),
    "skill": said("somebody lacks the skill for the unit"),
    "spare_vehicles": said("more new vehicles than there are"),
    "sum": said("shifts don't add up to the posting"),
    "unknown_area": said("the problem knows no such area"),
    "unknown_office": said("the problem knows no such office"),
    "unknown_shift": said("the problem knows no such shift"),
    "unknown_unit": said("the problem knows no such unit"),
    "vehicles": said("more crews than vehicles"),
    "women_hours": said("more hours of women than women officers work"),
    "womens_unit": said("too few women officers in the women's unit"),
}
"""By the auditor's code, after its rule where two rules use the same."""


def breach_words(words: Words, rule: str, what: str) -> str:
    """What is wrong, in the reader's language; a sentence of the auditor's own stays."""
    kind = what.partition(" ")[0]
    if kind in set(ShortfallKind):
        lack = words.say(SHORTFALL[ShortfallKind(kind)])
        return words.say(said("the lack that is told is another one: {lack}"), lack=lack)
    message = BREACH.get(f"{rule}.{what}") or BREACH.get(what)
    return words.say(message) if message else what
