"""What a scenario may not ask of the data that are loaded: found before any layer is built."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.checks import Fault, FaultsError
from geo.notes import said
from geo.places import Level, Office, OfficeKind
from optimizer.staff import StaffGroup
from service.assembly.assumptions import Chosen, choose
from service.assembly.figures import need_rules
from service.assembly.staffing import staff_groups, without_leavers
from service.layerbook import LayerBook
from service.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a plan is made: one governorate, its areas at the finest level that is loaded."""

    governorate: str
    level: Level
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a scenario names, and what is wrong with it."""

    ground: Ground
    chosen: Chosen
    offices: tuple[Office, ...]
    groups: tuple[StaffGroup, ...]
    faults: list[Fault]


def check(book: LayerBook, scenario: Scenario) -> Checked:
    """Everything that needs no layer. Raises ``FaultsError`` where no governorate is meant."""
    chosen, faults = choose(scenario.assumptions)
    ground = _ground(book, scenario)
    offices = _offices(book, ground, scenario)
    groups, leaving = _staff(book, scenario, offices)
    faults += _unknown(book, ground, scenario, offices) + leaving
    return Checked(ground, chosen, offices, groups, faults)


def _refuse(key: str, remedy: str, **params: str) -> FaultsError:
    return FaultsError([Fault(key, remedy, params)])


def _ground(book: LayerBook, scenario: Scenario) -> Ground:
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
    return Ground(chosen, level, tuple(sorted(map(str, book.units(level, chosen).index))))


def _offices(book: LayerBook, ground: Ground, scenario: Scenario) -> tuple[Office, ...]:
    """Offices of the governorate, sorted; candidates only where the scenario may open some."""
    home = book.office_governorates()
    opening = scenario.max_opened > 0 or bool(scenario.offices_open)
    return tuple(
        sorted(
            (
                office
                for office in book.offices()
                if home[office.code] == ground.governorate
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


def _unknown(
    book: LayerBook, ground: Ground, scenario: Scenario, offices: Sequence[Office]
) -> list[Fault]:
    """Codes of the scenario that name nothing that is loaded here."""
    candidates = [o.code for o in offices if o.kind is OfficeKind.CANDIDATE]
    crossings = [one.code for one in book.crossings()]
    rules = book.choices.need
    components = [part.code for part in rules.components]
    named = (
        ("arrivals", [one.area for one in scenario.arrivals], list(ground.areas)),
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
    if scenario.max_opened > 0 and not candidates and not scenario.propose_sites:
        found.append(
            Fault(
                said("No candidate office is loaded, so none can open."),
                said("Load offices of the kind candidate."),
                column="max_opened",
            )
        )
    if not found and not _some_weight(book, scenario):
        found.append(
            Fault(
                said("Every component of need has the weight 0."),
                said("Give one of them a weight."),
                column="need_weights",
            )
        )
    return found


def _some_weight(book: LayerBook, scenario: Scenario) -> bool:
    try:
        return bool(need_rules(book.choices.need, scenario).components)
    except ValueError:
        return False
