"""Figures across changed boundaries: areal interpolation that keeps sums and says what it lost.

A source unit's figure is shared out by the area that each target takes of it (as
``tobler.area_weighted`` with ``allocate_total=False``). It assumes that people are spread evenly
within a source unit, which desert is not: use ``geo.raster`` where a population raster exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array

from geo.crs import measured, measuring_crs


@dataclass(frozen=True, slots=True)
class Interpolated:
    """Figures in new units, and what found no place there.

    ``table``: index target code, one column for each variable. ``uncovered``: index variable,
    ``share`` and ``amount`` of an extensive figure that lies in no target.
    """

    table: pd.DataFrame
    uncovered: pd.DataFrame


def overlaps(source: gpd.GeoSeries, target: gpd.GeoSeries) -> pd.DataFrame:
    """Every pair that shares area: ``source``, ``target`` (codes), ``area_m2`` (true areas).

    Measured in ``geo.crs.measuring_crs`` of both. Raises ``ValueError`` without stated CRS.
    """
    if source.crs is None or target.crs is None:
        raise ValueError("both layers name their reference system")
    crs = measuring_crs(source.crs, target.crs)
    ours, theirs = (measured(s, crs).to_numpy() for s in (source, target))
    second, first = shapely.STRtree(ours).query(theirs, predicate="intersects")
    shared = shapely.area(shapely.intersection(ours[first], theirs[second]))
    pairs = pd.DataFrame(
        {"source": source.index[first], "target": target.index[second], "area_m2": shared}
    )
    return pairs[pairs["area_m2"] > 0].reset_index(drop=True)


def interpolate(
    source: gpd.GeoDataFrame,
    target: gpd.GeoSeries,
    *,
    extensive: Sequence[str] = (),
    intensive: Sequence[str] = (),
) -> Interpolated:
    """Carry columns of ``source`` over to ``target`` (index code; any stated CRS).

    Extensive figures (persons, incidents) are divided, and their covered sum is kept to rounding;
    what no target covers is reported, never spread over the rest (a gap of under 1e-4 of a unit is
    drawing and closes). Intensive ones (rates) become
    means weighted by shared area. NaN in, NaN out for every target that touches it.
    """
    pairs = overlaps(source.geometry, target)
    crs = measuring_crs(source.crs, target.crs)
    area = measured(source.geometry, crs).area
    row = target.index.get_indexer(pd.Index(pairs["target"]))
    column = source.index.get_indexer(pd.Index(pairs["source"]))
    share = pairs["area_m2"].to_numpy(float) / area.to_numpy(float)[column]
    share = _whole_where_covered(share, column, len(source))
    shape = (len(target), len(source))
    divide = csr_array((share, (row, column)), shape=shape)
    weigh = csr_array((pairs["area_m2"].to_numpy(float), (row, column)), shape=shape)
    table = pd.DataFrame(index=target.index)
    lost = {}
    for name in extensive:
        values = source[name].to_numpy(float)
        table[name] = divide @ values
        given = np.nansum(values)
        kept = float((np.asarray(divide.sum(axis=0)).ravel() * np.nan_to_num(values)).sum())
        lost[name] = {"share": (given - kept) / given if given else 0.0, "amount": given - kept}
    whole = np.asarray(weigh.sum(axis=1)).ravel()
    for name in intensive:
        summed = weigh @ source[name].to_numpy(float)
        table[name] = np.divide(summed, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    uncovered = pd.DataFrame.from_dict(lost, orient="index", columns=["share", "amount"])
    return Interpolated(table, uncovered)


def _whole_where_covered(share: np.ndarray, column: np.ndarray, sources: int) -> np.ndarray:
    """Shares of a source that its targets cover wholly add up to one, to the last digit."""
    total = np.bincount(column, weights=share, minlength=sources)
    covered = np.abs(total - 1.0) < _COVERED
    factor = np.where(covered & (total > 0), 1.0 / np.where(total > 0, total, 1.0), 1.0)
    return np.asarray(share * factor[column], dtype=np.float64)


_COVERED = 1e-4  # what a coverage misses below this is drawing and reprojection: borders, no gap
