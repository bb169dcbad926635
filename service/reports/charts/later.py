"""What may come: a goal under each shock with postings kept or planned anew, and year by year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.notes import Note, said
from service.locale.words import Words
from service.reports.charts.chart import WIDTH, Chart, Table, figures, horizontal_axis
from service.reports.charts.lines import Series, line_picture
from service.reports.charts.pairs import pair_key, pair_values
from service.reports.charts.scale import scale
from service.reports.svg import INK, QUIET, SERIES, Canvas, clipped, wide

_NAME_CHARS = 36
_TOP = 34.0
_PAIR = 31.0


@dataclass(frozen=True, slots=True)
class Shock:
    """A goal's value under a shock: if postings stay, and if all is planned anew."""

    name: str
    kept: float | None
    anew: float | None


def _said(words: Words, value: float | None) -> str:
    """Large figures whole, small ones with three decimals."""
    if value is None:
        return words.number(None)
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 3  # noqa: PLR2004 (three figures)
    return words.number(value, places)


def shocks(words: Words, goal: str, rows: Sequence[Shock], reading: Note) -> Chart:
    """Two bars a shock: planned anew in outline, postings kept filled."""
    height = _TOP + _PAIR * len(rows) + 52
    canvas = Canvas(WIDTH, height, words, mirrored=words.is_arabic)
    longest = max((wide(clipped(one.name, _NAME_CHARS), 11.5) for one in rows), default=0.0)
    left, right, bottom = min(240.0, max(90.0, longest + 14)), WIDTH - 70, height - 46
    across = scale([v for one in rows for v in (one.kept, one.anew)], left, right)
    shown = figures(words, across, share=False)
    horizontal_axis(canvas, across, _TOP, bottom, shown, goal)
    t = words.say
    kept, anew = t(said("If postings stay")), t(said("Planned anew"))
    pair_key(canvas, left, anew, kept)
    for place, one in enumerate(rows):
        y = _TOP + _PAIR * place + 4
        canvas.text((left - 8, y + 15), clipped(one.name, _NAME_CHARS), anchor="end", size=11.5)
        for n, top, value in pair_values(canvas, words, (left, y), (one.anew, one.kept)):
            zero, end = across.at(0.0), across.at(value)
            box = ((min(zero, end), top), (abs(end - zero), 10.5))
            if n == 0:
                canvas.rect(*box, "#ffffff", QUIET, 1.2)
            else:
                canvas.rect(*box, SERIES[0])
            colour = QUIET if n == 0 else INK
            text = _said(words, value)
            canvas.text((max(zero, end) + 5, top + 9.5), text, size=10, fill=colour, halo=True)
    columns = (t(said("Shock")), kept, anew)
    table = tuple((one.name, _said(words, one.kept), _said(words, one.anew)) for one in rows)
    return Chart(canvas.render(goal), Table(columns, table, figures=(1, 2)), reading)


def by_year(
    words: Words,
    goal: str,
    values: Mapping[int, float | None],
    staff: Mapping[int, int],
    note: Note,
) -> Chart:
    """A goal's value and the officers of each year."""
    t = words.say
    line = Series(goal, tuple((float(year), value) for year, value in sorted(values.items())))
    picture = line_picture(
        words,
        [line],
        title=goal,
        x_title=t(said("Year")),
        x_shown=lambda year: words.numerals(str(round(year))),
        x_whole=True,
    )
    rows = tuple(
        (words.numerals(str(year)), _said(words, value), words.number(staff.get(year)))
        for year, value in sorted(values.items())
    )
    columns = (t(said("Year")), goal, t(said("Officers")))
    return Chart(picture, Table(columns, rows, figures=(1, 2)), note)
