"""The scenario form: what a director types, read into a ``Scenario`` with a word at every fault."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo.notes import Note, said
from optimizer.problem import TierName, TierRule
from optimizer.staff import Gender, Unit
from service.pages.finer_choices import (
    read_assumptions,
    read_eps,
    read_weights,
    typed_finer,
)
from service.pages.form_reading import Reading
from service.scenario import ClanArrival, Hires, Scenario, SitesFrom

ARRIVAL_ROWS = 3
MOST_ARRIVALS = 20
MOST_HIRES = 5000
CHOOSABLE_TIERS = tuple(
    tier for tier in TierName if tier not in {TierName.LEGALITY, TierName.TIE_BREAK}
)
"""Keeping the policies stays first and the tie-break last: neither is a goal of a director."""

PLACES_FROM = (
    (SitesFrom.SETTLEMENTS.value, said("seats of the areas")),
    (SitesFrom.CELLS.value, said("planning cells of the towns as well")),
)
_LEAVING = said("Give a whole number from {low} to {high}: no more than are there can leave.")
_SHARE = said("Give a percentage from 0 to 100.")
_FACTOR = said("Give a number from 0 to 10.")


@dataclass(frozen=True, slots=True)
class Choices:
    """Codes that the form may name."""

    areas: frozenset[str]
    candidates: frozenset[str]
    crossings: frozenset[str]
    governorates: frozenset[str] = frozenset()
    posts: Mapping[tuple[Unit, Gender], int] = field(default_factory=dict)
    """Unlocked posts of today, by unit and gender: no more can leave."""

    def least_hires(self, unit: Unit, gender: Gender) -> int:
        """The most who can leave, as a negative number."""
        return -self.posts.get((unit, gender), 0)


def arrival_rows(typed: Mapping[str, Any]) -> int:
    """Rows of arrivals that the form shows: the usual ones, and one more than are filled."""
    filled = [row for row in range(MOST_ARRIVALS) if typed.get(f"arrival_area_{row}")]
    return min(MOST_ARRIVALS, max(ARRIVAL_ROWS, max(filled, default=-1) + 2))


def hire_field(unit: Unit, gender: Gender) -> str:
    return f"hire_{unit.value}_{gender.value}"


def typed_from(scenario: Scenario) -> dict[str, Any]:
    """What the form shows for ``scenario``."""
    typed: dict[str, Any] = {
        "name": scenario.name,
        "title_ar": scenario.title_ar,
        "title_en": scenario.title_en,
        "vehicles": scenario.vehicles or "",
        "max_opened": scenario.max_opened or "",
        "propose_sites": scenario.propose_sites or "",
        "propose_from": scenario.propose_from.value,
        "offices_open": list(scenario.offices_open),
        "crossings_closed": list(scenario.crossings_closed),
        "horizon_year": scenario.horizon_year or "",
        "max_moves": "" if scenario.max_moves is None else scenario.max_moves,
        "women_share": _percent(scenario.women_share_target),
        "patrol_cap": _percent(scenario.patrol_share_cap),
        "arrival_factor": _factor(scenario.arrival_factor),
        "incident_factor": _factor(scenario.incident_factor),
        "use_incidents": "on" if scenario.use_incidents else "",
        "governorate": scenario.governorate or "",
    }
    for hires in scenario.hires:
        typed[hire_field(hires.unit, hires.gender)] = hires.count
    for row, arrival in enumerate(scenario.arrivals[:MOST_ARRIVALS]):
        typed[f"arrival_area_{row}"] = arrival.area
        typed[f"arrival_families_{row}"] = arrival.families
        typed[f"arrival_clan_{row}"] = "on" if arrival.clan else ""
    order = [rule.name for rule in scenario.tiers if rule.name in CHOOSABLE_TIERS]
    for place, tier in enumerate(order, start=1):
        typed[f"tier_{tier.value}"] = place
    return typed | typed_finer(scenario)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:g}"


def _factor(value: float) -> str:
    return "" if value == 1 else f"{value:g}"


def read_scenario(reading: Reading, choices: Choices) -> Scenario | None:
    """The scenario that was typed, or ``None`` with ``reading.faults`` saying why not."""
    hires = []
    for unit in Unit:
        for gender in Gender:
            least = choices.least_hires(unit, gender)
            count = reading.whole(hire_field(unit, gender), least, MOST_HIRES, _LEAVING)
            if count:
                hires.append(Hires(unit=unit, gender=gender, count=count))
    share = reading.number("women_share", 0, 100, _SHARE)
    cap = reading.number("patrol_cap", 1, 100, said("Give a percentage from 1 to 100."))
    arrival_factor = reading.number("arrival_factor", 0, 10, _FACTOR)
    incident_factor = reading.number("incident_factor", 0, 10, _FACTOR)
    values: dict[str, Any] = {
        "name": reading.text("name") or "own",
        "title_ar": reading.text("title_ar")[:200],
        "title_en": reading.text("title_en")[:200],
        "governorate": _governorate(reading, choices),
        "hires": tuple(hires),
        "vehicles": reading.whole("vehicles", 0, 1000) or 0,
        "offices_open": _known(reading, "offices_open", choices.candidates),
        "max_opened": reading.whole("max_opened", 0, 50) or 0,
        "propose_sites": reading.whole("propose_sites", 0, 20) or 0,
        "propose_from": _places(reading),
        "arrivals": _arrivals(reading, choices),
        "crossings_closed": _known(reading, "crossings_closed", choices.crossings),
        "horizon_year": reading.whole("horizon_year", 2000, 2100),
        "max_moves": reading.whole("max_moves", 0, 5000),
        "women_share_target": None if share is None else share / 100,
        "patrol_share_cap": None if cap is None else cap / 100,
        "arrival_factor": 1.0 if arrival_factor is None else arrival_factor,
        "incident_factor": 1.0 if incident_factor is None else incident_factor,
        "use_incidents": bool(reading.text("use_incidents")),
        "need_weights": read_weights(reading),
        "assumptions": read_assumptions(reading),
        "tiers": _tiers(reading),
    }
    return None if reading.faults else Scenario(**values)


def _governorate(reading: Reading, choices: Choices) -> str | None:
    code = reading.text("governorate")
    if code and code not in choices.governorates:
        reading.faults["governorate"] = Note(said("Choose a governorate from the list."))
        return None
    return code or None


def _places(reading: Reading) -> SitesFrom:
    """Where new sites are looked for; a form that does not say so means settlements."""
    asked = reading.text("propose_from") or SitesFrom.SETTLEMENTS.value
    found = next((one for one in SitesFrom if one.value == asked), None)
    if found is None:
        reading.faults["propose_from"] = Note(said("Choose one from the list."))
    return found or SitesFrom.SETTLEMENTS


def _known(reading: Reading, name: str, codes: frozenset[str]) -> tuple[str, ...]:
    found = reading.many(name)
    if not set(found) <= codes:
        reading.faults[name] = Note(said("One of these is no longer there. Choose again."))
    return tuple(sorted(set(found)))


def _arrivals(reading: Reading, choices: Choices) -> tuple[ClanArrival, ...]:
    found = []
    for row in range(MOST_ARRIVALS):
        area, families = reading.text(f"arrival_area_{row}"), f"arrival_families_{row}"
        count = reading.whole(families, 1, 100_000)
        if area and area not in choices.areas:
            reading.faults[f"arrival_area_{row}"] = Note(said("Choose an area from the list."))
        elif area and count:
            clan = bool(reading.text(f"arrival_clan_{row}"))
            found.append(ClanArrival(area=area, families=count, clan=clan))
        elif area and families not in reading.faults:
            reading.faults[families] = Note(said("How many families arrive there?"))
        elif count:
            reading.faults[f"arrival_area_{row}"] = Note(said("Where do these families arrive?"))
    return tuple(found)


def _tiers(reading: Reading) -> tuple[TierRule, ...]:
    """Goals by the places typed; equal places keep their usual order."""
    usual = {tier: place for place, tier in enumerate(CHOOSABLE_TIERS, start=1)}
    last = len(usual)
    places = {
        tier: reading.whole(f"tier_{tier.value}", 1, last) or place for tier, place in usual.items()
    }
    ordered = sorted(usual, key=lambda tier: (places[tier], usual[tier]))
    names = (TierName.LEGALITY, *ordered, TierName.TIE_BREAK)
    eps = {name: read_eps(reading, name) if name in usual else 0.0 for name in names}
    return tuple(TierRule(name=name, eps=eps[name]) for name in names)
