"""Proposed sites as a table, a sentence and files."""

from pathlib import Path

import orjson
from shapely.geometry import Point

from geo.notes import said
from geo.places import Source, Standing
from optimizer.plan import Status
from optimizer.siting.aims import SitingKind
from service.assembly.sites import PREFIX, ProposedSites
from service.atomic import write_whole
from service.exports.content import Format
from service.exports.geojson import collection, feature
from service.exports.plan_tables import PlanTable, tables_content
from service.exports.provenance import Provenance, serial_of, worst_standing
from service.exports.sheets import Column, Show
from service.locale.terms import STATUS
from service.locale.words import LANGS, Words
from service.scenario import Scenario

_UNITS = dict.fromkeys((SitingKind.COVERING, SitingKind.BACKUP), "share of officer-hours")
_ESTIMATE = Source(name="estimated travel", standing=Standing.ESTIMATED)


def site_table(proposed: ProposedSites, words: Words) -> PlanTable:
    """Sites, the best first; minutes are one way."""
    columns = (
        Column(said("Site")),
        Column(said("Code")),
        Column(said("Longitude"), Show.FINE),
        Column(said("Latitude"), Show.FINE),
        Column(said("Travel")),
    )
    rows = tuple(
        (
            words.name(one),
            one.code,
            one.lon,
            one.lat,
            words.say(said("estimated") if one.code.startswith(PREFIX) else said("as registered")),
        )
        for one in proposed.places
    )
    return PlanTable(said("Proposed sites"), columns, rows)


def sites_reading(proposed: ProposedSites, words: Words) -> str:
    """What the sites bring, and how well that is proven."""
    found = proposed.found
    result = found.result
    proof = words.say(STATUS[result.status])
    if result.status is Status.INFEASIBLE:
        return words.say(_NO_CHOICE)
    if not found.sites:
        return words.say(said("No site is proposed: {proof}."), proof=proof)
    if not result.is_proven:
        proof = words.say(
            said("{proof}, within {gap} of the best"),
            proof=proof,
            gap=words.percent(result.gap or 0.0, 2),
        )
    if proposed.aim.kind is not SitingKind.MEDIAN:
        return _other_reading(proposed, proof, words)
    if found.before_min is None:
        return words.say(
            said("An officer-hour would travel {after} minutes to its nearest office: {proof}."),
            after=words.number(found.mean_min, 1),
            proof=proof,
        )
    return words.say(
        said(
            "An officer-hour would travel {after} minutes to its nearest office, not {before}: "
            "{proof}."
        ),
        after=words.number(found.mean_min, 1),
        before=words.number(found.before_min, 1),
        proof=proof,
    )


_NO_CHOICE = said(
    "No choice of that many sites serves every area: ask for more sites, or let each carry more."
)
_READINGS = {
    SitingKind.CENTER: said(
        "The farthest area would be {after} minutes from its nearest office, not {before}: {proof}."
    ),
    SitingKind.COVERING: said(
        "{after} of all officer-hours would lie within {radius} minutes of an office, not "
        "{before}: {proof}."
    ),
    SitingKind.BACKUP: said(
        "{after} of all officer-hours would lie within {radius} minutes of two offices, not "
        "{before}: {proof}."
    ),
    SitingKind.CAPACITATED: said(
        "An officer-hour would travel {after} minutes to the office that serves it, none of which "
        "carries more than {capacity} officer-hours a week: {proof}."
    ),
}


def _other_reading(proposed: ProposedSites, proof: str, words: Words) -> str:
    """The sentence of any question but the median's."""
    found, aim = proposed.found, proposed.aim
    is_share = aim.kind in {SitingKind.COVERING, SitingKind.BACKUP}
    before, after = (
        words.percent(one) if is_share else words.number(one, 1)
        for one in (found.before, found.after)
    )
    if aim.kind is SitingKind.CAPACITATED:
        carried = [
            (one.cost, one.share * hours)
            for one in found.result.assignment
            for hours in (proposed.search.weight[int(one.client) - 1],)
        ]
        hours = sum(weight for _, weight in carried)
        way = sum(cost * weight for cost, weight in carried)
        after = words.number(way / hours if hours else None, 1)
    return words.say(
        _READINGS[aim.kind],
        after=after,
        before=before,
        radius=words.number(aim.radius_min),
        capacity=words.number(aim.capacity),
        proof=proof,
    )


def write_sites(
    path: Path, scenario: Scenario, proposed: ProposedSites, version: str, words: Words
) -> None:
    """Write GeoJSON (RFC 7946), JSON, CSV or a workbook, by the extension."""
    form = path.suffix.lower().removeprefix(".")
    result = proposed.found.result
    provenance = Provenance(
        title=f"Proposed sites, {scenario.name}",
        standing=worst_standing((*proposed.search.sources, _ESTIMATE)),
        sources=proposed.search.sources,
        unit=_UNITS.get(proposed.aim.kind, "minutes one way"),
        method=f"{result.method}, status {result.status.value}",
        data_version=version,
        serial=serial_of("sites", version, scenario.model_dump_json()),
    )
    if form in ("json", "geojson"):
        body = (
            _geojson(proposed, provenance)
            if form == "geojson"
            else orjson.dumps(_members(scenario, proposed, version), option=orjson.OPT_INDENT_2)
        )
    else:
        body = tables_content(
            (site_table(proposed, words),),
            Format(form),
            provenance=provenance,
            words=words,
            filename=path.name,
        ).body
    write_whole(path, body)


def _members(scenario: Scenario, proposed: ProposedSites, version: str) -> dict[str, object]:
    return {
        "scenario": scenario.name,
        "data_version": version,
        "reading": {lang: sites_reading(proposed, Words(lang)) for lang in LANGS},
        "sites": [one.model_dump(mode="json") for one in proposed.places],
        "before_min": proposed.found.before_min,
        "mean_min": proposed.found.mean_min,
        "kind": proposed.aim.kind.value,
        "before": proposed.found.before,
        "after": proposed.found.after,
        "result": proposed.found.result.model_dump(mode="json"),
    }


def _geojson(proposed: ProposedSites, provenance: Provenance) -> bytes:
    rows = (
        feature(
            f"site:{one.code}",
            Point(one.lon, one.lat),
            {
                "kind": "site",
                "rank": rank,
                "code": one.code,
                "name_ar": one.name_ar,
                "name_en": one.name_en,
                "proposed": one.code.startswith(PREFIX),
                "travel": "estimated" if one.code.startswith(PREFIX) else "registered",
                "standing": one.standing.value,
            },
        )
        for rank, one in enumerate(proposed.places, start=1)
    )
    found = proposed.found
    members = provenance.members() | {
        "status": found.result.status.value,
        "value": found.result.value,
        "bound": found.result.bound,
        "gap": found.result.gap,
        "before_min": found.before_min,
        "mean_min": found.mean_min,
        "kind": proposed.aim.kind.value,
        "before": found.before,
        "after": found.after,
    }
    return collection(rows, members)
