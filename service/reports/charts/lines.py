"""Lines: what further hires bring, with the knee of the curve, and a trend over time.

Figures run left to right in both languages, as on a ruler and a clock; words are the reader's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geo.notes import Note, said
from service.locale.words import Words
from service.reports.charts.chart import (
    WIDTH,
    Chart,
    Shown,
    Table,
    figures,
    horizontal_axis,
    vertical_axis,
)
from service.reports.charts.scale import Scale, known, scale
from service.reports.svg import INK, QUIET, SERIES, Canvas, wide

_DASHES = ("", "7 4", "2 4", "9 3 2 3")
_TOP, _LEFT = 44.0, 62.0


@dataclass(frozen=True, slots=True)
class Series:
    """One line: values by x, gaps stay gaps."""

    name: str
    points: tuple[tuple[float, float | None], ...]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What the best plan serves with so many more women officers; shares 0..1.

    ``women_worst`` is the share of women's demand served in the worst district, ``women`` that of
    all women's demand, ``demand`` that of all demand.
    """

    hires: int
    women_worst: float | None
    women: float | None
    demand: float | None
    proven: bool = True


def line_picture(
    words: Words,
    series: Sequence[Series],
    *,
    title: str,
    x_title: str,
    x_shown: Shown,
    x_whole: bool = False,
    share: bool = False,
    knee: tuple[float, str] | None = None,
    height: float = 300,
) -> str:
    """Lines with their names above; ``knee`` is a place on the x axis and its words."""
    canvas = Canvas(WIDTH, height, words)
    bottom, right = height - 46, WIDTH - 22
    xs = [x for one in series for x, _ in one.points]
    ys = [y for one in series for _, y in one.points]
    across = scale(xs, _LEFT, right, from_zero=False, most_ticks=11, whole=x_whole)
    up = scale([*ys, 1.0] if share else ys, bottom, _TOP)
    vertical_axis(canvas, up, _LEFT, right, figures(words, up, share=share))
    horizontal_axis(canvas, across, _TOP, bottom, x_shown, x_title)
    if knee is not None:
        _knee(canvas, across, knee, bottom)
    for place, one in enumerate(series):
        _line(canvas, one, place, across, up)
    legend(canvas, [one.name for one in series], 16, words)
    return canvas.render(title)


def legend(canvas: Canvas, names: Sequence[str], y: float, words: Words) -> None:
    """Names with their colours and shapes, in the reader's direction."""
    rtl = words.is_arabic
    x = WIDTH - 22 if rtl else _LEFT
    for place, name in enumerate(names):
        step = -1 if rtl else 1
        canvas.marker((x + step * 6, y - 4), place, SERIES[place % len(SERIES)])
        canvas.text((x + step * 16, y), name, anchor="end" if rtl else "start", size=11.5)
        x += step * (34 + wide(name, 11.5))


def _knee(canvas: Canvas, across: Scale, knee: tuple[float, str], bottom: float) -> None:
    x = across.at(knee[0])
    canvas.line((x, _TOP - 8), (x, bottom), INK, 1.2, "3 3")
    rightish = x > (across.start + across.end) / 2
    at = (x - 6, _TOP - 10) if rightish else (x + 6, _TOP - 10)
    canvas.text(at, knee[1], anchor="end" if rightish else "start", size=11, fill=INK, halo=True)


def _line(canvas: Canvas, one: Series, place: int, across: Scale, up: Scale) -> None:
    colour = SERIES[place % len(SERIES)]
    stretch: list[tuple[float, float]] = []
    for x, y in (*one.points, (0.0, None)):
        if y is None or not known([y]):
            if len(stretch) > 1:
                canvas.polyline(stretch, colour, 2.2, _DASHES[place % len(_DASHES)])
            stretch = []
        else:
            stretch.append((across.at(x), up.at(y)))
    for x, y in one.points:
        if y is not None and known([y]):
            canvas.marker((across.at(x), up.at(y)), place, colour, 3.8)


def staffing_curve(words: Words, points: Sequence[CurvePoint], knee: int | None = None) -> Chart:
    """What more women officers bring, one plan a point, each the best for so many hires."""
    t = words.say
    kinds = (
        (t(said("Women's demand served, worst district")), "women_worst"),
        (t(said("Women's demand served")), "women"),
        (t(said("All demand served")), "demand"),
    )
    series = [
        Series(name, tuple((float(p.hires), getattr(p, field)) for p in points))
        for name, field in kinds
        if known(getattr(p, field) for p in points)
    ]
    x_title = t(said("More women officers"))
    mark = None
    if knee is not None:
        mark = (float(knee), t(said("knee: {n}"), n=words.number(knee)))
    picture = line_picture(
        words,
        series,
        title=t(said("What more women officers bring")),
        x_title=x_title,
        x_shown=words.number,
        x_whole=True,
        share=True,
        knee=mark,
    )
    rows = tuple(
        (
            words.number(p.hires),
            *(words.percent(getattr(p, field), 1) for _, field in kinds),
            t(said("yes")) if p.proven else t(said("no")),
        )
        for p in points
    )
    columns = (x_title, *(name for name, _ in kinds), t(said("Proven")))
    table = Table(columns, rows, figures=(0, 1, 2, 3))
    return Chart(picture, table, _curve_sentence(words, points, knee))


def _curve_sentence(words: Words, points: Sequence[CurvePoint], knee: int | None) -> Note:
    with_figure = [(p.hires, p.women) for p in points if p.women is not None]
    if len(with_figure) < 2:  # noqa: PLR2004 (a curve has two ends)
        return Note(said("There is no curve to read: fewer than two plans were found."))
    (_, low), (most, high) = with_figure[0], with_figure[-1]
    officers = words.count("{n} more woman officer", "{n} more women officers", most)
    if high - low < 0.005:  # noqa: PLR2004 (half a per cent is nothing to speak of)
        return Note(
            said("With {officers} little changes: {low} of women's demand is served, then {high}."),
            officers=officers,
            low=words.percent(low, 1),
            high=words.percent(high, 1),
        )
    middle = next((y for x, y in with_figure if knee is not None and x >= knee), high)
    if knee is None or not 0 < knee < most or middle - low < (high - low) / 2:
        return Note(
            said("With {officers}, {high} of women's demand is served instead of {low}."),
            officers=officers,
            low=words.percent(low),
            high=words.percent(high),
        )
    return Note(
        said(
            "With {officers}, {high} of women's demand is served instead of {low}; most of it "
            "comes with the first {knee}: {middle}."
        ),
        officers=officers,
        low=words.percent(low),
        high=words.percent(high),
        knee=words.number(knee),
        middle=words.percent(middle),
    )


def trend(
    words: Words, label: str, points: Sequence[tuple[date, float | None]], *, share: bool = False
) -> Chart:
    """A figure over time, one point a month or a year, in the order of ``points``."""
    named = {float(n): words.month(day) for n, (day, _) in enumerate(points)}
    series = Series(label, tuple((float(n), value) for n, (_, value) in enumerate(points)))

    def shown(value: float) -> str:
        return named.get(value, "")

    # Month names are long: a few of them are enough to find one's way.
    canvas = Canvas(WIDTH, 200, words)
    bottom, right = 160.0, WIDTH - 40
    across = Scale(
        0, max(1.0, len(points) - 1.0), _LEFT, right, tuple(named)[:: max(1, len(points) // 5)]
    )
    up = scale([v for _, v in points], bottom, 30.0, most_ticks=4)
    vertical_axis(canvas, up, _LEFT, right, figures(words, up, share=share))
    horizontal_axis(canvas, across, 30.0, bottom, shown)
    _line(canvas, series, 0, across, up)
    canvas.text(
        (right, 16) if words.is_arabic else (_LEFT, 16),
        label,
        anchor="end" if words.is_arabic else "start",
        size=11.5,
        fill=QUIET,
    )

    def said_value(value: float | None) -> str:
        return words.percent(value, 1) if share else words.number(value, up.places + 1)

    rows = tuple((words.month(day), said_value(value)) for day, value in points)
    table = Table((words.say(said("Month")), label), rows, figures=(1,))
    return Chart(canvas.render(label), table, _trend_sentence(words, label, points, said_value))


def _trend_sentence(
    words: Words, label: str, points: Sequence[tuple[date, float | None]], shown: object
) -> Note:
    assert callable(shown)
    found = [(day, value) for day, value in points if known([value])]
    if not found:
        return Note(said("{label}: no data."), label=label)
    (first, start), (last, end) = found[0], found[-1]
    return Note(
        said("{label}: {low} in {first}, {high} in {last}."),
        label=label,
        low=shown(start),
        first=words.month(first),
        high=shown(end),
        last=words.month(last),
    )
