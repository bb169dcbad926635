"""A rate by periods: the same figure as on the map, one area after another, for many windows."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo.basis import Basis
from geo.choices import LayerChoices
from geo.counting import LeafCounter
from geo.incident_rates import members_of, rates_of
from geo.layers import Period
from geo.places import Level

_SHOWN = ("value", "low", "high", "count", "count_low", "count_high")


def rate_series(
    counter: LeafCounter,
    basis: Basis,
    residents: Mapping[Period, pd.Series],
    level: Level,
    category: str | None,
    choices: LayerChoices,
) -> Mapping[str, pd.DataFrame]:
    """Area code -> table indexed by period: the rate and its 90 % limits, the count or its band.

    Columns ``value``, ``low``, ``high`` (per 10,000 residents a year), ``count``, ``count_low``,
    ``count_high``; an exact count is its own band. ``basis`` is that of one governorate,
    ``residents`` those of ``residents_by_period``: its periods are the table's.
    """
    near = basis.near(level) if choices.spatial else None
    tables = []
    for period, people in residents.items():
        table = rates_of(
            counter.leaves(period).by_area(level, people.index),
            members_of(category),
            people,
            period,
            choices,
            near,
        )
        for column in ("count_low", "count_high"):
            if column not in table:
                table[column] = table["count"]
        tables.append(table[list(_SHOWN)])
    index = pd.Index(list(residents), dtype=object, name="period")
    if not tables:
        nothing = pd.DataFrame(index=index, columns=list(_SHOWN), dtype=float)
        return {str(area): nothing for area in basis.areas(level)}
    stack = np.stack([table.to_numpy(float) for table in tables], axis=1)
    return {
        str(area): pd.DataFrame(stack[row], index=index, columns=list(_SHOWN))
        for row, area in enumerate(tables[0].index)
    }


def residents_by_period(
    basis: Basis, level: Level, periods: Sequence[Period]
) -> Mapping[Period, pd.Series]:
    """Residents of the areas of a level in the middle of each period."""
    return {period: basis.residents(level, period)["value"] for period in periods}
