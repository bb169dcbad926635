"""The collections: what each one is, which properties it has, who may read it, where it is from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from shapely.geometry import Point

from geo.layers import Clearance, LayerCode
from geo.notes import said
from geo.places import Level
from geo.privacy import INCIDENT_LAYERS
from geo.rates import Window
from service.auth.roles import Right
from service.exports.plan_features import area_rows
from service.locale.terms import LAYER, LEVEL, LEVELS
from service.locale.words import Words
from service.offered import layer_codes
from service.ogc.rows import Kind, Property, Rows, shapes_array
from service.pages.atlas import Atlas
from service.pages.figures import shown_only
from service.store import Store

PERIODS_SHOWN = 5
PLANS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection; ``title``, ``about`` and ``of`` (told by what) are ids of the catalogue.

    ``of_cases``: its figures are made of cases, and exact for readers with that clearance.
    """

    id: str
    title: str
    about: str
    properties: tuple[Property, ...]
    geometry: str
    load: Callable[[Atlas, Store], Rows]
    right: Right = Right.SEE_MAP
    in_time: bool = False
    of: str = ""
    of_cases: bool = False

    def titled(self, words: Words) -> str:
        """Its title, unlike every other one: clients name layers by it."""
        title = words.say(self.title)
        return f"{title} \u2013 {words.say(self.of)}" if self.of else title


_NAMES = (
    Property("code", Kind.TEXT, said("Code")),
    Property("name_ar", Kind.TEXT, said("Arabic name")),
    Property("name_en", Kind.TEXT, said("English name")),
)
_STANDING = Property("standing", Kind.TEXT, said("Standing"))
_UNIT = (
    *_NAMES,
    Property("parent", Kind.TEXT, said("Code of the unit above")),
    Property("pcode", Kind.TEXT, said("P-code")),
    Property("area_km2", Kind.NUMBER, said("Area in km2")),
    Property("valid_from", Kind.DAY, said("Valid from")),
    Property("valid_to", Kind.DAY, said("Valid to")),
    _STANDING,
)
_OFFICE = (
    *_NAMES,
    Property("kind", Kind.TEXT, said("Kind of office")),
    Property("area", Kind.TEXT, said("Code of its area")),
    Property("referral_centre", Kind.FLAG, said("Has a referral centre")),
    Property("capacity", Kind.INTEGER, said("Most officers it can hold")),
    Property("vehicles", Kind.INTEGER, said("Vehicles")),
    _STANDING,
)
_FORUM = (
    *_NAMES,
    Property("area", Kind.TEXT, said("Code of its area")),
    Property("chaired_by_woman", Kind.FLAG, said("Chaired by a woman")),
    Property("for_women", Kind.FLAG, said("For women")),
    Property("meetings_per_month", Kind.NUMBER, said("Meetings a month")),
    _STANDING,
)
_LAYER = (
    *_NAMES,
    Property("value", Kind.NUMBER, said("Value")),
    Property("low", Kind.NUMBER, said("Lower end of the interval")),
    Property("high", Kind.NUMBER, said("Upper end of the interval")),
    Property("unit", Kind.TEXT, said("Unit of measure")),
    Property("period_start", Kind.DAY, said("First day of the period")),
    Property("period_end", Kind.DAY, said("Day after the period")),
    _STANDING,
    Property("source", Kind.TEXT, said("Source")),
    Property("data_version", Kind.TEXT, said("Data version")),
)
_PLAN = (
    Property("plan", Kind.TEXT, said("Plan")),
    Property("scenario", Kind.TEXT, said("Scenario")),
    Property("status", Kind.TEXT, said("Result")),
    Property("made_on", Kind.DAY, said("Made on")),
    *_NAMES,
    Property("district", Kind.TEXT, said("District")),
    Property("need", Kind.NUMBER, said("Need index")),
    Property("lead_office", Kind.TEXT, said("Lead office")),
    Property("lead_share", Kind.NUMBER, said("Share of the lead office")),
    Property("hours_week", Kind.NUMBER, said("Hours asked for")),
    Property("served_hours_week", Kind.NUMBER, said("Hours served")),
    Property("served_share", Kind.NUMBER, said("Share served")),
    Property("women_hours_week", Kind.NUMBER, said("Women's demand")),
    Property("women_served_share", Kind.NUMBER, said("Share of women's demand served")),
    Property("out_of_reach", Kind.FLAG, said("Out of reach")),
    Property("no_woman_in_reach", Kind.FLAG, said("No woman officer within reach")),
    _STANDING,
    Property("data_version", Kind.TEXT, said("Data version")),
)


def collections() -> dict[str, Collection]:
    """All collections by id, in the order in which they are listed."""
    found = [_units(level, f"{level.value}s") for level in Level]
    found.append(
        Collection(
            "offices",
            said("Offices"),
            said("Offices of the community police, and candidate sites."),
            _OFFICE,
            "Point",
            _load_offices,
        )
    )
    found.append(
        Collection(
            "forums",
            said("Forums"),
            said("Community policing forums."),
            _FORUM,
            "Point",
            _load_forums,
        )
    )
    found += [
        _layer(code, level)
        for code in LayerCode
        for level in (Level.DISTRICT, Level.SUBDISTRICT, Level.CELL)
        if code in layer_codes(level, Clearance.RELEASED)
    ]
    found.append(
        Collection(
            "plans",
            said("Plans"),
            said("The latest plans: how each area is served, and by which office."),
            _PLAN,
            "MultiPolygon",
            _load_plans,
            right=Right.SEE_PLANS,
            in_time=True,
        )
    )
    return {one.id: one for one in found}


def _units(level: Level, name: str) -> Collection:
    def load(atlas: Atlas, _store: Store) -> Rows:
        units = atlas.units(level)
        frame = pd.DataFrame(index=units.index.astype(str))
        for one in _UNIT:
            frame[one.name] = units.index if one.name == "code" else _column(units, one.name)
        begins, ends = (
            pd.to_datetime(frame[side]).to_numpy("datetime64[D]")
            for side in ("valid_from", "valid_to")
        )
        frame = _tidy(frame, _UNIT)
        return Rows(frame, shapes_array(list(units.geometry)), begins, ends)

    about = said("Administrative units of one level, with their boundaries.")
    return Collection(name, LEVELS[level], about, _UNIT, "MultiPolygon", load, in_time=True)


def _load_offices(atlas: Atlas, _store: Store) -> Rows:
    offices = atlas.offices()
    frame = _tidy(pd.DataFrame([one.model_dump(mode="json") for one in offices]), _OFFICE)
    return Rows(
        frame.set_index("code", drop=False),
        shapes_array([Point(one.lon, one.lat) for one in offices]),
    )


def _load_forums(atlas: Atlas, _store: Store) -> Rows:
    forums = atlas.forums()
    frame = _tidy(pd.DataFrame([one.model_dump(mode="json") for one in forums]), _FORUM)
    return Rows(
        frame.set_index("code", drop=False),
        shapes_array([Point(one.lon, one.lat) for one in forums]),
    )


def _layer(code: LayerCode, level: Level) -> Collection:
    def load(atlas: Atlas, _store: Store) -> Rows:
        parts, shapes = [], []
        # Layers that only some readers or stores have are empty for the others, not unknown.
        there = code in atlas.layer_codes(level)
        for period in atlas.periods(Window.YEAR, level, code)[:PERIODS_SHOWN] if there else ():
            try:
                layer = shown_only(atlas.layer(code, level, None, period))
            except KeyError:
                continue
            units = atlas.units(level)
            values = layer.values.reindex(units.index)
            part = pd.DataFrame(index=units.index)
            for name in ("name_ar", "name_en"):
                part[name] = units[name]
            for name in ("value", "low", "high"):
                part[name] = values.get(name, np.nan)
            part = part.assign(
                code=units.index.astype(str),
                unit=layer.unit,
                period_start=pd.Timestamp(period.start),
                period_end=pd.Timestamp(period.end),
                standing=layer.standing.value,
                source="; ".join(one.name for one in layer.sources),
                data_version=layer.data_version,
            )
            part.index = pd.Index([f"{area}.{period.start:%Y%m%d}" for area in units.index])
            parts.append(part)
            shapes += list(units.geometry)
        whole = pd.concat(parts) if parts else pd.DataFrame()
        frame = _tidy(whole, _LAYER)
        begins, ends = (
            pd.to_datetime(frame[side]).to_numpy("datetime64[D]")
            for side in ("period_start", "period_end")
        )
        return Rows(frame, shapes_array(shapes), begins, ends)

    return Collection(
        f"{code.value.replace('_', '-')}-{level.value}s",
        LAYER[code],
        LEVEL[level],
        _LAYER,
        "MultiPolygon",
        load,
        in_time=True,
        of=LEVELS[level],
        of_cases=code in INCIDENT_LAYERS,
    )


def _load_plans(atlas: Atlas, store: Store) -> Rows:
    units = {str(code): shape for code, shape in atlas.units(Level.SUBDISTRICT).geometry.items()}
    units |= {str(code): shape for code, shape in atlas.units(Level.DISTRICT).geometry.items()}
    records: list[dict[str, Any]] = []
    shapes, ids, days = [], [], []
    for head in store.plans.list(limit=PLANS_SHOWN):
        kept = store.plans.get(head.id)
        told = {
            "plan": head.id,
            "scenario": head.scenario,
            "status": head.status,
            "made_on": pd.Timestamp(head.created_at.date()),
            "data_version": head.data_version,
        }
        for row in area_rows(kept.problem, kept.plan, units):
            records.append(row.properties | told)
            ids.append(f"{head.id}.{row.properties['code']}")
            shapes.append(row.shape)
            days.append(head.created_at.date())
    frame = _tidy(pd.DataFrame(records, index=pd.Index(ids, dtype=str)), _PLAN)
    begins = np.array(days, dtype="datetime64[D]")
    ends = np.array([day + timedelta(days=1) for day in days], dtype="datetime64[D]")
    return Rows(frame, shapes_array(shapes), begins, ends)


def _column(units: pd.DataFrame, name: str) -> Any:
    return units[name].to_numpy() if name in units else None


def _tidy(frame: pd.DataFrame, properties: tuple[Property, ...]) -> pd.DataFrame:
    """The schema's columns only, in its order, each of its kind."""
    found = pd.DataFrame(index=frame.index)
    for one in properties:
        column = (
            frame[one.name] if one.name in frame else pd.Series(None, frame.index, dtype=object)
        )
        if one.kind is Kind.NUMBER:
            found[one.name] = pd.to_numeric(column, errors="coerce").astype("float64")
        elif one.kind is Kind.DAY:
            found[one.name] = pd.to_datetime(column)
        else:
            plain = column.astype(object)
            found[one.name] = plain.where(plain.notna(), None)
            if one.kind is Kind.INTEGER:
                found[one.name] = (
                    found[one.name]
                    .map(lambda value: None if value is None else int(value))
                    .astype(object)
                )
    return found
