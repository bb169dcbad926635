"""Charts drawn on the server as SVG, each with its table and one sentence that reads it.

Every function takes the reader's ``Words`` and plain figures, and returns a ``Chart``. Names in
the figures are any text: they are escaped. A chart is told by shape and figure, never by colour
alone.
"""

from service.reports.charts.bars import (
    BeforeAfter,
    Stack,
    Worth,
    before_after,
    stacked,
    worth_of_one_more,
)
from service.reports.charts.chart import Chart, Table
from service.reports.charts.dots import (
    FrontierPoint,
    Goal,
    RankInterval,
    frontier,
    rank_intervals,
)
from service.reports.charts.lines import CurvePoint, Series, staffing_curve, trend

__all__ = [
    "BeforeAfter",
    "Chart",
    "CurvePoint",
    "FrontierPoint",
    "Goal",
    "RankInterval",
    "Series",
    "Stack",
    "Table",
    "Worth",
    "before_after",
    "frontier",
    "rank_intervals",
    "stacked",
    "staffing_curve",
    "trend",
    "worth_of_one_more",
]
