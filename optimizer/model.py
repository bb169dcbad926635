"""The allocation as a mixed-integer model: unknowns, and the rules applied to them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ortools.math_opt.python import mathopt

from optimizer import variables
from optimizer.instance import Instance
from optimizer.variables import Expr, Var, Variables


@dataclass(frozen=True)
class Slack:
    """How far a rule had to bend at one place. ``weight`` turns it into officer-hours a week."""

    rule: str
    measure: str
    weight: float
    variable: Var
    office: str | None = None
    area: str | None = None
    label: str = ""


@dataclass
class AllocationModel:
    """The container that rules write into.

    ``elastic`` names hard rules that may bend as well: the explanation of infeasible problems
    looks for their cheapest bending. Policy rules always may.
    """

    instance: Instance
    solver: Any
    v: Variables
    elastic: frozenset[str] = frozenset()
    slacks: list[Slack] = field(default_factory=list)

    def require(self, constraint: Any, name: str) -> None:
        """Add a linear row. Rows that hold whatever happens (no unknown in them) are left out."""
        if constraint is True:
            return
        self.solver.add_linear_constraint(constraint, name=name)

    def policy_slack(
        self,
        rule: str,
        measure: str,
        weight: float,
        *,
        office: str | None = None,
        area: str | None = None,
        label: str = "",
        most: float = float("inf"),
    ) -> Expr:
        """A named shortfall of a rule that bends; tier T0 makes it small."""
        name = "|".join(x for x in ("slack", rule, office, area, label) if x)
        variable = self.solver.add_variable(lb=0, ub=most, name=name)
        self.slacks.append(Slack(rule, measure, weight, variable, office, area, label))
        return variable

    def bend(
        self, rule: str, measure: str, weight: float, *, office: str | None = None, label: str = ""
    ) -> Expr:
        """Slack of a hard rule: nothing, unless the rule was made elastic."""
        if rule not in self.elastic:
            return 0.0
        return self.policy_slack(rule, measure, weight, office=office, label=label)


class Rule(Protocol):
    """A file of ``optimizer/rules``."""

    __name__: str
    NAME: str
    HARD: bool

    @staticmethod
    def apply(model: AllocationModel) -> None:
        """Write the rule's rows."""


def total(terms: Iterable[Expr]) -> Expr:
    """Sum of variables, expressions and numbers; 0 when there are none."""
    return mathopt.fast_sum(list(terms))


def build(
    instance: Instance,
    rules: Iterable[Any],
    *,
    elastic: frozenset[str] = frozenset(),
) -> AllocationModel:
    """The model with these rules, and no objective yet."""
    solver = mathopt.Model(name="allocation")
    model = AllocationModel(instance, solver, variables.create(instance, solver), elastic)
    for rule in rules:
        rule.apply(model)
    return model
