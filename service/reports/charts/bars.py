"""Bars: districts before and after, what one more is worth, and officers by unit.

Bars grow in the reader's direction: from the right in Arabic.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.notes import Note, said
from service.locale.words import Words
from service.reports.charts.chart import WIDTH, Chart, Table, figures, horizontal_axis
from service.reports.charts.pairs import pair_key, pair_values
from service.reports.charts.scale import scale
from service.reports.svg import INK, QUIET, SERIES, Canvas, Point, clipped, wide

_NAME_CHARS = 40
_TOP = 34.0
_PAIR = 29.0
UNIT_FILLS = ("#12497c", "#8fbfe0", "#c98a12", "#4f2263", "#c3c9ce")
_DARK = {"#12497c", "#4f2263"}


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """A share of a district (0..1) today and in the plan; ``None`` where nothing is asked."""

    name: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What one more brings: ``gain`` in the chart's measure, most of it at ``place``."""

    what: str
    gain: float
    place: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar in parts, in the order of the chart's kinds."""

    name: str
    parts: tuple[float, ...]


def _names_width(names: Sequence[str], size: float = 11.5) -> float:
    longest = max((wide(clipped(name, _NAME_CHARS), size) for name in names), default=0.0)
    return min(244.0, max(90.0, longest + 14))


def before_after(words: Words, title: str, rows: Sequence[BeforeAfter]) -> Chart:
    """Two bars a district: today in outline, the plan filled."""
    height = _TOP + _PAIR * len(rows) + 44
    canvas = Canvas(WIDTH, height, words, mirrored=words.is_arabic)
    left, right, bottom = _names_width([one.name for one in rows]), WIDTH - 52, height - 40
    across = scale([0.0, 1.0], left, right)
    horizontal_axis(canvas, across, _TOP, bottom, figures(words, across, share=True))
    t = words.say
    now, then = t(said("Today")), t(said("This plan"))
    pair_key(canvas, left, now, then)
    for place, one in enumerate(rows):
        y = _TOP + _PAIR * place + 3
        canvas.text((left - 8, y + 15), clipped(one.name, _NAME_CHARS), anchor="end", size=11.5)
        for n, top, value in pair_values(canvas, words, (left, y), (one.before, one.after)):
            end = across.at(value)
            if n == 0:
                canvas.rect((left, top + 0.5), (end - left, 10), "#ffffff", QUIET, 1.2)
            else:
                canvas.rect((left, top), (end - left, 11.5), SERIES[0])
            said_share = words.percent(value)
            canvas.text(
                (end + 5, top + 9.5),
                said_share,
                size=10,
                fill=QUIET if n == 0 else INK,
                bold=n == 1,
                halo=True,
            )
    columns = (t(said("District")), now, then, t(said("Change, in points")))
    table = Table(
        columns,
        tuple(
            (
                one.name,
                words.percent(one.before, 1),
                words.percent(one.after, 1),
                words.signed(
                    None
                    if one.before is None or one.after is None
                    else 100 * (one.after - one.before),
                    1,
                ),
            )
            for one in rows
        ),
        figures=(1, 2, 3),
    )
    return Chart(canvas.render(title), table, _before_after_sentence(words, rows))


def _before_after_sentence(words: Words, rows: Sequence[BeforeAfter]) -> Note:
    both = [(r.name, r.before, r.after) for r in rows if r.before is not None]
    full = [(name, b, a) for name, b, a in both if a is not None]
    if not full:
        return Note(said("No district asks for anything that an office reaches."))
    name, before, after = max(full, key=lambda one: (one[2] - one[1], one[0]))
    worst = min(full, key=lambda one: (one[2], one[0]))
    if after - before < 0.005:  # noqa: PLR2004 (half a per cent is nothing to speak of)
        return Note(
            said("No district gains; the worst served is {worst} with {share}."),
            worst=worst[0],
            share=words.percent(worst[2]),
        )
    return Note(
        said(
            "{name} gains most, from {before} to {after}; the worst served is {worst} with {share}."
        ),
        name=name,
        before=words.percent(before),
        after=words.percent(after),
        worst=worst[0],
        share=words.percent(worst[2]),
    )


def worth_of_one_more(
    words: Words, rows: Sequence[Worth], measure: str, *, share: bool = False
) -> Chart:
    """One bar a kind of reinforcement, the most useful first."""
    ranked = sorted(rows, key=lambda one: (-one.gain, one.what))
    height = 16 + 40 * len(ranked) + 48
    canvas = Canvas(WIDTH, height, words, mirrored=words.is_arabic)
    left, right, bottom = _names_width([one.what for one in ranked]), WIDTH - 70, height - 44
    across = scale([one.gain for one in ranked], left, right)
    shown = figures(words, across, share=share)
    horizontal_axis(canvas, across, 12, bottom, shown, measure)
    rows_said = []
    for n, one in enumerate(ranked):
        y = 18 + 40 * n
        zero, end = across.at(0.0), across.at(one.gain)
        canvas.rect((min(zero, end), y), (abs(end - zero), 18), SERIES[0])
        canvas.text((left - 8, y + 13), clipped(one.what, _NAME_CHARS), anchor="end", size=11.5)
        gain = words.percent(one.gain, 1) if share else words.number(one.gain, across.places + 1)
        canvas.text((max(zero, end) + 5, y + 13), gain, size=11, bold=True, halo=True)
        if one.place:
            canvas.text((left + 3, y + 30), clipped(one.place, 60), size=10, fill=QUIET)
        rows_said.append((one.what, gain, one.place))
    t = words.say
    columns = (t(said("One more")), measure, t(said("Best place")))
    return Chart(
        canvas.render(t(said("What one more is worth"))),
        Table(columns, tuple(rows_said), figures=(1,)),
        _worth_sentence(rows_said, ranked, measure),
    )


def _worth_sentence(
    rows_said: Sequence[tuple[str, str, str]], ranked: Sequence[Worth], measure: str
) -> Note:
    if not ranked or ranked[0].gain <= 0:
        return Note(said("One more of any kind brings nothing in this measure."))
    what, gain, place = rows_said[0]
    if not place:
        return Note(
            said("{what} brings most. {measure}: {gain}."), what=what, gain=gain, measure=measure
        )
    return Note(
        said("{what} at {place} brings most. {measure}: {gain}."),
        what=what,
        gain=gain,
        place=place,
        measure=measure,
    )


def stacked(words: Words, title: str, kinds: Sequence[str], rows: Sequence[Stack]) -> Chart:
    """Bars in parts, each part with its figure; the legend above keeps their order."""
    if len(kinds) > len(UNIT_FILLS):
        raise ValueError(f"at most {len(UNIT_FILLS)} kinds can be told apart, not {len(kinds)}")
    lines = _legend_lines(kinds)
    top = 12 + 20 * len(lines)
    height = top + 32 * len(rows) + 32
    canvas = Canvas(WIDTH, height, words, mirrored=words.is_arabic)
    left, right, bottom = _names_width([one.name for one in rows]), WIDTH - 46, height - 26
    across = scale([sum(one.parts) for one in rows], left, right)
    horizontal_axis(canvas, across, top, bottom, figures(words, across, share=False))
    for at, kind in lines_places(lines):
        canvas.rect((at[0], at[1] - 9), (12, 10), UNIT_FILLS[kind], QUIET, 0.6)
        canvas.text((at[0] + 17, at[1]), kinds[kind], size=11)
    for place, one in enumerate(rows):
        y = top + 32 * place + 7
        canvas.text((left - 8, y + 14), clipped(one.name, _NAME_CHARS), anchor="end", size=11.5)
        done = 0.0
        for fill, part in zip(UNIT_FILLS, one.parts, strict=False):
            start, end = across.at(done), across.at(done + part)
            if end - start > 0:
                canvas.rect((start, y), (end - start, 20), fill, "#ffffff", 1)
            text = words.number(part)
            if end - start > wide(text, 10.5) + 2:
                ink = "#ffffff" if fill in _DARK else INK
                middle = ((start + end) / 2, y + 14)
                canvas.text(middle, text, anchor="middle", size=10.5, fill=ink)
            done += part
        canvas.text((across.at(done) + 5, y + 14), words.number(done), size=11, bold=True)
    t = words.say
    columns = (title, *kinds, t(said("All")))
    table = Table(
        columns,
        tuple(
            (one.name, *map(words.number, one.parts), words.number(sum(one.parts))) for one in rows
        ),
        figures=tuple(range(1, len(columns))),
    )
    return Chart(canvas.render(title), table, _stacked_sentence(words, kinds, rows))


def _legend_lines(kinds: Sequence[str]) -> list[list[tuple[float, int]]]:
    """Places of legend entries, wrapped where the width ends."""
    lines: list[list[tuple[float, int]]] = [[]]
    x = 14.0
    for n, kind in enumerate(kinds):
        need = 38 + wide(kind, 11)
        if lines[-1] and x + need > WIDTH - 10:
            lines.append([])
            x = 14.0
        lines[-1].append((x, n))
        x += need
    return lines


def lines_places(lines: Sequence[Sequence[tuple[float, int]]]) -> list[tuple[Point, int]]:
    """Where each entry of the legend stands, and which one it is."""
    return [((x, 16 + 20 * n), kind) for n, line in enumerate(lines) for x, kind in line]


def _stacked_sentence(words: Words, kinds: Sequence[str], rows: Sequence[Stack]) -> Note:
    full = [one for one in rows if sum(one.parts) > 0]
    if not full:
        return Note(said("Nothing is posted anywhere."))
    most = max(full, key=lambda one: (sum(one.parts), one.name))
    largest = max(range(len(kinds)), key=lambda n: most.parts[n])
    return Note(
        said("{name} has most, {all}; its largest part is {kind}, {n}."),
        name=most.name,
        all=words.number(sum(most.parts)),
        kind=kinds[largest],
        n=words.number(most.parts[largest]),
    )
