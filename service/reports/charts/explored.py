"""Charts of what ``optimizer.explore_*`` finds, goal by goal, in the goals' own measures."""

from collections.abc import Sequence

from geo.notes import Note, said
from optimizer.explore_tradeoff import FrontierPoint as Tradeoff
from optimizer.explore_worth import StaffingCurve, knee
from optimizer.explore_worth import Worth as Found
from optimizer.plan import Status
from optimizer.problem import Problem, TierName
from service.locale import terms
from service.locale.goal_words import GOALS
from service.locale.words import Words
from service.reports.charts.bars import Worth, worth_of_one_more
from service.reports.charts.chart import Chart, Table
from service.reports.charts.dots import FrontierPoint, Goal, frontier
from service.reports.charts.lines import CurvePoint, Series, line_picture, staffing_curve

_KINDS = {
    "woman": said("A woman officer"),
    "man": said("A man officer"),
    "vehicle": said("A vehicle"),
}


def short_goal(words: Words, tier: TierName) -> str:
    """A goal in a word or two, as columns call it."""
    return words.say(GOALS.get(tier, terms.TIER[tier]))


def _goal(words: Words, tier: TierName) -> str:
    return f"{short_goal(words, tier)} ({words.say(terms.TIER_MEASURE[tier])})"


def _said(words: Words, value: float) -> str:
    """Large figures whole, small ones with three decimals."""
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 3  # noqa: PLR2004 (three figures)
    return words.number(value, places)


def goal_curve(words: Words, curve: StaffingCurve, tier: TierName) -> Chart:
    """One goal against hires, with its knee."""
    points = [(p.hires, p.values[tier], p.status) for p in curve.points if tier in p.values]
    name = _goal(words, tier)
    x_title = words.say(said("New officers"))
    bend = curve.knee.get(tier)
    picture = line_picture(
        words,
        [Series(name, tuple((float(n), value) for n, value, _ in points))] if points else [],
        title=name,
        x_title=x_title,
        x_shown=words.number,
        x_whole=True,
        knee=None
        if bend is None
        else (float(bend), words.say(said("knee: {n}"), n=words.number(bend))),
    )
    rows = tuple(
        (words.number(n), _said(words, value), words.say(terms.STATUS[status]))
        for n, value, status in points
    )
    columns = (x_title, name, words.say(said("Proof")))
    return Chart(picture, Table(columns, rows, figures=(0, 1)), _reading(words, tier, points, bend))


def _reading(
    words: Words, tier: TierName, points: Sequence[tuple[int, float, Status]], bend: int | None
) -> Note:
    if len(points) < 2:  # noqa: PLR2004 (a curve has two ends)
        return Note(said("There is no curve to read: fewer than two plans were found."))
    (_, first, _), (most, last, _) = points[0], points[-1]
    parts = {
        "goal": short_goal(words, tier),
        "n": words.number(most),
        "low": _said(words, first),
        "high": _said(words, last),
    }
    if bend is None:
        return Note(said("{goal}: {low} with none more, {high} with {n} more officers."), **parts)
    return Note(
        said(
            "{goal}: {low} with none more, {high} with {n} more officers; after {knee} each "
            "further one brings less."
        ),
        **parts,
        knee=words.number(bend),
    )


def worth_by_goal(words: Words, problem: Problem, found: Sequence[Found], tier: TierName) -> Chart:
    """What one more of each kind gains in ``tier``; answers without this goal are left out."""
    rows = []
    for one in found:
        gain = next((g.gain for g in one.gains if g.tier is tier), None)
        if gain is not None:
            what, place = _what(words, problem, one), _place(words, problem, one)
            rows.append(Worth(what, _cleared(gain), place))
    return worth_of_one_more(words, rows, _goal(words, tier))


def _cleared(gain: float) -> float:
    """Without the trace that solvers leave, which would draw an axis below zero."""
    return round(gain, 6) + 0.0


def _what(words: Words, problem: Problem, one: Found) -> str:
    if one.name in _KINDS:
        return words.say(_KINDS[one.name])
    if one.name.startswith("office "):
        office = _office(words, problem, one.name.removeprefix("office "))
        return words.say(said("Opening {office}"), office=office)
    return one.name


def _place(words: Words, problem: Problem, one: Found) -> str:
    place = _office(words, problem, one.office) if one.office else ""
    if place and one.unit:
        place = words.joined((place, words.say(terms.UNIT[one.unit])))
    return place


def _office(words: Words, problem: Problem, code: str) -> str:
    return next((words.name(one) for one in problem.offices if one.code == code), code)


def goals_frontier(
    words: Words, points: Sequence[Tradeoff], across: TierName, up: TierName
) -> Chart:
    """Two goals against each other; points that others beat in both are left out."""
    kept = {(one.x, one.y) for one in points if not one.dominated}
    return frontier(
        words,
        _axis(words, across),
        _axis(words, up),
        [FrontierPoint(x, y) for x, y in sorted(kept)],
    )


def _axis(words: Words, tier: TierName) -> Goal:
    return Goal(
        _goal(words, tier),
        more_is_better=tier is TierName.WOMEN_ACCESS,
        short=short_goal(words, tier),
    )


def worth_in_hours(words: Words, problem: Problem, found: Sequence[Found]) -> Chart:
    """What one more of each kind adds to the hours that are served, everywhere."""
    rows = [
        Worth(
            _what(words, problem, one),
            _cleared(one.after.served_hours_week - one.before.served_hours_week),
            _place(words, problem, one),
        )
        for one in found
        if one.before is not None and one.after is not None
    ]
    return worth_of_one_more(words, rows, words.say(said("More hours served a week")))


def served_points(curve: StaffingCurve) -> list[CurvePoint]:
    """What each point of a curve serves; none where an older answer did not keep it."""
    points = [
        CurvePoint(
            hires=one.hires,
            women_worst=one.served.women_worst_share,
            women=one.served.women_share,
            demand=one.served.share,
            proven=one.status is Status.PROVEN,
        )
        for one in curve.points
        if one.served is not None
    ]
    return points if len(points) == len(curve.points) else []


def women_knee(points: Sequence[CurvePoint]) -> int | None:
    """After so many hires each further one brings less of the women's demand, which is read."""
    return knee([(one.hires, one.women) for one in points if one.women is not None])


def served_curve(words: Words, curve: StaffingCurve) -> Chart | None:
    """The shares that are served against more women officers; None where they were not kept."""
    points = served_points(curve)
    return staffing_curve(words, points, women_knee(points)) if points else None
