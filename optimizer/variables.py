"""The unknowns of an allocation, each container owning its own."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from optimizer.instance import GENDERS, Cell, Instance, StaffClass, StreamKey
from optimizer.staff import Gender, Unit

Var = Any  # ortools ships no types: a MathOpt variable
Expr = Any  # a linear expression of them, or a number


@dataclass(frozen=True)
class Postings:
    """``count[cell, gender]``: officers posted, integer."""

    count: dict[tuple[Cell, Gender], Var]

    def at_office(self, office: str, *genders: Gender) -> list[Var]:
        wanted = genders or GENDERS
        return [v for (c, q), v in self.count.items() if c.office == office and q in wanted]

    def at_cell(self, cell: Cell) -> list[Var]:
        return [self.count[cell, q] for q in GENDERS if (cell, q) in self.count]


@dataclass(frozen=True)
class Rostering:
    """Who fills the postings: ``stay[group]`` of today's staff, ``fill[class, cell]`` others.

    Continuous: with whole postings the rest is a network flow, whole at its corners.
    """

    stay: dict[int, Var]
    fill: dict[tuple[StaffClass, Cell], Var]


@dataclass
class Flows:
    """``hours[stream, office]`` served and ``unmet[stream]``, hours a week, continuous."""

    hours: dict[tuple[StreamKey, str], Var] = field(default_factory=dict)
    unmet: dict[StreamKey, Var] = field(default_factory=dict)
    of_stream: dict[StreamKey, list[Var]] = field(default_factory=lambda: defaultdict(list))
    of_cell: dict[Cell, list[tuple[StreamKey, Var]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def admit(self, key: StreamKey, office: str, variable: Var) -> None:
        """Let the office serve the stream."""
        self.hours[key, office] = variable
        self.of_stream[key].append(variable)
        self.of_cell[Cell(office, key.unit)].append((key, variable))


@dataclass(frozen=True)
class Presence:
    """``at_office[o]``: women posted there; ``access[area]``: within reach of such an office."""

    at_office: dict[str, Var]
    access: dict[str, Var]


@dataclass(frozen=True)
class Patrols:
    """``crew[o, c]``: the c-th crew of an office is on the road; ``vehicles[o]``: new ones."""

    crew: dict[tuple[str, int], Var]
    vehicles: dict[str, Var]


@dataclass(frozen=True)
class Variables:
    """All unknowns of one allocation."""

    opened: dict[str, Var]
    postings: Postings
    rostering: Rostering
    flows: Flows
    presence: Presence
    patrols: Patrols


def create(instance: Instance, model: Any) -> Variables:
    """Add every unknown but the flows: those exist only where ``rules.reach`` lets them."""
    return Variables(
        opened={o: model.add_binary_variable(name=f"open|{o}") for o in instance.offices},
        postings=_postings(instance, model),
        rostering=_rostering(instance, model),
        flows=Flows(),
        presence=_presence(instance, model),
        patrols=_patrols(instance, model),
    )


def _postings(instance: Instance, model: Any) -> Postings:
    return Postings(
        {
            (cell, q): model.add_integer_variable(
                lb=0, ub=instance.most_posted(cell, q), name=f"post|{cell.office}|{cell.unit}|{q}"
            )
            for cell in instance.cells
            for q in GENDERS
            if instance.most_posted(cell, q) > 0
        }
    )


def _rostering(instance: Instance, model: Any) -> Rostering:
    stay = {
        n: model.add_variable(lb=g.count if g.locked else 0, ub=g.count, name=f"stay|{n}")
        for n, g in enumerate(instance.groups)
    }
    fill = {
        (c, cell): model.add_variable(
            lb=0,
            ub=instance.most_posted(cell, c.gender),
            name=f"fill|{n}|{cell.office}|{cell.unit}",
        )
        for n, c in enumerate(instance.classes)
        for cell in instance.cells
        if cell.unit in c.skills
    }
    return Rostering(stay, fill)


def _presence(instance: Instance, model: Any) -> Presence:
    return Presence(
        at_office={o: model.add_binary_variable(name=f"women|{o}") for o in instance.offices},
        access={a: model.add_variable(lb=0, ub=1, name=f"access|{a}") for a in instance.areas},
    )


def _patrols(instance: Instance, model: Any) -> Patrols:
    crew = {
        (o, c): model.add_binary_variable(name=f"crew|{o}|{c}")
        for o in instance.offices
        for c in range(1, instance.most_crews(o) + 1)
    }
    spare = instance.problem.policies.spare_vehicles
    vehicles = {
        o: model.add_integer_variable(lb=0, ub=spare, name=f"vehicles|{o}")
        for o in instance.offices
        if spare and Unit.PATROL in instance.units
    }
    return Patrols(crew, vehicles)
