"""Dots: the frontier of two goals that pull against each other, and ranks with their intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.notes import Note, said
from service.locale.words import Words
from service.reports.charts.chart import (
    WIDTH,
    Chart,
    Table,
    figures,
    horizontal_axis,
    vertical_axis,
)
from service.reports.charts.scale import Scale, scale
from service.reports.svg import GRID, QUIET, SERIES, Canvas, clipped, wide

_LEFT = 62.0


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """A plan that no other beats in both goals; ``chosen`` is the one the director looks at."""

    x: float
    y: float
    name: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """An axis of the frontier; ``short`` is what the sentence calls it."""

    name: str
    share: bool = False
    more_is_better: bool = True
    short: str = ""


@dataclass(frozen=True, slots=True)
class RankInterval:
    """The rank of an area (1 is most in need) and how far the weights and counts move it."""

    name: str
    rank: float
    low: float
    high: float


def frontier(words: Words, across: Goal, up: Goal, points: Sequence[FrontierPoint]) -> Chart:
    """Plans as dots by two goals, joined in the order of the first."""
    ordered = sorted(points, key=lambda one: (one.x, one.y))
    height = 320.0
    canvas = Canvas(WIDTH, height, words)
    right, bottom, top = WIDTH - 30, height - 48, 36.0
    x_axis = scale([p.x for p in ordered], _LEFT, right, from_zero=False)
    y_axis = scale([p.y for p in ordered], bottom, top, from_zero=False)
    x_shown = figures(words, x_axis, share=across.share)
    y_shown = figures(words, y_axis, share=up.share)
    vertical_axis(canvas, y_axis, _LEFT, right, y_shown)
    horizontal_axis(canvas, x_axis, top, bottom, x_shown, across.name)
    start = words.is_arabic
    canvas.text(
        (right if start else 14, 18), up.name, anchor="end" if start else "start", size=11.5
    )
    canvas.polyline([(x_axis.at(p.x), y_axis.at(p.y)) for p in ordered], SERIES[0], 1.6, "5 4")
    for point in ordered:
        at = (x_axis.at(point.x), y_axis.at(point.y))
        if point.chosen:
            canvas.marker(at, 3, SERIES[1], 7)
            label = point.name or words.say(said("This plan"))
            leftish = at[0] < (_LEFT + right) / 2
            canvas.text(
                (at[0] + (9 if leftish else -9), at[1] - 9),
                label,
                anchor="start" if leftish else "end",
                bold=True,
                halo=True,
            )
        else:
            canvas.marker(at, 0, SERIES[0], 4.5)

    def said_value(goal: Goal, value: float, axis: Scale) -> str:
        if goal.share:
            return words.percent(value, 1)
        return words.number(value, axis.places + (1 if axis.places else 0))

    rows = tuple(
        (
            point.name or (words.say(said("This plan")) if point.chosen else ""),
            said_value(across, point.x, x_axis),
            said_value(up, point.y, y_axis),
        )
        for point in ordered
    )
    table = Table((words.say(said("Plan")), across.name, up.name), rows, figures=(1, 2))
    title = words.say(said("{up} against {across}"), up=up.name, across=across.name)
    return Chart(canvas.render(title), table, _frontier_sentence(across, up, rows))


def _frontier_sentence(across: Goal, up: Goal, rows: Sequence[tuple[str, str, str]]) -> Note:
    if len(rows) < 2:  # noqa: PLR2004 (one point is no choice)
        return Note(said("There is no choice to make: one plan is best in both goals."))
    return Note(
        said("As {across} goes from {low} to {high}, {up} goes from {first} to {last}."),
        across=across.short or across.name,
        low=rows[0][1],
        high=rows[-1][1],
        up=up.short or up.name,
        first=rows[0][2],
        last=rows[-1][2],
    )


def rank_intervals(words: Words, rows: Sequence[RankInterval]) -> Chart:
    """A dot a rank, a line for its interval; the first rank is at the reader's start."""
    ordered = sorted(rows, key=lambda one: (one.rank, one.low, one.name))
    height = 20 + 22 * len(ordered) + 48
    canvas = Canvas(WIDTH, height, words, mirrored=words.is_arabic)
    longest = max((wide(clipped(one.name, 30), 11) for one in ordered), default=0.0)
    left, right, bottom = min(230.0, max(90.0, longest + 14)), WIDTH - 24, height - 44
    axis = scale(
        [1.0, *(one.high for one in ordered)], left + 10, right, from_zero=False, whole=True
    )
    title = words.numerals(words.say(said("Rank by need, 1 is the most")))
    ticks = tuple(tick for tick in axis.ticks if tick >= 1)
    shown = Scale(axis.low, axis.high, axis.start, axis.end, (1.0, *(t for t in ticks if t > 1)))
    horizontal_axis(canvas, shown, 12, bottom, words.number, title)
    for n, one in enumerate(ordered):
        y = 24.0 + 22 * n
        canvas.line((left, y), (right, y), GRID, 0.6)
        canvas.text((left - 8, y + 4), clipped(one.name, 30), anchor="end", size=11)
        canvas.line((axis.at(one.low), y), (axis.at(one.high), y), QUIET, 3)
        canvas.circle((axis.at(one.rank), y), 5, SERIES[0])
    t = words.say
    columns = (t(said("Area")), t(said("Rank")), t(said("Rank interval")))
    table = Table(
        columns,
        tuple(
            (
                one.name,
                words.number(one.rank),
                f"{words.number(one.low)} – {words.number(one.high)}",
            )
            for one in ordered
        ),
        figures=(1, 2),
    )
    return Chart(canvas.render(title), table, _rank_sentence(words, ordered))


def _rank_sentence(words: Words, ordered: Sequence[RankInterval]) -> Note:
    if not ordered:
        return Note(said("No area has a rank."))
    first = ordered[0]
    rivals = [one for one in ordered[1:] if one.low <= first.high]
    if not rivals:
        return Note(said("{name} ranks first, and surely so."), name=first.name)
    return Note(
        said("{name} ranks first, but {areas} can't be told apart from it."),
        name=first.name,
        areas=words.count("{n} area", "{n} areas", len(rivals)),
    )
