"""Small charts as SVG, drawn here: they need no script, print well and read in both directions.

Every chart stands beside the table with its figures; it is an image with a sentence for
who can't see it.
"""

import math
from collections.abc import Sequence

from markupsafe import Markup


def sparkline(
    values: Sequence[float | None], label: str, width: int = 160, height: int = 36
) -> Markup:
    """A trend; gaps stay gaps. Time runs left to right in both languages, as on a clock."""
    known = [v for v in values if v is not None and math.isfinite(v)]
    if not known:
        return Markup("")
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = (width - 8) / max(len(values) - 1, 1)
    points: list[str] = []
    lines: list[str] = []
    last = ""
    for index, value in enumerate(values):
        if value is None or not math.isfinite(value):
            lines.append(" ".join(points))
            points = []
            continue
        x = 4 + index * step
        y = height - 5 - (value - low) / span * (height - 10)
        points.append(f"{x:.1f},{y:.1f}")
        last = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>'
    lines.append(" ".join(points))
    drawn = "".join(f'<polyline points="{line}"/>' for line in lines if line)
    return Markup(
        '<svg class="spark" role="img" aria-label="{}" width="{}" height="{}" '
        'viewBox="0 0 {} {}">{}</svg>'
    ).format(label, width, height, width, height, Markup(drawn + last))  # noqa: S704 (figures only)


def bar(share: float | None, kind: str = "") -> Markup:
    """A share 0..1 as a bar beside its figure; the figure is the text, the bar is decoration."""
    if share is None or not math.isfinite(share):
        return Markup("")
    width = max(0.0, min(1.0, share)) * 100
    return Markup(
        '<svg class="bar {}" aria-hidden="true" viewBox="0 0 100 8" preserveAspectRatio="none">'
        '<rect class="bar-ground" width="100" height="8"/>'
        '<rect class="bar-part" width="{:.1f}" height="8"/></svg>'
    ).format(kind, width)
