"""Whether hot cells foretell: last year's against what happened in them this year.

Chainey's accuracy index (PAI) and the efficiency index (PEI), from the layers that a reader is
given anyway: bands for everybody, exact counts for whoever may read them.
"""

import numpy as np
import pandas as pd

from geo.change_layers import year_before
from geo.hotspots import pai, pei
from geo.layers import LayerCode, Period
from geo.notes import Note, said
from geo.places import Level
from service.layerbook import LayerBook


def foresight(book: LayerBook, category: str | None, period: Period | None) -> Note | None:
    """How well the hot cells of the year before found the incidents of ``period``.

    ``None`` where there is no year before, none of its cells was hot, or nothing is known of any
    incident after it.
    """
    now = book.newest_of(LayerCode.HOTSPOTS, Level.CELL, category, period)
    if year_before(now) not in book.periods():
        return None
    spots = book.layer(LayerCode.HOTSPOTS, Level.CELL, category, year_before(now)).values
    counted = book.layer(LayerCode.INCIDENT_DENSITY, Level.CELL, category, now).values
    events = counted["count_low"] if "count_low" in counted else counted["count"]
    area_km2 = book.units(Level.CELL)["area_km2"].reindex(events.index).astype(float)
    hot = (spots["kind"] == "hot").reindex(events.index, fill_value=False)
    if not hot.any() or events.sum() <= 0:
        return None
    hits, searched = float(events[hot].sum()), float(area_km2[hot].sum())
    best = _best(events, area_km2, searched)
    told = said(
        "Hot cells of the year before held {hits} of the incidents on {ground} of the ground: "
        "accuracy index {pai}, {pei} of what the best cells of as much ground held."
    )
    return Note(
        told,
        hits=f"{hits / float(events.sum()):.0%}",
        ground=f"{searched / float(area_km2.sum()):.1%}",
        pai=f"{pai(hits, float(events.sum()), searched, float(area_km2.sum())):.1f}",
        pei=f"{pei(hits, max(best, hits)):.0%}",
    )


def _best(events: pd.Series, area_km2: pd.Series, searched_km2: float) -> float:
    """Incidents of the densest cells that fit into ``searched_km2``; at least those of one."""
    order = np.argsort(-(events / area_km2).to_numpy(float), kind="stable")
    inside = area_km2.to_numpy(float)[order].cumsum() <= searched_km2
    inside[0] = True
    return float(events.to_numpy(float)[order][inside].sum())
