"""The folded part of the scenario form: tolerances of goals, weights of need, assumptions.

Each field is empty where the default holds, which it shows; only what was typed goes into the
scenario. Keys are those of ``service.assembly.assumptions``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from geo.incidents import CATEGORIES
from geo.need import DEFAULT_COMPONENTS
from geo.notes import Note, said
from optimizer.problem import Assumption, TierName
from optimizer.staff import Unit
from service.assembly.assumptions import choose
from service.locale.assumption_labels import LOAD, assumption_label
from service.locale.words import Words
from service.pages.form_reading import Reading
from service.scenario import Scenario

MOST_EPS_PERCENT = 20.0
MOST_WEIGHT = 100.0
LARGEST = 1e6

_NUMBER = said("Give a number from {low} to {high}.")
_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (said("Forum meetings and awareness sessions"), ("forums", "sessions")),
    (said("Arrivals and presence"), ("arrivals", "clans", "presence")),
    (said("Working time, women, patrols"), ("policies", "offices", "hires")),
    (said("Reach, visits and travel"), ("reach", "visit", "travel")),
)


def assumption_field(key: str) -> str:
    return f"as_{key}"


def eps_field(tier: TierName) -> str:
    return f"eps_{tier.value}"


def weight_field(code: str) -> str:
    return f"weight_{code}"


@dataclass(frozen=True, slots=True)
class Choosable:
    """One assumption as the form shows it; shares are typed in per cent."""

    key: str
    label: str
    default: float
    unit: str

    @property
    def field(self) -> str:
        return assumption_field(self.key)

    @property
    def is_share(self) -> bool:
        return self.unit == "share"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What a category of cases asks for: ``loads`` are (unit, share, officers, minutes)."""

    category: str
    kappa: Choosable
    omega: Choosable
    loads: tuple[tuple[Unit, Choosable, Choosable, Choosable], ...]


def _defaults() -> dict[str, Assumption]:
    # Shifts are told with the plan; nothing reads them from a scenario.
    listed = choose({})[0].listed
    return {one.key: one for one in listed if not one.key.startswith("shifts.")}


def assumption_groups(words: Words) -> list[tuple[str, list[Choosable]]]:
    """Assumptions other than those of cases, by what they are about."""
    found = []
    for title, firsts in _GROUPS:
        rows = [
            _choosable(words, one)
            for key, one in _defaults().items()
            if key.partition(".")[0] in firsts
        ]
        found.append((title, rows))
    return found


def case_rows(words: Words) -> list[CaseRow]:
    """One row a category of cases."""
    every = _defaults()
    found = []
    for category in CATEGORIES:
        start = f"incidents.{category}"
        if f"{start}.kappa" not in every:
            continue
        loads = tuple(
            (
                unit,
                *(_choosable(words, every[f"{start}.{unit.value}.{name}"]) for name in LOAD),
            )
            for unit in Unit
            if f"{start}.{unit.value}.minutes" in every
        )
        found.append(
            CaseRow(
                category,
                _choosable(words, every[f"{start}.kappa"]),
                _choosable(words, every[f"{start}.omega"]),
                cast("tuple[tuple[Unit, Choosable, Choosable, Choosable], ...]", loads),
            )
        )
    return found


def _choosable(words: Words, one: Assumption) -> Choosable:
    assert not isinstance(one.value, str)
    return Choosable(one.key, assumption_label(words, None, one.key), one.value, one.unit)


def need_parts() -> Sequence[tuple[str, float]]:
    """Components of need with their usual weights."""
    return [(part.code, part.weight) for part in DEFAULT_COMPONENTS]


def typed_finer(scenario: Scenario) -> dict[str, Any]:
    """What the folded part shows for ``scenario``."""
    typed: dict[str, Any] = {}
    for rule in scenario.tiers:
        if rule.eps:
            typed[eps_field(rule.name)] = f"{rule.eps * 100:g}"
    for code, weight in scenario.need_weights.items():
        typed[weight_field(code)] = f"{weight:g}"
    every = _defaults()
    for key, value in scenario.assumptions.items():
        share = key in every and every[key].unit == "share"
        typed[assumption_field(key)] = f"{value * 100 if share else value:g}"
    return typed


def read_eps(reading: Reading, tier: TierName) -> float:
    """Share of the goal's value that later goals may give back."""
    percent = reading.number(eps_field(tier), 0, MOST_EPS_PERCENT, _NUMBER)
    return 0.0 if percent is None else percent / 100


def read_weights(reading: Reading) -> dict[str, float]:
    """Weights that were typed; a fault where all of them would be 0."""
    found: dict[str, float] = {}
    for code, _ in need_parts():
        weight = reading.number(weight_field(code), 0, MOST_WEIGHT, _NUMBER)
        if weight is not None:
            found[code] = weight
    if not any(found.get(code, usual) for code, usual in need_parts()):
        first = weight_field(need_parts()[0][0])
        reading.faults[first] = Note(said("At least one weight must be above 0."))
    return found


def read_assumptions(reading: Reading) -> dict[str, float]:
    """Assumptions that were typed and differ from the default; each is tried by itself."""
    found: dict[str, float] = {}
    for key, one in _defaults().items():
        field = assumption_field(key)
        high = 100.0 if one.unit == "share" else LARGEST
        typed = reading.number(field, 0, high, _NUMBER)
        if typed is None:
            continue
        value = typed / 100 if one.unit == "share" else typed
        if choose({key: value})[1]:
            reading.faults[field] = Note(said("The model can't work with this figure."))
        elif value != one.value:
            found[key] = value
    return found


def count_changed(typed: Mapping[str, Any]) -> int:
    """How many of the folded fields hold something."""
    starts = ("eps_", "weight_", "as_")
    return sum(bool(str(value).strip()) for name, value in typed.items() if name.startswith(starts))
