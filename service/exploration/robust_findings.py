"""What one plan for several futures came to: tables and one sentence."""

from collections.abc import Iterator, Mapping

from geo.notes import said
from optimizer.explore_weeks import WeeksResult
from optimizer.problem import Problem, TierName
from optimizer.robust import Choice, Robust
from service.exploration.findings import Findings, shock_name, shown_figure
from service.exploration.futures import AS_PLANNED, WEEK
from service.exports.plan_tables import PlanTable
from service.exports.sheets import Column, Show
from service.locale.plan_words import PlaceNames
from service.locale.terms import STATUS
from service.locale.words import Words

DECISIONS = {
    "expected": said("Best on average"),
    "worst": said("Best in the worst"),
    "regret": said("Least regret"),
    "mean": said("Made for the average week"),
}
COST = {
    TierName.WOMEN_ACCESS: said("women residents without a woman officer in reach"),
    TierName.FAIRNESS_WOMEN: said("worst area's unmet share of women's demand"),
    TierName.FAIRNESS_ALL: said("worst area's unmet share"),
    TierName.UNMET: said("unmet hours weighted by need"),
}
"""What a goal costs in a future: small is good for every one of them."""
SLIGHT = 1e-6


def robust_findings(problem: Problem, found: Robust, weeks: Mapping[str, WeeksResult]) -> Findings:
    """Decisions side by side, what each costs in each future, and in weeks drawn afterwards."""

    def tables(words: Words) -> tuple[PlanTable, ...]:
        decisions = _decisions(found, words)
        futures = _futures(found, words)
        if not weeks:
            return decisions, futures
        return decisions, futures, _weeks(problem, weeks, words)

    document = {
        "robust": found.model_dump(mode="json"),
        "weeks": {name: held.model_dump(mode="json") for name, held in weeks.items()},
    }
    return Findings(document, tables, lambda words: _reading(found, words))


def _decisions(found: Robust, words: Words) -> PlanTable:
    columns = (
        Column(said("Decision")),
        Column(said("Mean over futures"), Show.FINE),
        Column(said("Worst future"), Show.FINE),
        Column(said("Largest regret"), Show.FINE),
        Column(said("Moves"), Show.COUNT),
        Column(said("Proof")),
    )
    rows = tuple(
        (
            words.say(DECISIONS[one.name]),
            one.expected,
            one.worst,
            one.regret,
            _moves(one),
            words.say(STATUS[one.status]),
        )
        for one in found.choices
    )
    return PlanTable(said("Decisions for several futures"), columns, rows)


def _moves(one: Choice) -> int:
    return sum(t.count for t in one.plan.transfers if t.from_office is not None)


def future_name(name: str, words: Words) -> str:
    """A future as people call it."""
    if name == AS_PLANNED:
        return words.say(said("As planned"))
    if name.startswith(WEEK):
        return words.say(said("Drawn week {n}"), n=words.number(int(name.removeprefix(WEEK))))
    return shock_name(name, words)


def _futures(found: Robust, words: Words) -> PlanTable:
    columns = (
        Column(said("Future")),
        Column(said("Probability"), Show.SHARE),
        Column(said("If it were known"), Show.FINE),
        *(Column(DECISIONS[one.name], Show.FINE) for one in found.choices),
    )
    rows = tuple(
        (
            future_name(name, words),
            found.probability[n],
            found.alone[n],
            *(one.costs[n] for one in found.choices),
        )
        for n, name in enumerate(found.futures)
    )
    return PlanTable(said("Cost in each future"), columns, rows)


def _weeks(problem: Problem, weeks: Mapping[str, WeeksResult], words: Words) -> PlanTable:
    names = PlaceNames(problem, words)

    def rows() -> Iterator[tuple[object, ...]]:
        for name, held in weeks.items():
            for one in held.districts:
                title = words.say(DECISIONS[name])
                yield title, names(one.district), one.held, one.mean_served, one.worst_served

    columns = (
        Column(said("Decision")),
        Column(said("District")),
        Column(said("Weeks at the level"), Show.SHARE),
        Column(said("Mean share served"), Show.SHARE),
        Column(said("Worst share served"), Show.SHARE),
    )
    return PlanTable(said("Drawn weeks"), columns, tuple(rows()))


def _reading(found: Robust, words: Words) -> str:
    goal = words.say(COST[found.goal])
    mean, expected = found.choice("mean").expected, found.choice("expected").expected
    if found.vss <= SLIGHT * max(1.0, abs(expected)):
        first = words.say(
            said("{goal}: a plan for the average week does as well over these futures: {value}."),
            goal=goal,
            value=shown_figure(words, expected),
        )
    else:
        first = words.say(
            said("{goal}: thinking of all futures brings {value} on average, not {before}."),
            goal=goal,
            value=shown_figure(words, expected),
            before=shown_figure(words, mean),
        )
    second = words.say(
        said("To know the future would save {evpi} at most; the least regret is {regret}."),
        evpi=shown_figure(words, found.evpi),
        regret=shown_figure(words, found.choice("regret").regret),
    )
    return f"{first} {second}"
