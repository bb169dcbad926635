"""The need index: where the layers together say that most is missing, and how sure the order is.

Each component's figure is scaled between two fixed goalposts to a score of 0-10, and the scores
are joined by a weighted mean. Goalposts stay the same between periods, so a trend means
something. The order of areas is repeated under drawn weights and drawn figures: the interval
of an area's rank says whether its place in the list may be relied on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy.stats import norm, rankdata

from geo.layers import SEVERE_GROUP, LayerCode
from geo.notes import said
from geo.places import Document

Floats = NDArray[np.float64]
TOP = 10.0
_FLOOR = 0.1
_INTERVAL = (5.0, 95.0)
_Z = float(norm.ppf(0.95))


class Mean(StrEnum):
    """How scores are joined.

    The geometric mean is held down by the best component, the inverted one pulled up by the
    worst (INFORM joins its dimensions so): need in any one layer is need.
    """

    ARITHMETIC = "arithmetic"
    GEOMETRIC = "geometric"
    INVERTED = "inverted"
    HARMONIC = "harmonic"


class Goalpost(Document):
    """The figures that score 0 (``low``) and 10 (``high``); beyond them scores stay there."""

    low: float
    high: float
    reason: str = ""

    @model_validator(mode="after")
    def _apart(self) -> "Goalpost":
        if self.high <= self.low:
            raise ValueError("the goalpost that scores 10 lies above the one that scores 0")
        return self


class NeedComponent(Document):
    """One layer's part in the index. ``category`` may be the group ``severe``."""

    code: str
    layer: LayerCode
    category: str | None = None
    weight: float = Field(gt=0)
    goalpost: Goalpost


ASSUMED = said("Assumption: no Iraqi norm was found; set it with the office.")

DEFAULT_COMPONENTS: tuple[NeedComponent, ...] = (
    NeedComponent(
        code="incidents",
        layer=LayerCode.INCIDENT_RATE,
        weight=0.35,
        goalpost=Goalpost(low=0, high=30, reason=ASSUMED),
    ),
    NeedComponent(
        code="severe",
        layer=LayerCode.INCIDENT_RATE,
        category=SEVERE_GROUP,
        weight=0.2,
        goalpost=Goalpost(low=0, high=15, reason=ASSUMED),
    ),
    NeedComponent(
        code="influx",
        layer=LayerCode.INFLUX,
        weight=0.3,
        goalpost=Goalpost(low=0, high=30, reason=ASSUMED),
    ),
    NeedComponent(
        code="growth",
        layer=LayerCode.GROWTH,
        weight=0.15,
        goalpost=Goalpost(
            low=0, high=5, reason=said("Assumption: twice Basra's 2.1-2.6% a year scores 10.")
        ),
    ),
)


class NeedRules(Document):
    """How need is computed; all of it can be edited and is recorded with the result.

    ``concentration``: how closely drawn weights keep to the chosen ones (Dirichlet); 50 lets a
    weight of 0.3 range over about 0.2-0.4. ``least_known``: with less of the weight known an
    area has no index. ``floor``: least score inside geometric and harmonic means.
    """

    components: tuple[NeedComponent, ...] = DEFAULT_COMPONENTS
    mean: Mean = Mean.INVERTED
    concentration: float = Field(default=50.0, gt=0)
    draws: int = Field(default=1000, ge=1, le=100_000)
    seed: int = 1
    worst: int = Field(default=3, ge=1)
    floor: float = Field(default=_FLOOR, gt=0, lt=TOP)
    least_known: float = Field(default=0.5, ge=0, le=1)

    @model_validator(mode="after")
    def _named_once(self) -> "NeedRules":
        codes = [c.code for c in self.components]
        if not codes or len(set(codes)) < len(codes):
            raise ValueError("every component of need has a name of its own, and there is one")
        return self

    def without(self, *layers: LayerCode) -> "NeedRules":
        """The same rules without some layers, such as the incidents (police feed on them)."""
        kept = tuple(c for c in self.components if c.layer not in layers)
        return self.model_validate({**self.model_dump(), "components": kept})


@dataclass(frozen=True, slots=True)
class NeedResult:
    """The index and the way down from it; every table is indexed by area code.

    ``table``: ``value`` (0-10, NaN: too little known), ``low``, ``high`` (90% of the draws),
    ``rank`` (1: most need), ``rank_low``, ``rank_high`` (90%), ``share_worst`` (draws in the
    worst k), ``known`` (share of the weight with a figure), ``missing`` (names, comma between).
    ``scores`` and ``figures`` have one column for each component; ``contributions`` says by how
    much the index would fall if the component scored 0.
    """

    table: pd.DataFrame
    scores: pd.DataFrame
    figures: pd.DataFrame
    contributions: pd.DataFrame
    rules: NeedRules


def join(scores: Floats, weights: Floats, mean: Mean, floor: float = _FLOOR) -> Floats:
    """Weighted mean over the last axis; NaN scores are left out and the rest re-weighted."""
    known = np.isfinite(scores)
    w = np.where(known, np.broadcast_to(weights, scores.shape), 0.0)
    total = w.sum(axis=-1)
    w = np.divide(w, total[..., None], out=np.zeros_like(w), where=total[..., None] > 0)
    s = np.where(known, scores, 1.0)
    match mean:
        case Mean.ARITHMETIC:
            joined = (w * s).sum(axis=-1)
        case Mean.GEOMETRIC:
            joined = np.exp((w * np.log(np.maximum(s, floor))).sum(axis=-1))
        case Mean.HARMONIC:
            joined = 1.0 / (w / np.maximum(s, floor)).sum(axis=-1).clip(1e-300)
        case Mean.INVERTED:
            # INFORM: the lack of need on a scale of 1-10, joined, and turned back.
            lack = 1.0 + (TOP - s) * (TOP - 1.0) / TOP
            joined = (TOP - np.exp((w * np.log(lack)).sum(axis=-1))) * TOP / (TOP - 1.0)
    return np.where(total > 0, joined, np.nan)


def score(figures: Floats, components: tuple[NeedComponent, ...]) -> Floats:
    """Scores 0-10 of figures whose last axis are the components."""
    low = np.array([c.goalpost.low for c in components])
    high = np.array([c.goalpost.high for c in components])
    return np.asarray(np.clip((figures - low) / (high - low), 0.0, 1.0) * TOP, np.float64)


def compute_need(inputs: Mapping[str, pd.DataFrame], rules: NeedRules) -> NeedResult:
    """The need index. ``inputs``: component code -> table (index area; ``value``, ``low, high``).

    ``low`` and ``high`` are 90% limits; figures without them are drawn as they stand. Components
    without a table are missing everywhere, and shown as such.
    """
    components = rules.components
    areas = _areas(inputs)
    value, low, high = (_matrix(inputs, components, areas, c) for c in ("value", "low", "high"))
    scores, weights, known, index = _index(value, rules)
    enough = known >= _least_known(rules)
    drawn = _draw(value, low, high, weights, rules)
    drawn[:, ~enough] = np.nan
    names = [c.code for c in components]
    missing = [
        ", ".join(n for n, ok in zip(names, row, strict=True) if not ok)
        for row in np.isfinite(scores).tolist()
    ]
    ranked = _ranked(index, drawn, rules)
    table = pd.DataFrame({**ranked, "known": known, "missing": missing}, index=areas)
    gains = np.column_stack(
        [index - _at_zero(scores, weights, rules, i) for i in range(len(names))]
    )
    return NeedResult(
        table=table,
        scores=pd.DataFrame(scores, index=areas, columns=names),
        figures=pd.DataFrame(value, index=areas, columns=names),
        contributions=pd.DataFrame(gains, index=areas, columns=names),
        rules=rules,
    )


def need_index(inputs: Mapping[str, pd.DataFrame], rules: NeedRules) -> pd.DataFrame:
    """``value`` and ``rank`` of ``compute_need`` alone, which take no draws."""
    areas = _areas(inputs)
    index = _index(_matrix(inputs, rules.components, areas, "value"), rules)[-1]
    return pd.DataFrame({"value": index, "rank": _ranks(index)}, index=areas)


def _areas(inputs: Mapping[str, pd.DataFrame]) -> pd.Index:
    areas: pd.Index = pd.Index(sorted({a for t in inputs.values() for a in t.index}), name="code")
    return areas


def _least_known(rules: NeedRules) -> float:
    return max(rules.least_known, 1e-12)


def _index(value: Floats, rules: NeedRules) -> tuple[Floats, Floats, Floats, Floats]:
    """Scores, weights (sum 1), the share of the weight that is known, and the index."""
    weights = np.array([c.weight for c in rules.components])
    weights = weights / weights.sum()
    scores = score(value, rules.components)
    known = (np.isfinite(scores) * weights).sum(axis=1)
    joined = join(scores, weights, rules.mean, rules.floor)
    return scores, weights, known, np.where(known >= _least_known(rules), joined, np.nan)


def _ranks(index: Floats) -> Floats:
    """Places, 1 the most; NaN where there is no index."""
    found, ok = np.full(len(index), np.nan), np.isfinite(index)
    found[ok] = rankdata(-index[ok], method="min")
    return found


def _matrix(
    inputs: Mapping[str, pd.DataFrame],
    components: tuple[NeedComponent, ...],
    areas: pd.Index,
    column: str,
) -> Floats:
    out = np.full((len(areas), len(components)), np.nan)
    for i, component in enumerate(components):
        table = inputs.get(component.code)
        if table is not None and column in table.columns:
            figures = table[column]
            if not figures.index.equals(areas):
                figures = figures.reindex(areas)
            out[:, i] = figures.to_numpy(dtype=float, na_value=np.nan)
    return out


def _at_zero(scores: Floats, weights: Floats, rules: NeedRules, component: int) -> Floats:
    lowered = scores.copy()
    lowered[:, component] = np.where(np.isfinite(lowered[:, component]), 0.0, np.nan)
    return join(lowered, weights, rules.mean, rules.floor)


def _draw(value: Floats, low: Floats, high: Floats, weights: Floats, rules: NeedRules) -> Floats:
    """Index of each area (columns) under each draw (rows)."""
    rng = np.random.default_rng(rules.seed)
    w = rng.dirichlet(np.maximum(weights * rules.concentration, 1e-3), size=rules.draws)
    z = rng.standard_normal((rules.draws, *value.shape))
    # A split normal: each side as wide as its own 90% limit says.
    down = np.nan_to_num(np.maximum(value - low, 0.0)) / _Z
    up = np.nan_to_num(np.maximum(high - value, 0.0)) / _Z
    figures = value + np.where(z < 0, down, up) * z
    return join(score(figures, rules.components), w[:, None, :], rules.mean, rules.floor)


def _ranked(index: Floats, drawn: Floats, rules: NeedRules) -> dict[str, Floats]:
    """The index with its limits, rank and rank limits; NaN where it is."""
    ok = np.isfinite(index)
    table = {name: np.full(len(index), np.nan) for name in _RANKED}
    table["value"] = index
    if not ok.any():
        return table
    draws = drawn[:, ok]
    ranks = rankdata(-draws, axis=1, method="min")
    table["low"][ok], table["high"][ok] = np.percentile(draws, _INTERVAL, axis=0)
    table["rank"] = _ranks(index)
    table["rank_low"][ok], table["rank_high"][ok] = np.percentile(
        ranks, _INTERVAL, axis=0, method="nearest"
    )
    table["share_worst"][ok] = (ranks <= rules.worst).mean(axis=0)
    return table


_RANKED = ("value", "low", "high", "rank", "rank_low", "rank_high", "share_worst")
