"""From the store and a scenario to a problem: everything a solver may know, and no person.

Figures come from *released* layers (``geo.privacy``), so a plan can be shown to whoever may see
the map. Everything that was chosen rather than counted is listed among the assumptions.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo.checks import Fault, FaultsError, raise_faults
from geo.choices import LayerChoices
from geo.layers import Clearance, LayerCode
from geo.notes import said
from geo.places import Level, Office, Source, Standing
from optimizer.demand import demand_items
from optimizer.problem import Assumption, DemandItem, Problem, ProblemArea, ProblemOffice
from optimizer.staff import StaffGroup, Unit
from service.assembly.assumptions import BASIC_TRAINING, Chosen
from service.assembly.figures import People, Scope, demand_inputs, need, people
from service.assembly.refusals import Ground, check
from service.assembly.roads import between, travel
from service.assembly.sites import (
    PREFIX,
    ProposedSites,
    SiteSearch,
    propose,
    search_of,
    told,
)
from service.assembly.staffing import hire_lots
from service.base_map import river_lines
from service.layerbook import LayerBook
from service.scenario import Scenario
from service.settings import checkout_data
from service.store import Store


def assemble(
    store: Store,
    scenario: Scenario,
    *,
    data_dir: Path | None = None,
    choices: LayerChoices | None = None,
) -> Problem:
    """The problem of a scenario on the data that are loaded now, its layers made by ``choices``.

    Raises ``FaultsError`` with everything that is missing or unknown and what to do about it.
    """
    return assemble_from(_book(store, data_dir, choices), scenario)


def refusals(
    store: Store, scenario: Scenario, *, data_dir: Path | None = None
) -> tuple[Fault, ...]:
    """Why no problem can be made of a scenario on the data that are loaded now: quick, no layers.

    Each fault names its field in ``column`` (``hires.0.count``); empty when there is nothing to
    object to. What only the layers know (an area without residents, say) is found by ``assemble``.
    """
    try:
        return tuple(check(_book(store, data_dir), scenario).faults)
    except FaultsError as error:
        return error.faults


def _book(store: Store, data_dir: Path | None, choices: LayerChoices | None = None) -> LayerBook:
    version = store.data_version()
    return LayerBook(
        store.at(version),
        version,
        Clearance.RELEASED,
        datasets=store.datasets.list(active=True),
        rivers=river_lines(data_dir or checkout_data()),
        choices=choices,
    )


def assemble_from(book: LayerBook, scenario: Scenario) -> Problem:
    """As ``assemble``, from a layer book that is open already."""
    checked = check(book, scenario)
    chosen, offices, groups = checked.chosen, checked.offices, checked.groups
    scope = _scope(book, checked.ground)
    folk = people(scope, scenario)
    raise_faults([*checked.faults, *_emptiness(scope, folk, groups)])
    index, need_notes = need(scope, scenario)
    inputs = demand_inputs(scope, scenario, folk, index, chosen.shifts)
    demand = demand_items(inputs, chosen.demand)
    sites = _proposed(scope, scenario, chosen, demand)
    if sites is not None:
        offices = _with_sites(offices, sites)
    ways, way_notes = travel(scope, scenario, offices, chosen)
    return Problem(
        title=scenario.title_en or scenario.name,
        scenario=scenario.name,
        horizon_year=scenario.horizon_year,
        areas=_areas(scope, folk, {str(k): float(v) for k, v in index.items()}),
        offices=tuple(_problem_office(o, scenario, chosen, groups) for o in offices),
        units=chosen.units,
        shifts=chosen.shifts,
        staff=groups,
        hires=hire_lots(scenario.hires, chosen.basic_training),
        demand=demand,
        hours_week_today=_hours_today(book, scenario) if scenario.asks_otherwise else None,
        travel=ways,
        between=between(scope, scenario, chosen),
        policies=chosen.policies.model_copy(
            update={
                "max_moves": scenario.max_moves,
                "max_opened": scenario.max_opened or scenario.propose_sites,
                "women_share_target": scenario.women_share_target,
                "patrol_share_cap": scenario.patrol_share_cap,
                "spare_vehicles": scenario.vehicles,
            }
        ),
        tiers=scenario.tiers,
        assumptions=(
            *_of_use(chosen.listed, scenario),
            *folk.assumptions,
            *need_notes,
            *way_notes,
            *(() if sites is None else told(sites)),
            *_said(scenario),
        ),
        sources=_sources(scope, offices),
        data_version=book.version,
        seed=scenario.seed,
    )


def _hours_today(book: LayerBook, scenario: Scenario) -> float:
    """Officer-hours a week that all areas ask for without anything that the scenario changes."""
    today = Scenario(governorate=scenario.governorate)
    checked = check(book, today)
    scope = _scope(book, checked.ground)
    index, _notes = need(scope, today)
    inputs = demand_inputs(scope, today, people(scope, today), index, checked.chosen.shifts)
    return sum(one.hours_week for one in demand_items(inputs, checked.chosen.demand))


def _proposed(
    scope: Scope, scenario: Scenario, chosen: Chosen, demand: Sequence[DemandItem]
) -> ProposedSites | None:
    if not scenario.propose_sites:
        return None
    search = search_of(scope, scenario, _known(scope), chosen, demand)
    return propose(search, scenario.propose_sites)


def _known(scope: Scope) -> list[Office]:
    """Every office of the governorate that the register knows, candidates too."""
    home = scope.book.office_governorates()
    here = [one for one in scope.book.offices() if home[one.code] == scope.governorate]
    return sorted(here, key=lambda office: office.code)


def site_search(
    store: Store,
    scenario: Scenario,
    *,
    data_dir: Path | None = None,
    choices: LayerChoices | None = None,
) -> SiteSearch:
    """What siting would be asked about under a scenario. Raises ``FaultsError``."""
    book = _book(store, data_dir, choices)
    checked = check(book, scenario)
    raise_faults(checked.faults)
    scope = _scope(book, checked.ground)
    folk = people(scope, scenario)
    index, _notes = need(scope, scenario)
    inputs = demand_inputs(scope, scenario, folk, index, checked.chosen.shifts)
    demand = demand_items(inputs, checked.chosen.demand)
    search = search_of(scope, scenario, _known(scope), checked.chosen, demand)
    return replace(search, sources=_sources(scope, search.places))


def _with_sites(offices: tuple[Office, ...], sites: ProposedSites) -> tuple[Office, ...]:
    """The offices and the places proposed, each once, sorted by code."""
    every = {one.code: one for one in (*offices, *sites.places)}
    return tuple(every[code] for code in sorted(every))


def _scope(book: LayerBook, ground: Ground) -> Scope:
    period = book.periods(code=LayerCode.NEED)[0]
    layers = book.layers(ground.governorate, period)
    return Scope(book, ground.governorate, ground.level, ground.areas, period, layers)


def _emptiness(scope: Scope, folk: People, groups: tuple[StaffGroup, ...]) -> list[Fault]:
    """What a plan can't do without."""
    found = []
    if not groups:
        found.append(
            Fault(
                said("No staff is posted to an office of {code}."),
                said("Load offices and staff: mizan import offices FILE, mizan import staff FILE"),
                {"code": scope.governorate},
            )
        )
    if float(folk.residents.sum()) <= 0:
        found.append(
            Fault(
                said("No area of {code} has a figure of residents."),
                said("Load residents: mizan import population FILE"),
                {"code": scope.governorate},
            )
        )
    return found


def _areas(scope: Scope, folk: People, index: dict[str, float]) -> tuple[ProblemArea, ...]:
    rows = scope.book.units(scope.level, scope.governorate)
    return tuple(
        ProblemArea(
            code=code,
            district=code if scope.level is Level.DISTRICT else str(rows.loc[code, "parent"]),
            name_ar=rows.loc[code, "name_ar"],
            name_en=rows.loc[code, "name_en"],
            residents=float(folk.residents[code]),
            women_residents=float(folk.women[code]),
            need=float(index[code]),
        )
        for code in scope.areas
    )


def _problem_office(
    office: Office, scenario: Scenario, chosen: Chosen, groups: tuple[StaffGroup, ...]
) -> ProblemOffice:
    counsellors = any(Unit.REFERRAL in group.skills for group in groups)
    return ProblemOffice(
        code=office.code,
        kind=office.kind,
        name_ar=office.name_ar,
        name_en=office.name_en,
        capacity=office.capacity,
        min_staff=chosen.office_min_staff,
        vehicles=office.vehicles,
        referral_centre=office.referral_centre,
        min_counsellors=1 if office.referral_centre and counsellors else 0,
        forced_open=office.code in scenario.offices_open,
        **_site(office),
    )


def _site(office: Office) -> dict[str, Any]:
    """A proposed site carries its own place: no register knows it."""
    if not office.code.startswith(PREFIX):
        return {}
    return {"proposed": True, "lon": office.lon, "lat": office.lat}


def _of_use(listed: Sequence[Assumption], scenario: Scenario) -> list[Assumption]:
    """What is assumed of new officers is listed only where somebody is hired."""
    hires = any(one.count > 0 for one in scenario.hires)
    return [one for one in listed if hires or one.key != BASIC_TRAINING]


def _said(scenario: Scenario) -> list[Assumption]:
    """What the scenario itself assumes, beside the defaults."""
    told = {
        "scenario.incident_factor": (scenario.incident_factor, "factor"),
        "scenario.arrival_factor": (scenario.arrival_factor, "factor"),
    }
    return [
        Assumption(
            key=key, value=value, unit=unit, reason="the scenario says so", source="scenario"
        )
        for key, (value, unit) in told.items()
        if value != 1.0
    ]


def _sources(scope: Scope, offices: Sequence[Office]) -> tuple[Source, ...]:
    """Sources of every layer that was used, of the boundaries and of the registers."""
    codes = (LayerCode.NEED, LayerCode.RESIDENTS, LayerCode.INFLUX, LayerCode.INCIDENT_RATE)
    found = [source for code in codes for source in scope.layer(code).sources]
    found += [
        Source(
            name=data.source or data.file_name,
            as_of=data.as_of,
            standing=data.standing,
            licence=data.licence,
            note=data.kind.value,
        )
        for data in scope.book.datasets()
    ]
    if any(office.standing is Standing.SYNTHETIC for office in offices):
        found.append(Source(name="candidate offices", standing=Standing.SYNTHETIC))
    return tuple(dict.fromkeys(found))
