"""From the store and a scenario to a problem: everything a solver may know, and no person.

Figures come from *released* layers (``geo.privacy``), so a plan can be shown to whoever may see
the map. Everything that was chosen rather than counted is listed among the assumptions.
"""

from collections.abc import Sequence
from pathlib import Path

from geo.checks import Fault, FaultsError, raise_faults
from geo.layers import Clearance, LayerCode
from geo.notes import said
from geo.places import Level, Office, OfficeKind, Source, Standing
from optimizer.demand import demand_items
from optimizer.problem import Assumption, Problem, ProblemArea, ProblemOffice
from optimizer.staff import StaffGroup, Unit
from service.assembly.assumptions import Chosen, choose
from service.assembly.figures import People, Scope, demand_inputs, need, need_rules, people
from service.assembly.roads import travel
from service.assembly.staffing import hire_lots, staff_groups, without_leavers
from service.base_map import river_lines
from service.layerbook import LayerBook
from service.scenario import Scenario
from service.settings import checkout_data
from service.store import Store


def assemble(store: Store, scenario: Scenario, *, data_dir: Path | None = None) -> Problem:
    """The problem of a scenario on the data that are loaded now.

    Raises ``FaultsError`` with everything that is missing or unknown and what to do about it.
    """
    version = store.data_version()
    book = LayerBook(
        store.at(version),
        version,
        Clearance.RELEASED,
        datasets=store.datasets.list(active=True),
        rivers=river_lines(data_dir or checkout_data()),
    )
    return assemble_from(book, scenario)


def assemble_from(book: LayerBook, scenario: Scenario) -> Problem:
    """As ``assemble``, from a layer book that is open already."""
    chosen, faults = choose(scenario.assumptions)
    scope = _scope(book, scenario)
    offices = _offices(scope, scenario)
    groups, staff_faults = _staff(book, scenario, offices)
    faults += _unknown(scope, scenario, offices) + staff_faults
    folk = people(scope, scenario)
    faults += _emptiness(scope, folk, groups)
    raise_faults(faults)
    index, need_notes = need(scope, scenario)
    inputs = demand_inputs(scope, scenario, folk, index, chosen.shifts)
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
        hires=hire_lots(scenario.hires),
        demand=demand_items(inputs, chosen.demand),
        travel=ways,
        policies=chosen.policies.model_copy(
            update={
                "max_moves": scenario.max_moves,
                "max_opened": scenario.max_opened,
                "women_share_target": scenario.women_share_target,
                "patrol_share_cap": scenario.patrol_share_cap,
                "spare_vehicles": scenario.vehicles,
            }
        ),
        tiers=scenario.tiers,
        assumptions=(*chosen.listed, *folk.assumptions, *need_notes, *way_notes, *_said(scenario)),
        sources=_sources(scope, offices),
        data_version=book.version,
        seed=scenario.seed,
    )


def _refuse(key: str, remedy: str, **params: str) -> FaultsError:
    return FaultsError([Fault(key, remedy, params)])


def _scope(book: LayerBook, scenario: Scenario) -> Scope:
    """One governorate, by the scenario's word or by where the offices stand."""
    known = [area.code for area in book.governorates()]
    if not known:
        raise _refuse(
            said("No boundaries are loaded."), said("Load them: mizan import boundaries FILE")
        )
    chosen = scenario.governorate or book.home() or (known[0] if len(known) == 1 else None)
    if chosen is None:
        raise _refuse(
            said("{count} governorates are loaded and no office says which one is meant."),
            said("Load offices, or name the governorate in the scenario."),
            count=str(len(known)),
        )
    if chosen not in known:
        raise _refuse(
            said("No governorate has the code {code}."),
            said("Use one of: {known}."),
            code=chosen,
            known=", ".join(known),
        )
    levels = (Level.SUBDISTRICT, Level.DISTRICT)
    level = next((one for one in levels if len(book.units(one, chosen))), None)
    if level is None:
        raise _refuse(
            said("The governorate {code} has no districts or sub-districts."),
            said("Load boundaries of its districts or sub-districts."),
            code=chosen,
        )
    period = book.periods()[0]
    areas = tuple(sorted(map(str, book.units(level, chosen).index)))
    return Scope(book, chosen, level, areas, period, book.layers(chosen, period))


def _offices(scope: Scope, scenario: Scenario) -> tuple[Office, ...]:
    """Offices of the governorate, sorted; candidates only where the scenario may open some."""
    home = scope.book.office_governorates()
    opening = scenario.max_opened > 0 or bool(scenario.offices_open)
    return tuple(
        sorted(
            (
                office
                for office in scope.book.offices()
                if home[office.code] == scope.governorate
                and (opening or office.kind is not OfficeKind.CANDIDATE)
            ),
            key=lambda office: office.code,
        )
    )


def _staff(
    book: LayerBook, scenario: Scenario, offices: Sequence[Office]
) -> tuple[tuple[StaffGroup, ...], list[Fault]]:
    here = {office.code for office in offices}
    groups = staff_groups(post for post in book.posts() if post.office in here)
    return without_leavers(groups, scenario.hires)


def _unknown(scope: Scope, scenario: Scenario, offices: Sequence[Office]) -> list[Fault]:
    """Codes of the scenario that name nothing that is loaded here."""
    candidates = [o.code for o in offices if o.kind is OfficeKind.CANDIDATE]
    crossings = [one.code for one in scope.book.crossings()]
    rules = scope.book.choices.need
    components = [part.code for part in rules.components]
    named = (
        ("arrivals", [one.area for one in scenario.arrivals], list(scope.areas)),
        ("offices_open", list(scenario.offices_open), candidates),
        ("crossings_closed", list(scenario.crossings_closed), crossings),
        ("need_weights", list(scenario.need_weights), components),
    )
    found = [
        Fault(
            said("{column} names {code}, which is not loaded here."),
            said("Use one of: {known}."),
            {"column": column, "code": code, "known": ", ".join(known) or "-"},
            column=column,
        )
        for column, codes, known in named
        for code in codes
        if code not in known
    ]
    if scenario.max_opened > 0 and not candidates:
        found.append(
            Fault(
                said("No candidate office is loaded, so none can open."),
                said("Load offices of the kind candidate."),
                column="max_opened",
            )
        )
    if not found and not _some_weight(scope, scenario):
        found.append(
            Fault(
                said("Every component of need has the weight 0."),
                said("Give one of them a weight."),
                column="need_weights",
            )
        )
    return found


def _some_weight(scope: Scope, scenario: Scenario) -> bool:
    try:
        return bool(need_rules(scope.book.choices.need, scenario).components)
    except ValueError:
        return False


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
    )


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
