"""The answer of a plan in five sentences, the first thing that anybody reads of it."""

from geo.notes import said
from service.locale import terms
from service.locale.words import Words
from service.pages.planview import PlanView, UnitReach, district_name, women_missing_sentence

NAMED_UNSERVED = 8
"""Areas named at most where no women's demand is served; the list of shortfalls holds all."""


def five_sentences(view: PlanView, today: PlanView | None = None) -> list[str]:
    """What changes, who gains, who stays out, where women officers serve, what it costs, proof."""
    return [
        " ".join(part for part in (_what_is_asked(view), _what_changes(view)) if part),
        _who_gains(view, today),
        _who_is_out(view),
        _where_women(view, today),
        f"{_what_it_costs(view)} {_how_sure(view)}",
    ]


def _what_is_asked(view: PlanView) -> str:
    """By how much a scenario lets areas ask for more or less than today; "" where it does not."""
    words, before = view.words, view.problem.hours_week_today
    change = 0 if before is None else round(view.hours_week) - round(before)
    if before is None or not change:
        return ""
    parts = {
        "hours": words.count("{n} officer-hour a week", "{n} officer-hours a week", abs(change)),
        "before": words.number(round(before)),
        "after": words.number(round(view.hours_week)),
    }
    if change > 0:
        return words.say(
            "Demand rises against today by {hours}, from {before} to {after}.", **parts
        )
    return words.say("Demand falls against today by {hours}, from {before} to {after}.", **parts)


def _what_changes(view: PlanView) -> str:
    words = view.words
    moved = words.count("{n} officer moves", "{n} officers move", view.moves)
    if not view.moves:
        moved = words.say("No officer moves")
    hired = _hired(view)
    if hired and view.opened:
        return words.say(
            "{moved}, {hired} are posted, and {sites} opens.",
            moved=moved,
            hired=hired,
            sites=view.listed([view.office(code) for code in view.opened]),
        )
    if hired:
        return words.say("{moved}, and {hired} are posted.", moved=moved, hired=hired)
    if view.opened:
        return words.say(
            "{moved}, and {sites} opens.",
            moved=moved,
            sites=view.listed([view.office(code) for code in view.opened]),
        )
    return words.say(
        "{moved}; {offices} stay as they are.",
        moved=moved,
        offices=words.count("{n} office", "{n} offices", len(view.plan.open_offices)),
    )


def _hired(view: PlanView) -> str:
    """New officers in words, women as such; empty without any."""
    words, women = view.words, view.hired_women
    if not view.hired:
        return ""
    if women == view.hired:
        return words.count("{n} new woman officer", "{n} new women officers", women)
    new = words.count("{n} new officer", "{n} new officers", view.hired)
    if not women:
        return new
    return words.say(
        "{new} ({women})",
        new=new,
        women=words.count("of them {n} woman", "of them {n} women", women),
    )


def _who_gains(view: PlanView, today: PlanView | None) -> str:
    words = view.words
    now = words.percent(view.served_share)
    asked = words.count(
        "{n} officer-hour a week", "{n} officer-hours a week", round(view.hours_week)
    )
    if today is None:
        return words.say("{share} of all demand ({asked}) is served.", share=now, asked=asked)
    gains = []
    for code, served in view.services.items():
        before, after = today.services[code].served_share, served.served_share
        if before is not None and after is not None:
            gains.append((after - before, code))
    before_all = words.percent(today.served_share)
    best = max(gains, default=(0.0, ""))
    if best[0] < 0.01:  # noqa: PLR2004 (under one per cent is no gain to speak of)
        return words.say(
            "{after} of all demand ({asked}) is served, {before} with today's postings; no area "
            "gains much.",
            after=now,
            asked=asked,
            before=before_all,
        )
    return words.say(
        "{after} of all demand ({asked}) is served, {before} with today's postings; {area} gains "
        "most, from {low} to {high}.",
        after=now,
        asked=asked,
        before=before_all,
        area=view.area(best[1]),
        low=words.percent(today.services[best[1]].served_share),
        high=words.percent(view.services[best[1]].served_share),
    )


def _who_is_out(view: PlanView) -> str:
    """By the shortest reach, by the farthest, by that of women officers: each is named."""
    parts = [_nearest_reach(view), _women_reach(view), _farthest_reach(view)]
    return " ".join(part for part in parts if part)


def _way(words: Words, reach: UnitReach) -> str:
    return words.count("{n} minute by road", "{n} minutes by road", round(reach.reach_min))


def _short(view: PlanView) -> UnitReach | None:
    """The unit with the shortest way of those that leave somebody out."""
    return next((one for one in view.reaches if one.out), None)


def _women_share(view: PlanView, short: UnitReach) -> bool:
    """Whether the way and the areas beyond it are the same for women officers as for a unit."""
    return view.women_way == _way(view.words, short) and set(short.out) == set(_no_woman(view))


def _no_woman(view: PlanView) -> list[str]:
    return [code for code, one in view.services.items() if one.no_woman_in_reach]


def _nearest_reach(view: PlanView) -> str:
    words = view.words
    short = _short(view)
    if short is None:
        return words.say("Every area is within daily reach of every unit that it asks for.")
    sentence = (
        said("Farther than {way} from every office with {unit} or women officers: {areas}.")
        if _women_share(view, short)
        else said("{unit} ({way}) does not reach in daily work: {areas}.")
    )
    return words.say(
        sentence,
        unit=words.say(terms.UNIT[short.unit]),
        way=_way(words, short),
        areas=view.listed([view.area(code) for code in short.out]),
    )


def _farthest_reach(view: PlanView) -> str:
    """Where some unit goes farther than the first: who is out of reach even of that one."""
    words, far = view.words, view.reaches[-1] if view.reaches else None
    if far is None or far.reach_min <= view.reaches[0].reach_min or not view.reaches[0].out:
        return ""
    parts = {"unit": words.say(terms.UNIT[far.unit]), "way": _way(words, far)}
    if not far.out:
        return words.say("{unit} goes farthest ({way}) and reaches every area.", **parts)
    return words.say(
        "{unit} goes farthest ({way}), and does not reach: {areas}.",
        **parts,
        areas=view.listed([view.area(code) for code in far.out]),
    )


def _women_reach(view: PlanView) -> str:
    words = view.words
    lacking, short = _no_woman(view), _short(view)
    if short is not None and _women_share(view, short):
        return ""  # told together with the unit
    if short is not None and set(short.out) == set(lacking):
        return words.say(
            "No woman officer is posted within {way} of these areas either.", way=view.women_way
        )
    if not lacking:
        return words.say("Women officers are within {way} of every area.", way=view.women_way)
    return words.say(
        "No woman officer is posted within {way} of {areas}.",
        way=view.women_way,
        areas=view.listed([view.area(code) for code in lacking]),
    )


def _where_women(view: PlanView, today: PlanView | None) -> str:
    """Where women officers serve, where none does, how many an asked share still lacks."""
    parts = [_women_serve(view, today), _unserved_women(view), women_missing_sentence(view)]
    return " ".join(part for part in parts if part)


def _unserved_women(view: PlanView) -> str:
    """A district's share hides areas that get nothing: each is named."""
    if not view.women or not view.women_unserved:
        return ""
    return view.words.say(
        "No women's demand is served in: {areas}.",
        areas=view.listed([view.area(code) for code in view.women_unserved], most=NAMED_UNSERVED),
    )


def _women_serve(view: PlanView, today: PlanView | None) -> str:
    words = view.words
    places = [
        f"{view.office(code)} ({words.number(one.women)})"
        for code, one in view.strengths.items()
        if one.women
    ]
    worst = view.worst_women
    if not places:
        return words.say("No woman officer is in this plan.")
    if worst is None:
        return words.say("Women officers serve at {places}.", places=view.listed(places))
    parts = {
        "places": view.listed(places),
        "share": words.percent(view.women_share),
        "district": district_name(view, worst.code),
        "low": words.percent(worst.women_served_share),
    }
    if today is None or today.women_share is None:
        return words.say(
            "Women officers serve at {places}: {share} of women's demand is served, "
            "in the worst district, {district}, {low}.",
            **parts,
        )
    return words.say(
        "Women officers serve at {places}: {share} of women's demand is served, {before} with "
        "today's postings; in the worst district, {district}, {low}.",
        **parts,
        before=words.percent(today.women_share),
    )


def _what_it_costs(view: PlanView) -> str:
    words = view.words
    moves = [one for one in view.plan.transfers if one.from_office is not None]
    if not moves and view.hired:
        return words.say("It costs {hired} and no move.", hired=_hired(view))
    if not moves:
        return words.say("It costs no move.")
    away = sum(one.count for one in moves if one.from_office != one.to_office)
    return words.say(
        "It costs {moves}: {away} to another office, {within} to another unit of the same office.",
        moves=words.count("{n} move", "{n} moves", sum(one.count for one in moves)),
        away=words.number(away),
        within=words.number(sum(one.count for one in moves) - away),
    )


def _how_sure(view: PlanView) -> str:
    words = view.words
    if view.proven:
        return words.say("It is proven that no plan does better in any goal, in this order.")
    proven = sum(tier.proven for tier in view.plan.tiers)
    return words.say(
        "The plan is legal; {n} of {all} goals are proven, the others may have a better answer.",
        n=words.number(proven),
        all=words.number(len(view.plan.tiers)),
    )
