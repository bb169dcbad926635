"""The plan that the map speaks of: the newest approved one, else the newest one."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import pandas as pd

from geo.notes import said
from geo.places import Level
from optimizer.plan import Status
from service.exports.provenance import worst_standing
from service.locale.words import Words
from service.pages.kinds import PlanFigures, PlanLayer
from service.pages.planview import PlanView
from service.store import PlanHead, Store, StoredPlan

_LEGAL = frozenset({Status.PROVEN.value, Status.FEASIBLE.value})
_UNITS = {
    PlanLayer.WOMEN_DEMAND: said("officer-hours a week that should be women's"),
    PlanLayer.WOMEN_SERVED: said("share of the hours asked"),
    PlanLayer.SERVED: said("share of the hours asked"),
}
_METHOD = said("Sums over the plan's hours by area: what is asked, and what the plan gives.")


@dataclass(frozen=True)
class NewestPlan:
    """A stored plan as the map reads it; ``approved``: a director has said yes."""

    stored: StoredPlan
    approved: bool
    _view: PlanView = field(repr=False)

    @property
    def head(self) -> PlanHead:
        return self.stored.head

    def lead_office(self, code: str, words: Words) -> str:
        """Name of the office that leads in an area; of a district, in most of its areas."""
        services = self._view.services
        codes = [code] if code in services else self._inside.get(code, [])
        leads = [lead for one in codes if (lead := services[one].lead_office) is not None]
        if not leads:
            return ""
        most = max(sorted(set(leads)), key=leads.count)
        return words.name(self._view.offices[most])

    def women_on_duty(self, words: Words) -> dict[str, tuple[tuple[str, int], ...]]:
        """Office -> (shift, women officers of an ordinary week)."""
        shifts = [words.name(shift) for shift in self._view.problem.shifts]
        return {
            office: tuple(zip(shifts, counts, strict=True))
            for office, counts in self._view.women_on_duty()
        }

    @cached_property
    def _inside(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for area in self._view.problem.areas:
            found.setdefault(area.district, []).append(area.code)
        return found

    def layer(self, code: PlanLayer, level: Level) -> PlanFigures:
        """A figure of the plan by area. Raises ``KeyError`` for levels that plans don't speak of.

        Areas that no office reaches have no share; a district's share is over the others.
        """
        if level is Level.SUBDISTRICT:
            figures = {
                area: _of(code, one.women_hours_week, one.women_served_share, one.served_share)
                for area, one in self._view.services.items()
                if code is PlanLayer.WOMEN_DEMAND or not one.no_office_reaches
            }
        elif level is Level.DISTRICT:
            figures = self._of_districts(code)
        else:
            raise KeyError(f"{code} {level}")
        problem = self.stored.problem
        values = pd.DataFrame(
            {"value": pd.Series(figures, dtype=float)}, index=pd.Index(list(figures), name="code")
        )
        return PlanFigures(
            code=code,
            level=level,
            unit=_UNITS[code],
            values=values,
            method=_METHOD,
            standing=worst_standing(problem.sources),
            sources=problem.sources,
        )

    def _of_districts(self, code: PlanLayer) -> dict[str, float | None]:
        if code is PlanLayer.WOMEN_DEMAND:
            services = self._view.services
            return {
                district: sum(services[area].women_hours_week for area in areas)
                for district, areas in self._inside.items()
            }
        return {
            district: _of(code, 0.0, one.women_served_share, one.served_share)
            for district, one in self._view.districts.items()
        }


def _of(
    code: PlanLayer, hours: float, women_share: float | None, share: float | None
) -> float | None:
    if code is PlanLayer.WOMEN_DEMAND:
        return hours
    return women_share if code is PlanLayer.WOMEN_SERVED else share


class PlanShelf:
    """The newest plan of a store, read once for as long as it is the newest."""

    def __init__(self, kept: int = 4) -> None:
        self._kept = kept
        self._found: OrderedDict[tuple[str, bool], NewestPlan] = OrderedDict()
        self._lock = Lock()

    def newest(self, store: Store) -> NewestPlan | None:
        """The newest approved plan, else the newest legal one; ``None`` before the first."""
        heads = self.legal(store)
        if not heads:
            return None
        approved = _approved(store, (head.id for head in heads))
        head = next((head for head in heads if head.id in approved), heads[0])
        return self._held(store, head.id, approved=head.id in approved)

    def legal(self, store: Store) -> list[PlanHead]:
        """Plans that keep every rule, newest first: those that can be laid beside one another."""
        return [head for head in store.plans.list(limit=100) if head.status in _LEGAL]

    def of(self, store: Store, plan_id: str) -> NewestPlan:
        """One plan as the map reads it. Raises ``UnknownError``."""
        return self._held(store, plan_id, approved=plan_id in _approved(store, [plan_id]))

    def _held(self, store: Store, plan_id: str, *, approved: bool) -> NewestPlan:
        key = (plan_id, approved)
        with self._lock:
            if key not in self._found:
                stored = store.plans.get(plan_id)
                view = PlanView(stored.problem, stored.plan, Words("en"))
                self._found[key] = NewestPlan(stored, key[1], view)
            self._found.move_to_end(key)
            while len(self._found) > self._kept:
                self._found.popitem(last=False)
            return self._found[key]


def _approved(store: Store, ids: Iterable[str]) -> set[str]:
    return {plan for plan, decision in store.decisions.newest(ids).items() if decision.approved}
