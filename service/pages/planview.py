"""A plan as people read it: tables and shortfalls in words (its five sentences: ``answer``).

Everything here is arithmetic over the plan and its problem; nothing is judged anew. Shares are
0..1, hours are officer-hours a week.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from geo.notes import said
from geo.places import Standing
from optimizer.plan import Plan, Shortfall, ShortfallKind, Status
from optimizer.problem import Problem, ProblemArea, ProblemOffice
from optimizer.staff import Gender, Unit
from service.exports.provenance import worst_standing
from service.exports.served import AreaService, OfficeStrength, area_services, office_strengths
from service.locale import terms
from service.locale.plan_words import POLICY_RULE
from service.locale.words import Words
from service.maps.classes import SAID_AS_NONE


@dataclass(frozen=True, slots=True)
class DistrictService:
    """How far a district is served; only areas that some office reaches are in the shares."""

    code: str
    hours_week: float
    served_hours_week: float
    women_hours_week: float
    women_served_hours_week: float

    @property
    def women_served_share(self) -> float | None:
        return (
            min(1.0, self.women_served_hours_week / self.women_hours_week)
            if self.women_hours_week > 0
            else None
        )

    @property
    def served_share(self) -> float | None:
        return min(1.0, self.served_hours_week / self.hours_week) if self.hours_week > 0 else None


@dataclass(frozen=True, slots=True)
class UnitReach:
    """How far a unit works daily, and the areas that ask for it but that no open office reaches.

    ``asked`` counts the areas that ask for the unit.
    """

    unit: Unit
    reach_min: float
    asked: int
    out: tuple[str, ...]


@dataclass(frozen=True)
class PlanView:
    """A plan with its problem, and what pages ask of the two."""

    problem: Problem
    plan: Plan
    words: Words
    district_names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def areas(self) -> Mapping[str, ProblemArea]:
        return {area.code: area for area in self.problem.areas}

    @cached_property
    def offices(self) -> Mapping[str, ProblemOffice]:
        return {office.code: office for office in self.problem.offices}

    @cached_property
    def services(self) -> Mapping[str, AreaService]:
        return area_services(self.problem, self.plan)

    @cached_property
    def strengths(self) -> Mapping[str, OfficeStrength]:
        return office_strengths(self.problem, self.plan)

    @cached_property
    def districts(self) -> Mapping[str, DistrictService]:
        """Service by district over the areas that an office reaches."""
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
        for code, served in self.services.items():
            if served.no_office_reaches:
                continue
            total = sums[self.areas[code].district]
            total[0] += served.hours_week
            total[1] += served.served_hours_week
            total[2] += served.women_hours_week
            total[3] += served.women_served_hours_week
        return {code: DistrictService(code, *total) for code, total in sums.items()}

    @cached_property
    def worst_women(self) -> DistrictService | None:
        """The district where the least of women's demand is served."""
        asked = [one for one in self.districts.values() if one.women_served_share is not None]
        return min(asked, key=lambda one: (one.women_served_share or 0.0, one.code), default=None)

    @cached_property
    def worst_all(self) -> DistrictService | None:
        asked = [one for one in self.districts.values() if one.served_share is not None]
        return min(asked, key=lambda one: (one.served_share or 0.0, one.code), default=None)

    @cached_property
    def women_share(self) -> float | None:
        """Share of women's demand that is served, everywhere."""
        asked = sum(one.women_hours_week for one in self.services.values())
        given = sum(one.women_served_hours_week for one in self.services.values())
        return min(1.0, given / asked) if asked > 0 else None

    @cached_property
    def hours_week(self) -> float:
        """Officer-hours a week that all areas ask for."""
        return sum(one.hours_week for one in self.services.values())

    @cached_property
    def served_share(self) -> float | None:
        asked = self.hours_week
        given = sum(one.served_hours_week for one in self.services.values())
        return min(1.0, given / asked) if asked > 0 else None

    @cached_property
    def out_of_reach(self) -> Sequence[str]:
        return [code for code, one in self.services.items() if one.no_office_reaches]

    @cached_property
    def women_with_access(self) -> float | None:
        """Share of women residents who live within reach of women officers."""
        everybody = sum(area.women_residents for area in self.problem.areas)
        lacking = sum(
            self.areas[code].women_residents
            for code, one in self.services.items()
            if one.no_woman_in_reach
        )
        return (everybody - lacking) / everybody if everybody > 0 else None

    @cached_property
    def women_unserved(self) -> Sequence[str]:
        """Areas that ask for women officers and get none: a share that is said as 0 %."""
        return [
            code
            for code, one in self.services.items()
            if one.women_served_share is not None and one.women_served_share < SAID_AS_NONE
        ]

    @cached_property
    def women_missing(self) -> int:
        """Women officers, in whole persons, that the asked share of women still lacks."""
        lack = sum(one.amount for one in self.plan.shortfalls if one.rule == "women_share")
        return math.ceil(lack - 1e-6)  # a product like 0.3 x 90 may end a trace above the whole

    @property
    def women_way(self) -> str:
        """How far women officers may be for women to have access, in words."""
        way_min = round(self.problem.policies.women_reach_min)
        return self.words.count("{n} minute by road", "{n} minutes by road", way_min)

    @cached_property
    def reaches(self) -> Sequence["UnitReach"]:
        """Each unit that is asked for, the shortest way first, with the areas left out."""
        near: dict[str, float] = {}
        for pair in self.problem.travel:
            if pair.office in self.plan.open_offices:
                known = near.get(pair.area, pair.travel_min)
                near[pair.area] = min(known, pair.travel_min)
        asked: dict[Unit, set[str]] = defaultdict(set)
        for item in self.problem.demand:
            if item.hours_week > 0:
                asked[item.unit].add(item.area)
        rules = sorted(self.problem.units, key=lambda rule: rule.reach_min)
        return [
            UnitReach(
                unit=rule.unit,
                reach_min=rule.reach_min,
                asked=len(asked[rule.unit]),
                out=tuple(
                    code
                    for code in self.areas
                    if code in asked[rule.unit] and not near.get(code, math.inf) <= rule.reach_min
                ),
            )
            for rule in rules
            if asked[rule.unit]
        ]

    @property
    def moves(self) -> int:
        return sum(one.count for one in self.plan.transfers if one.from_office is not None)

    @property
    def hired(self) -> int:
        return sum(lot.count for lot in self.problem.hires)

    @property
    def hired_women(self) -> int:
        return sum(lot.count for lot in self.problem.hires if lot.gender is Gender.WOMAN)

    @property
    def officers(self) -> int:
        return sum(one.count for one in self.plan.postings)

    @property
    def women(self) -> int:
        return sum(one.count for one in self.plan.postings if one.gender is Gender.WOMAN)

    @property
    def opened(self) -> Sequence[str]:
        return [
            code
            for code in self.plan.open_offices
            if code in self.offices and self.offices[code].is_candidate
        ]

    @property
    def standing(self) -> Standing:
        return worst_standing(self.problem.sources)

    @property
    def proven(self) -> bool:
        return self.plan.status is Status.PROVEN

    def area(self, code: str | None) -> str:
        """Name of an area or of a district; the code where it has none."""
        if code is None:
            return ""
        return self.words.name(self.areas[code]) if code in self.areas else code

    def office(self, code: str | None) -> str:
        if code is None:
            return ""
        return self.words.name(self.offices[code]) if code in self.offices else code

    def shift(self, code: str | None) -> str:
        found = next((one for one in self.problem.shifts if one.code == code), None)
        return self.words.name(found) if found else (code or "")

    def listed(self, names: Sequence[str], most: int = 4) -> str:
        """Names in a row, and how many more there are."""
        t = self.words.say
        shown = list(names if len(names) == most + 1 else names[:most])
        more = len(names) - len(shown)
        if more:
            shown.append(t("{n} more", n=self.words.number(more)))
        if len(shown) < 2:  # noqa: PLR2004 (nothing to join)
            return "".join(shown)
        return t("{first} and {last}", first=self.words.joined(shown[:-1]), last=shown[-1])

    def postings(self) -> list[tuple[str, Unit, int, int, int, int]]:
        """Office, unit, men today and planned, women today and planned; empty rows left out."""
        table: dict[tuple[str, Unit], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for group in self.problem.staff:
            woman = group.gender is Gender.WOMAN
            table[group.office, group.unit][2 if woman else 0] += group.count
        for posting in self.plan.postings:
            woman = posting.gender is Gender.WOMAN
            table[posting.office, posting.unit][3 if woman else 1] += posting.count
        order = {code: place for place, code in enumerate(self.offices)}
        units = list(Unit)
        rows = sorted(table, key=lambda key: (order.get(key[0], 99), units.index(key[1])))
        return [(*key, *table[key]) for key in rows]  # type: ignore[misc]  # four figures each

    def postings_by_office(self) -> list[tuple[str, list[tuple[Unit, int, int, int, int]]]]:
        """``postings`` with the rows of an office together, each office once."""
        found: dict[str, list[tuple[Unit, int, int, int, int]]] = defaultdict(list)
        for office, *row in self.postings():
            found[office].append(tuple(row))  # type: ignore[arg-type]  # a unit and four figures
        return list(found.items())

    def on_duty(self) -> list[tuple[str, list[tuple[Unit, list[tuple[int, int]]]]]]:
        """Of each open office and unit, by shift: officers, and women officers among them."""
        table: dict[tuple[str, Unit, str], list[int]] = defaultdict(lambda: [0, 0])
        for one in self.plan.shifts:
            cell = table[one.office, one.unit, one.shift]
            cell[0] += one.count
            cell[1] += one.count if one.gender is Gender.WOMAN else 0
        found = []
        for office in self.plan.open_offices:
            units = [u for u in Unit if any(key[:2] == (office, u) for key in table)]
            rows = [
                (u, [(c[0], c[1]) for c in (table[office, u, s.code] for s in self.problem.shifts)])
                for u in units
            ]
            if rows:
                found.append((office, rows))
        return found

    def women_on_duty(self) -> list[tuple[str, list[int]]]:
        """Women officers of each open office by shift, in the order of the problem's shifts."""
        table: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for one in self.plan.shifts:
            if one.gender is Gender.WOMAN:
                table[one.office][one.shift] += one.count
        return [
            (code, [table[code][shift.code] for shift in self.problem.shifts])
            for code in self.plan.open_offices
        ]


def district_name(view: PlanView, code: str) -> str:
    """A district's name; its code where no unit of that code is loaded any more."""
    if code in view.areas:
        return view.area(code)
    return view.district_names.get(code, code)


_SHORTFALL_SENTENCES: dict[ShortfallKind, str] = {
    ShortfallKind.OUT_OF_REACH: said("{area}: no office reaches it in daily work for {unit}."),
    ShortfallKind.NO_WOMAN_IN_REACH: said("{area}: no woman officer is posted within {way}."),
    ShortfallKind.UNMET_HOURS: said("{area}: {amount} hours a week of {unit} are not served."),
    ShortfallKind.UNMET_WOMEN_HOURS: said(
        "{area}: {amount} hours a week that need a woman officer of {unit} are not served."
    ),
    ShortfallKind.SHIFT_WITHOUT_WOMEN: said(
        "{office}, {shift}: no woman on duty; {amount} cases a week that need one fall into it."
    ),
    ShortfallKind.SHIFT_BELOW_TWO: said("{office}, {shift}: fewer than two of {unit} on duty."),
    ShortfallKind.POLICY: said("A policy bends by {amount}: {rule}."),
}


def shortfall_sentence(view: PlanView, lack: Shortfall) -> str:
    """A lack in one sentence."""
    words = view.words
    if lack.rule == "women_share" and view.women_missing:
        return women_missing_sentence(view)
    unit = words.say(terms.UNIT[lack.unit]) if lack.unit else words.say("all units")
    return words.say(
        _SHORTFALL_SENTENCES[lack.kind],
        area=view.area(lack.area),
        office=view.office(lack.office),
        shift=view.shift(lack.shift),
        unit=unit,
        way=view.women_way,
        amount=words.two_figures(lack.amount),
        rule=_rule_words(view, lack),
    )


def women_missing_sentence(view: PlanView) -> str:
    """How many women officers the share that was asked for still lacks; "" where none."""
    if not view.women_missing:
        return ""
    return view.words.count(
        "For a share of {share}, {n} woman officer is missing.",
        "For a share of {share}, {n} women officers are missing.",
        view.women_missing,
        share=view.words.percent(view.problem.policies.women_share_target),
    )


def _rule_words(view: PlanView, lack: Shortfall) -> str:
    """The rule that bends, and at which office; plans of other versions may hold other keys."""
    rule = view.words.say(POLICY_RULE[lack.rule]) if lack.rule in POLICY_RULE else lack.rule
    return f"{rule} ({view.office(lack.office)})" if lack.office else rule


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of several plans side by side; ``best`` marks the plans that do best."""

    label: str
    cells: tuple[str, ...]
    best: tuple[bool, ...]


def _unpatrolled(view: PlanView) -> float | None:
    found = next((one for one in view.reaches if one.unit is Unit.PATROL), None)
    return None if found is None else float(len(found.out))


def _access_words(views: Sequence[PlanView]) -> str:
    """Within how many minutes, where all plans mean the same way."""
    words = views[0].words
    if len({view.women_way for view in views}) > 1:
        return words.say("Women residents within reach of women officers")
    return words.say("Women residents within {way} of a woman officer", way=views[0].women_way)


def compare(views: Sequence[PlanView]) -> list[Comparison]:
    """What people ask first when they hold plans against one another."""
    words = views[0].words
    t = words.say
    rows: list[tuple[str, list[float | None], bool, bool | None]] = [
        (
            t("Women's demand served in the worst district"),
            [v.worst_women.women_served_share if v.worst_women else None for v in views],
            True,
            True,
        ),
        (t("Women's demand served"), [v.women_share for v in views], True, True),
        (
            _access_words(views),
            [v.women_with_access for v in views],
            True,
            True,
        ),
        (
            t("Demand served in the worst district"),
            [v.worst_all.served_share if v.worst_all else None for v in views],
            True,
            True,
        ),
        (t("All demand served"), [v.served_share for v in views], True, True),
        (t("Areas that patrols don't reach daily"), [_unpatrolled(v) for v in views], False, False),
        (
            t("Areas that no unit reaches daily"),
            [float(len(v.out_of_reach)) for v in views],
            False,
            False,
        ),
        (t("Officers moved"), [float(v.moves) for v in views], False, False),
        # More people on the roll is what was asked for, not what a plan achieves.
        (t("Officers"), [float(v.officers) for v in views], False, None),
        (t("Women officers"), [float(v.women) for v in views], False, None),
    ]
    found = []
    for label, values, is_share, more in rows:
        known = [value for value in values if value is not None]
        top = (max(known) if more else min(known)) if known else None
        tells = more is not None and len(set(known)) > 1
        found.append(
            Comparison(
                label=label,
                cells=tuple(
                    words.percent(value, 1) if is_share else words.number(value) for value in values
                ),
                best=tuple(tells and value == top for value in values),
            )
        )
    return found


def margins(view: PlanView, others: Sequence[tuple[str, PlanView]]) -> str:
    """By how many percentage points women in the worst district are better served than in others.

    ``others`` are plans with the words they are called by; "" where one of them has no such demand.
    """
    words = view.words
    if view.worst_women is None or view.worst_women.women_served_share is None:
        return ""
    here = view.worst_women.women_served_share
    parts = []
    for name, other in others:
        if other.worst_women is None or other.worst_women.women_served_share is None:
            return ""
        points = 100 * (here - other.worst_women.women_served_share)
        figure = f"\u2066{words.signed(points, 1)}\u2069"  # the sign stays before the figure
        parts.append(words.say("{points} points ({against})", points=figure, against=name))
    return words.say(
        "In the worst district {share} of women's demand is served; against today and simpler "
        "ways: {parts}.",
        share=words.percent(here, 1),
        parts=view.listed(parts),
    )
