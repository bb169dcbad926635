"""Charts of what ``optimizer.explore_*`` finds, goal by goal, in the goals' own measures."""

from collections.abc import Sequence

from geo.notes import Note, said
from optimizer.explore_tradeoff import FrontierPoint as Tradeoff
from optimizer.explore_worth import StaffingCurve
from optimizer.explore_worth import Worth as Found
from optimizer.plan import Status
from optimizer.problem import Problem, TierName
from service.locale import terms
from service.locale.words import Words
from service.reports.charts.bars import Worth, worth_of_one_more
from service.reports.charts.chart import Chart, Table
from service.reports.charts.dots import FrontierPoint, Goal, frontier
from service.reports.charts.lines import Series, line_picture

_KINDS = {
    "woman": said("A woman officer"),
    "man": said("A man officer"),
    "vehicle": said("A vehicle"),
}


def _goal(words: Words, tier: TierName) -> str:
    return f"{words.say(terms.TIER[tier])} ({words.say(terms.TIER_MEASURE[tier])})"


def _said(words: Words, value: float) -> str:
    """Large figures whole, small ones with three decimals."""
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 3  # noqa: PLR2004 (three figures)
    return words.number(value, places)


def goal_curve(words: Words, curve: StaffingCurve, tier: TierName) -> Chart:
    """One goal against hires, with its knee."""
    points = [(p.hires, p.values[tier], p.status) for p in curve.points if tier in p.values]
    name = _goal(words, tier)
    x_title = words.say(said("New officers"))
    knee = curve.knee.get(tier)
    picture = line_picture(
        words,
        [Series(name, tuple((float(n), value) for n, value, _ in points))] if points else [],
        title=name,
        x_title=x_title,
        x_shown=words.number,
        x_whole=True,
        knee=None
        if knee is None
        else (float(knee), words.say(said("knee: {n}"), n=words.number(knee))),
    )
    rows = tuple(
        (words.number(n), _said(words, value), words.say(terms.STATUS[status]))
        for n, value, status in points
    )
    columns = (x_title, name, words.say(said("Proof")))
    return Chart(picture, Table(columns, rows, figures=(0, 1)), _reading(words, tier, points, knee))


def _reading(
    words: Words, tier: TierName, points: Sequence[tuple[int, float, Status]], knee: int | None
) -> Note:
    if len(points) < 2:  # noqa: PLR2004 (a curve has two ends)
        return Note(said("There is no curve to read: fewer than two plans were found."))
    (_, first, _), (most, last, _) = points[0], points[-1]
    parts = {
        "goal": words.say(terms.TIER[tier]),
        "n": words.number(most),
        "low": _said(words, first),
        "high": _said(words, last),
    }
    if knee is None:
        return Note(said("{goal}: {low} today, {high} with {n} new officers."), **parts)
    return Note(
        said(
            "{goal}: {low} today, {high} with {n} new officers; after {knee} each further one "
            "brings less."
        ),
        **parts,
        knee=words.number(knee),
    )


def worth_by_goal(words: Words, problem: Problem, found: Sequence[Found], tier: TierName) -> Chart:
    """What one more of each kind gains in ``tier``; answers without this goal are left out."""
    offices = {office.code: words.name(office) for office in problem.offices}
    rows = []
    for one in found:
        gain = next((g.gain for g in one.gains if g.tier is tier), None)
        if gain is None:
            continue
        what = words.say(_KINDS[one.name]) if one.name in _KINDS else one.name
        if one.name.startswith("office "):
            code = one.name.removeprefix("office ")
            what = words.say(said("Opening {office}"), office=offices.get(code, code))
        place = offices.get(one.office, one.office) if one.office else ""
        if place and one.unit:
            unit = words.say(terms.UNIT[one.unit])
            place = f"{place}، {unit}" if words.is_arabic else f"{place}, {unit}"
        rows.append(Worth(what, gain, place))
    return worth_of_one_more(words, rows, _goal(words, tier))


def goals_frontier(
    words: Words, points: Sequence[Tradeoff], across: TierName, up: TierName
) -> Chart:
    """Two goals against each other; points that others beat in both are left out."""
    kept = {(one.x, one.y) for one in points if not one.dominated}
    return frontier(
        words,
        Goal(_goal(words, across), more_is_better=across is TierName.WOMEN_ACCESS),
        Goal(_goal(words, up), more_is_better=up is TierName.WOMEN_ACCESS),
        [FrontierPoint(x, y) for x, y in sorted(kept)],
    )
