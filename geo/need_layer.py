"""The need index as a layer: which layers it is made of, and the days that each stands at."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import pandas as pd

from geo.incident_rates import ASSUMED_REPORTING
from geo.layers import Clearance, Layer, LayerCode, Period, least_trusted
from geo.need import NeedResult, NeedRules, compute_need, need_index
from geo.notes import Note, Notes, said

_COUNTED = frozenset({LayerCode.INCIDENT_RATE, LayerCode.INCIDENT_DENSITY})
_PEOPLE = frozenset({LayerCode.GROWTH, LayerCode.RESIDENTS})


def need_layer(layers: Iterable[Layer], rules: NeedRules) -> tuple[Layer, NeedResult]:
    """The need index of layers of one level, as a layer and with the way down to the figures.

    Cheap (some ten milliseconds for 18 areas): a page calls it again while weights are moved.
    ``values`` carries, beside the index, ``score_``, ``figure_`` and ``fall_<component>`` (by how
    much the index would fall without it), ``value_without_incidents`` and its rank: recorded
    incidents partly follow the police, so the index has to stand without them too.
    """
    by_kind = {(layer.code, layer.category): layer for layer in layers}
    used = {
        c.code: by_kind[c.layer, c.category]
        for c in rules.components
        if (c.layer, c.category) in by_kind
    }
    if not used:
        raise ValueError("none of the layers that need is made of is here")
    result = compute_need(
        {code: layer.values for code, layer in used.items()},
        rules,
    )
    first = next(iter(used.values()))
    values = result.table.join(
        [
            result.scores.add_prefix("score_"),
            result.figures.add_prefix("figure_"),
            result.contributions.add_prefix("fall_"),
            _without_incidents(used, rules),
        ]
    )
    missing = int((result.table["known"] < 1).sum())
    note = said("{n} areas lack a component; their index stands on the others.")
    clearance = (
        Clearance.EXACT
        if any(layer.clearance is Clearance.EXACT for layer in used.values())
        else Clearance.RELEASED
    )
    layer = replace(
        first,
        code=LayerCode.NEED,
        values=values,
        unit=said("index 0-10"),
        method=Note(
            said("Scores between fixed goalposts, {mean} mean; ranks under {draws} draws."),
            mean=rules.mean.value,
            draws=rules.draws,
        ),
        standing=least_trusted([layer.standing for layer in used.values()]),
        sources=tuple(dict.fromkeys(s for layer in used.values() for s in layer.sources)),
        category=None,
        period=_newest(used),
        reaches=None,
        caveats=(
            *_days(used),
            *((Note(note, n=missing),) if missing else ()),
            *_moved(values),
            *chosen_rules(rules),
            *_assumed(used),
        ),
        clearance=clearance,
    )
    return layer, result


def _newest(used: Mapping[str, Layer]) -> Period | None:
    """Components keep clocks of their own; the index is of the newest of their periods."""
    known = [layer.period for layer in used.values() if layer.period is not None]
    return max(known, key=lambda period: period.end, default=None)


def _days(used: Mapping[str, Layer]) -> tuple[str, ...]:
    """Up to which day each component of an index tells."""

    def last(codes: Collection[LayerCode]) -> str:
        days = [one.reaches for one in used.values() if one.code in codes and one.reaches]
        return max(days).isoformat() if days else "-"

    told = {
        "incidents": last(_COUNTED),
        "arrivals": last({LayerCode.INFLUX}),
        "residents": last(_PEOPLE),
    }
    if set(told.values()) == {"-"}:
        return ()
    return (
        Note(
            said(
                "Days that it stands on: incidents up to {incidents}, arrivals up to {arrivals}, "
                "figures of residents up to {residents}."
            ),
            **told,
        ),
    )


def chosen_rules(rules: NeedRules) -> tuple[str, ...]:
    """Weights and goalposts that are not the defaults stand with the index that they made."""
    if rules.components == NeedRules().components:
        return ()
    whole = sum(part.weight for part in rules.components)
    told = Notes(
        Note(
            said("{component} {share} ({low} to {high})"),
            component=part.code,
            share=f"{part.weight / whole:.0%}",
            low=f"{part.goalpost.low:g}",
            high=f"{part.goalpost.high:g}",
        )
        for part in rules.components
    )
    return (Note(said("Weights and goalposts that were chosen: {told}."), told=told),)


def _without_incidents(used: Mapping[str, Layer], rules: NeedRules) -> pd.DataFrame:
    """The index and rank that the other components give; empty where there are no others."""
    others = {code: layer.values for code, layer in used.items() if layer.code not in _COUNTED}
    if not others:
        return pd.DataFrame()
    return need_index(others, rules.without(*_COUNTED)).add_suffix("_without_incidents")


def _moved(values: pd.DataFrame) -> tuple[str, ...]:
    """How far ranks hang on recorded incidents, which partly follow the police."""
    if "rank_without_incidents" not in values:
        return ()
    shift = (values["rank_without_incidents"] - values["rank"]).abs().dropna()
    if shift.empty:
        return ()
    told = said(
        "Without incidents {n} of {total} areas have another place, by {most} places at most: "
        "recorded incidents partly follow the police."
    )
    moved = int((shift > 0).sum())
    return (Note(told, n=moved, total=len(shift), most=int(shift.max())),)


def _assumed(used: Mapping[str, Layer]) -> tuple[str, ...]:
    """What is assumed of reporting in the rates below an index stands with the index too."""
    notes = [note for layer in used.values() for note in layer.caveats]
    return tuple(
        dict.fromkeys(note for note in notes if getattr(note, "key", "") == ASSUMED_REPORTING)
    )
