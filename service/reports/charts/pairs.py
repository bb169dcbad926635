"""Two bars a row, one in outline and one filled: what their charts have in common."""

from collections.abc import Iterator, Sequence

from service.locale.words import Words
from service.reports.charts.scale import known
from service.reports.svg import QUIET, SERIES, Canvas, wide


def pair_key(canvas: Canvas, left: float, outlined: str, filled: str) -> None:
    """What the two bars stand for, from ``left`` on above the chart."""
    canvas.rect((left, 9), (14, 10), "#ffffff", QUIET, 1.2)
    canvas.text((left + 20, 18), outlined, size=11.5)
    second = left + 44 + wide(outlined, 11.5)
    canvas.rect((second, 9), (14, 10), SERIES[0])
    canvas.text((second + 20, 18), filled, size=11.5)


def pair_values(
    canvas: Canvas, words: Words, corner: tuple[float, float], values: Sequence[float | None]
) -> Iterator[tuple[int, float, float]]:
    """Place, top and value of each bar that has a figure; a dash is drawn for one without.

    ``corner`` is where the row's bars begin.
    """
    left, y = corner
    for n, value in enumerate(values):
        top = y + 12 * n
        if value is None or not known([value]):
            canvas.text((left + 4, top + 10), words.number(None), size=10, fill=QUIET)
            continue
        yield n, top, value
