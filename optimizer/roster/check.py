"""The truth about a roster without a solver: everything counted again from its duties."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from optimizer.audit import Breach
from optimizer.plan import Plan
from optimizer.postings_list import PostingsList
from optimizer.problem import Problem
from optimizer.roster.document import Duty, Roster, RosterLackKind, Weekday, manned_days
from optimizer.staff import Gender, Shift, Unit

RULE = "roster"
DAYS = tuple(Weekday)


class _Faults(list[Breach]):
    def say(self, what: str, amount: float = 1.0, office: str | None = None) -> None:
        self.append(Breach(rule=RULE, what=what, amount=amount, office=office))


def check_roster(
    problem: Problem, plan: Plan, postings: PostingsList, roster: Roster
) -> tuple[Breach, ...]:
    """What is wrong with the roster: nothing when it is empty."""
    faults = _Faults()
    for document in (plan, postings, roster):
        if document.problem_digest != problem.digest:
            faults.say("other_problem")
    shifts = {s.code: s for s in problem.shifts}
    strange = [d for d in roster.duties if d.shift not in shifts or d.week > roster.weeks]
    if strange:
        faults.say("unknown_shift_or_week", len(strange))
        return tuple(faults)
    if not plan.shifts:
        return tuple(faults)
    _posts(postings, roster, faults)
    by_post: dict[str, list[Duty]] = defaultdict(list)
    for duty in roster.duties:
        by_post[duty.post].append(duty)
    for duties in by_post.values():
        _one_post(duties, shifts, roster, faults)
    _counts(plan, by_post, roster, faults)
    _lacks(problem, plan, shifts, roster, faults)
    return tuple(faults)


def _posts(postings: PostingsList, roster: Roster, faults: _Faults) -> None:
    place = {p.post: (p.to_office, p.to_unit, p.gender) for p in postings.places}
    for duty in roster.duties:
        if place.get(duty.post) != (duty.office, duty.unit, duty.gender):
            faults.say(f"not_posted_there:{duty.post}", office=duty.office)


def _one_post(
    duties: Sequence[Duty], shifts: dict[str, Shift], roster: Roster, faults: _Faults
) -> None:
    rules, office = roster.rules, duties[0].office
    when = [((d.week - 1) * 7 + DAYS.index(d.day), shifts[d.shift]) for d in duties]
    when.sort(key=lambda w: w[0])
    for day, shift in when:
        if day % 7 not in manned_days(shift):
            faults.say(f"not_manned:{duties[0].post}", office=office)
    for (day, shift), (later, other) in pairwise(when):
        free = 24 * later + other.start_hour - (24 * day + shift.start_hour + shift.hours)
        if later == day:
            faults.say(f"twice_a_day:{duties[0].post}", office=office)
        elif free < rules.rest_h - 1e-9:
            faults.say(f"rest:{duties[0].post}", rules.rest_h - free, office)
    for week in range(1, roster.weeks + 1):
        mine = [d for d in duties if d.week == week]
        hours = sum(d.hours for d in mine)
        if any(d.hours != shifts[d.shift].hours for d in mine):
            faults.say(f"hours_of_shift:{duties[0].post}", office=office)
        if hours > rules.hours_week + 1e-9:
            faults.say(f"hours_week:{duties[0].post}", hours - rules.hours_week, office)
        if 7 - len({d.day for d in mine}) < rules.days_off:
            faults.say(f"days_off:{duties[0].post}", office=office)
        if len({d.shift for d in mine}) > 1:
            faults.say(f"two_shifts_a_week:{duties[0].post}", office=office)


def _counts(plan: Plan, by_post: dict[str, list[Duty]], roster: Roster, faults: _Faults) -> None:
    """As many officers in each shift as the plan has, every week."""
    asked: Counter[tuple[str, Unit, Gender, str]] = Counter()
    for s in plan.shifts:
        asked[s.office, s.unit, s.gender, s.shift] += s.count
    for week in range(1, roster.weeks + 1):
        stated: Counter[tuple[str, Unit, Gender, str]] = Counter()
        for duties in by_post.values():
            mine = [d for d in duties if d.week == week]
            for d in mine[:1]:
                stated[d.office, d.unit, d.gender, d.shift] += 1
        for key in stated.keys() | asked.keys():
            if stated[key] != asked[key]:
                faults.say(f"count:{key[1]}:{key[3]}", stated[key] - asked[key], key[0])


def _lacks(
    problem: Problem, plan: Plan, shifts: dict[str, Shift], roster: Roster, faults: _Faults
) -> None:
    """Every lack is named, and nothing is named that isn't one."""
    on: Counter[tuple[int, str, str, str]] = Counter()
    women, counsel, patrol = Counter(on), Counter(on), Counter(on)
    for d in roster.duties:
        key = (d.week, d.day.value, d.office, d.shift)
        on[key] += 1
        women[key] += d.gender is Gender.WOMAN
        counsel[key] += d.unit is Unit.REFERRAL
        patrol[key] += d.unit is Unit.PATROL
    crewmen = {c.office: c.crews * problem.policies.patrol_crew for c in plan.crews}
    centre = {o.code: o.referral_centre for o in problem.offices}
    due: set[tuple[str, int, str, str, str, int]] = set()
    for office, code in {(s.office, s.shift) for s in plan.shifts}:
        here = [s for s in plan.shifts if (s.office, s.shift) == (office, code)]
        has = {s.unit for s in here} | {s.gender for s in here}
        for week in range(1, roster.weeks + 1):
            for day in (DAYS[n] for n in manned_days(shifts[code])):
                key = (week, day.value, office, code)
                lacks = {
                    RosterLackKind.NO_COUNSELLOR: int(
                        centre[office] and Unit.REFERRAL in has and not counsel[key]
                    ),
                    RosterLackKind.BELOW_TWO: max(0, 2 - on[key]),
                    RosterLackKind.NO_WOMAN: 2 * (Gender.WOMAN in has and not women[key]),
                    RosterLackKind.LONE_WOMAN: int(women[key] == 1),
                    RosterLackKind.CREW_SHORT: (Unit.PATROL in has)
                    * max(0, crewmen.get(office, 0) - patrol[key]),
                }
                due |= {(kind, week, day, office, code, n) for kind, n in lacks.items() if n}
    stated = {(k.kind, k.week, k.day, k.office, k.shift, k.amount) for k in roster.lacks}
    if due - stated:
        faults.say("lack_not_named", len(due - stated))
    if stated - due:
        faults.say("lack_is_none", len(stated - due))
    for kind, _, _, office, code, _ in due:
        alone = sum(
            s.count
            for s in plan.shifts
            if (s.office, s.shift, s.gender) == (office, code, Gender.WOMAN)
        )
        if kind is RosterLackKind.LONE_WOMAN and alone > 1:
            faults.say("woman_alone", office=office)
