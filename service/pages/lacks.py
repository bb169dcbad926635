"""What a plan lacks: one list, area by area, the most hours first, each lack said once.

Hours that need a woman officer are part of the hours that are not served, so they are told with
them and never as a second shortfall. What would be said as 0.0 hours is one line with its total.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geo.notes import said
from optimizer.plan import Shortfall, ShortfallKind
from optimizer.staff import Unit
from service.locale import terms
from service.locale.plan_words import TRACE_H
from service.locale.words import Words
from service.pages.planview import PlanView, shortfall_sentence

FIRST = 8
"""Areas that are listed at once; the others are folded below them."""


@dataclass(frozen=True, slots=True)
class UnitLack:
    """Hours a week of one unit that an area asks and does not get; some may need a woman.

    ``unit`` is ``None`` where a plan of another tool tells of all units together.
    """

    unit: Unit | None
    hours_week: float
    women_hours_week: float


@dataclass(frozen=True, slots=True)
class AreaLack:
    """An area with what it lacks, the units with the most hours first."""

    name: str
    units: tuple[UnitLack, ...]

    @property
    def hours_week(self) -> float:
        return sum(one.hours_week for one in self.units)

    @property
    def women_hours_week(self) -> float:
        return sum(one.women_hours_week for one in self.units)

    @property
    def tells_women(self) -> bool:
        """Whether the hours that need a woman officer are more than a trace."""
        return self.women_hours_week >= TRACE_H


@dataclass(frozen=True, slots=True)
class Lacks:
    """All that a plan lacks. ``first`` and ``rest`` are areas within reach that lack hours.

    ``others`` are sentences: rules that bend, shifts without women, areas that no unit or no woman
    officer reaches. ``traces`` is one sentence for what rounds to nothing, or empty.
    """

    others: tuple[str, ...]
    first: tuple[AreaLack, ...]
    rest: tuple[AreaLack, ...]
    traces: str
    count: int
    """How many there are, each unit of an area counted by itself."""

    @property
    def none(self) -> bool:
        return not (self.others or self.first or self.traces)

    @property
    def areas(self) -> tuple[AreaLack, ...]:
        return self.first + self.rest

    @property
    def hours_week(self) -> float:
        return sum(one.hours_week for one in self.areas)

    @property
    def women_hours_week(self) -> float:
        return sum(one.women_hours_week for one in self.areas)

    @property
    def only_women(self) -> bool:
        """Whether every hour that is lacking needs a woman officer, but for a trace."""
        return self.hours_week - self.women_hours_week < TRACE_H

    @property
    def rest_hours_week(self) -> float:
        return sum(one.hours_week for one in self.rest)


def lacks_of(view: PlanView, first: int = FIRST) -> Lacks:
    """Every shortfall of the plan in its place."""
    by_kind: dict[ShortfallKind, list[Shortfall]] = defaultdict(list)
    for lack in view.plan.shortfalls:
        by_kind[lack.kind].append(lack)
    areas, traces = _areas(view, by_kind)
    return Lacks(
        others=tuple(_others(view, by_kind)),
        first=areas[:first],
        rest=areas[first:],
        traces=traces,
        count=len(each_once(view.plan.shortfalls)),
    )


def each_once(lacks: Iterable[Shortfall]) -> list[tuple[Shortfall, float | None]]:
    """Every lack with the hours of it that need a woman officer, ``None`` where it has no hours.

    Women's hours stand by themselves only where nothing tells of those that they are part of.
    """
    every = list(lacks)
    women = {
        (one.area, one.unit): one.amount
        for one in every
        if one.kind is ShortfallKind.UNMET_WOMEN_HOURS
    }
    told = {(one.area, one.unit) for one in every if one.kind is ShortfallKind.UNMET_HOURS}
    found: list[tuple[Shortfall, float | None]] = []
    for one in every:
        place = (one.area, one.unit)
        if one.kind is ShortfallKind.UNMET_HOURS:
            found.append((one, min(women.get(place, 0.0), one.amount)))
        elif one.kind is not ShortfallKind.UNMET_WOMEN_HOURS:
            found.append((one, None))
        elif place not in told:
            found.append((one, one.amount))
    return found


def _areas(
    view: PlanView, by_kind: Mapping[ShortfallKind, Sequence[Shortfall]]
) -> tuple[tuple[AreaLack, ...], str]:
    """Areas that lack hours, the most first, and the sentence of what rounds to nothing."""
    hours = (ShortfallKind.UNMET_HOURS, ShortfallKind.UNMET_WOMEN_HOURS)
    units: dict[str, list[UnitLack]] = defaultdict(list)
    traces: list[Shortfall] = []
    for lack, women_hours in each_once(one for kind in hours for one in by_kind[kind]):
        if lack.amount < TRACE_H:
            traces.append(lack)
        else:
            units[lack.area or ""].append(UnitLack(lack.unit, lack.amount, women_hours or 0.0))
    found = [
        AreaLack(view.area(code), tuple(sorted(lacks, key=_most_hours_first)))
        for code, lacks in units.items()
    ]
    found.sort(key=lambda one: (-one.hours_week, one.name))
    return tuple(found), _traces(view, traces)


def _traces(view: PlanView, lacks: Sequence[Shortfall]) -> str:
    if not lacks:
        return ""
    words = view.words
    total_h = sum(lack.amount for lack in lacks)
    # In minutes: hours of one decimal would say none of them.
    return words.count(
        "One more lack is under {least} hours a week; it comes to {minutes}.",
        "{n} more lacks are under {least} hours a week each; together they come to {minutes}.",
        len(lacks),
        least=words.number(0.1, 1),
        minutes=words.count("{n} minute a week", "{n} minutes a week", max(1, round(60 * total_h))),
    )


def _others(view: PlanView, by_kind: Mapping[ShortfallKind, Sequence[Shortfall]]) -> list[str]:
    """Sentences: what bends, who is out of reach of all and of women officers, shifts."""
    found = _by_amount(view, by_kind[ShortfallKind.POLICY])
    found += _out_of_reach(view, by_kind[ShortfallKind.OUT_OF_REACH])
    without = by_kind[ShortfallKind.NO_WOMAN_IN_REACH]
    if without:
        found.append(
            view.words.say(
                "No woman officer is posted within {way} of {areas}.",
                way=view.women_way,
                areas=_named(view, sorted(without, key=lambda lack: -lack.amount)),
            )
        )
    found += _by_amount(view, by_kind[ShortfallKind.SHIFT_WITHOUT_WOMEN])
    return found + _by_amount(view, by_kind[ShortfallKind.SHIFT_BELOW_TWO])


def _by_amount(view: PlanView, lacks: Sequence[Shortfall]) -> list[str]:
    largest_first = sorted(lacks, key=lambda lack: -lack.amount)
    return [shortfall_sentence(view, lack) for lack in largest_first]


def _out_of_reach(view: PlanView, lacks: Sequence[Shortfall]) -> list[str]:
    """A sentence a unit; units that leave out the same areas share one."""
    words = view.words
    areas: dict[Unit | None, list[Shortfall]] = defaultdict(list)
    for lack in lacks:
        areas[lack.unit].append(lack)
    shared: dict[tuple[str | None, ...], list[Unit | None]] = defaultdict(list)
    for unit, those in areas.items():
        shared[tuple(sorted({lack.area or "" for lack in those}))].append(unit)
    found = []
    for units in shared.values():
        those = [lack for unit in units for lack in areas[unit]]
        hours = sum(lack.amount for lack in those)
        told = words.say(
            said("{unit}: no office reaches {areas} in daily work ({hours} hours a week)."),
            unit=view.listed([unit_words(view.words, unit) for unit in units], most=len(units)),
            areas=_named(view, those),
            hours=words.two_figures(hours),
        )
        found.append((hours, told))
    return [told for _, told in sorted(found, key=lambda one: -one[0])]


def _most_hours_first(lack: UnitLack) -> tuple[float, int]:
    return -lack.hours_week, len(Unit) if lack.unit is None else list(Unit).index(lack.unit)


def unit_words(words: Words, unit: Unit | None) -> str:
    """A unit's name, or that all of them are meant."""
    return words.say(terms.UNIT[unit]) if unit else words.say("all units")


def _named(view: PlanView, lacks: Sequence[Shortfall]) -> str:
    names = list(dict.fromkeys(view.area(lack.area) for lack in lacks))
    return view.listed(names, most=len(names))
