"""From a plan and its post numbers to the duties of one or more weeks."""

from collections import defaultdict
from collections.abc import Sequence

from optimizer.plan import Plan
from optimizer.postings_list import PostingsList
from optimizer.problem import Problem
from optimizer.roster.document import (
    DAY_NUMBER,
    FRIDAY,
    WEEK,
    Duty,
    LateGap,
    Roster,
    RosterGoal,
    RosterLack,
    RosterLackKind,
    RosterRules,
    manned_days,
    unsocial,
)
from optimizer.roster.patterns import (
    TWO,
    UNIT_ORDER,
    OfficeWeek,
    Slot,
    WeekCounts,
    week_counts,
)
from optimizer.roster.people import History, Place, share_out, too_early
from optimizer.shifts import round_cases, women_cases
from optimizer.staff import Gender, Unit


def weekly_roster(
    problem: Problem,
    plan: Plan,
    postings: PostingsList,
    *,
    rules: RosterRules | None = None,
    weeks: int = 1,
    previous: Roster | None = None,
) -> Roster:
    """Duties of every post for ``weeks`` weeks; the plan's shifts say how many work which shift.

    An officer keeps one shift for the week and changes between weeks. Everybody is shown: leave
    and training (the difference between the contract's and the productive hours) come off it.
    ``previous`` carries on its counts of evenings, nights and Fridays, and its last rest.
    """
    chosen = rules or RosterRules()
    if not plan.shifts:
        return Roster(
            problem_digest=problem.digest, weeks=weeks, rules=chosen, duties=(), reason="no_shifts"
        )
    history = _history(problem, previous)
    duties: list[Duty] = []
    goals: list[RosterGoal] = []
    for question in _questions(problem, plan):
        counts = week_counts(question, problem.shifts, chosen, seed=problem.seed)
        made = _office(problem, postings, question, counts, history, chosen, weeks)
        duties += made
        goals += counts.goals
    return Roster(
        problem_digest=problem.digest,
        weeks=weeks,
        rules=chosen,
        duties=tuple(duties),
        lacks=_lacks(problem, plan, duties, weeks),
        goals=tuple(goals),
        late_gaps=_late_gaps(problem, duties),
    )


def _questions(problem: Problem, plan: Plan) -> list[OfficeWeek]:
    number = {s.code: n for n, s in enumerate(problem.shifts)}
    cases = women_cases(problem, plan)
    centres = {o.code for o in problem.offices if o.referral_centre}
    crews = {c.office: c.crews for c in plan.crews}
    found = []
    for office in sorted({s.office for s in plan.shifts}):
        count: dict[Slot, int] = {
            (s.unit, s.gender, number[s.shift]): s.count for s in plan.shifts if s.office == office
        }
        weights = cases.get(office, (0.0,) * len(problem.shifts))
        found.append(
            OfficeWeek(
                office,
                count,
                tuple(round_cases(w) for w in weights),
                office in centres,
                problem.policies.patrol_crew * crews.get(office, 0),
            )
        )
    return found


def _history(problem: Problem, previous: Roster | None) -> History:
    history = History()
    shift = {s.code: s for s in problem.shifts}
    last: dict[str, int] = {}
    for duty in previous.duties if previous else ():
        if duty.shift not in shift:
            continue
        day = DAY_NUMBER[duty.day]
        history.unsocial[duty.post] += unsocial(shift[duty.shift])
        history.fridays[duty.post] += day == FRIDAY
        when = (duty.week - 1) * 7 + day
        if previous and when > last.get(duty.post, -1):
            last[duty.post] = when
            history.last[duty.post] = (when - 7 * previous.weeks, shift[duty.shift])
    return history


def _office(
    problem: Problem,
    postings: PostingsList,
    question: OfficeWeek,
    counts: WeekCounts,
    history: History,
    rules: RosterRules,
    weeks: int,
) -> list[Duty]:
    posts: dict[tuple[Unit, Gender], list[str]] = defaultdict(list)
    for p in postings.places:
        if p.to_office == question.office:
            posts[p.to_unit, p.gender].append(p.post)
    places: dict[tuple[Unit, Gender], list[Place]] = defaultdict(list)
    for ((unit, gender, t), pattern), n in counts.patterns.items():
        places[unit, gender] += [(t, pattern)] * n
    duties = []
    for week in range(1, weeks + 1):
        for unit, gender in sorted(places, key=lambda k: (UNIT_ORDER[k[0]], k[1])):
            mine, seats = posts[unit, gender], places[unit, gender]
            if len(mine) != len(seats):
                raise ValueError(
                    f"{question.office}, {unit}, {gender}: {len(mine)} posts, {len(seats)} places"
                )
            given = share_out(mine, seats, history, problem.shifts, rules)
            for post, (t, pattern) in sorted(given.items()):
                # Only a week before this roster can be so late that the first duty must go.
                tired = too_early(history, post, (t, pattern), problem.shifts, rules)
                worked = pattern[1:] if tired else pattern
                history.note(post, (t, pattern), problem.shifts)
                duties += [
                    Duty(
                        week=week,
                        day=WEEK[d],
                        shift=problem.shifts[t].code,
                        office=question.office,
                        unit=unit,
                        post=post,
                        gender=gender,
                        hours=problem.shifts[t].hours,
                    )
                    for d in worked
                ]
    order = {s.code: n for n, s in enumerate(problem.shifts)}
    return sorted(
        duties,
        key=lambda d: (d.week, DAY_NUMBER[d.day], order[d.shift], UNIT_ORDER[d.unit], d.post),
    )


def _late_gaps(problem: Problem, duties: Sequence[Duty]) -> tuple[LateGap, ...]:
    late = {s.code for s in problem.shifts if unsocial(s)}
    counts: dict[tuple[str, Unit, Gender], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for duty in duties:
        counts[duty.office, duty.unit, duty.gender][duty.post] += duty.shift in late
    return tuple(
        LateGap(office=o, unit=u, gender=q, duties=max(c.values()) - min(c.values()))
        for (o, u, q), c in sorted(counts.items(), key=str)
    )


def _lacks(
    problem: Problem, plan: Plan, duties: Sequence[Duty], weeks: int
) -> tuple[RosterLack, ...]:
    """What is missing on each day of each shift to which the plan posts people."""
    posted: dict[tuple[str, str], list[tuple[Unit, Gender, int]]] = defaultdict(list)
    for s in plan.shifts:
        posted[s.office, s.shift].append((s.unit, s.gender, s.count))
    there: dict[tuple[int, str, str, str], list[Duty]] = defaultdict(list)
    for duty in duties:
        there[duty.week, duty.day, duty.office, duty.shift].append(duty)
    crews = {c.office: c.crews * problem.policies.patrol_crew for c in plan.crews}
    centres = {o.code for o in problem.offices if o.referral_centre}
    found = []
    for office in sorted({o for o, _ in posted}):
        for week in range(1, weeks + 1):
            for number, day in enumerate(WEEK):
                for shift in problem.shifts:
                    due = posted.get((office, shift.code))
                    if due is None or number not in manned_days(shift):
                        continue
                    on = there[week, day, office, shift.code]
                    for kind, amount in _missing(due, on, crews.get(office, 0), office in centres):
                        found.append(
                            RosterLack(
                                kind=kind,
                                week=week,
                                day=day,
                                shift=shift.code,
                                office=office,
                                amount=amount,
                            )
                        )
    return tuple(found)


def _missing(
    posted: Sequence[tuple[Unit, Gender, int]], on: Sequence[Duty], patrol: int, centre: bool
) -> list[tuple[RosterLackKind, int]]:
    units = {u for u, _, _ in posted}
    women_posted = any(q is Gender.WOMAN for _, q, _ in posted)
    women = sum(d.gender is Gender.WOMAN for d in on)
    found = []
    if centre and Unit.REFERRAL in units and not any(d.unit is Unit.REFERRAL for d in on):
        found.append((RosterLackKind.NO_COUNSELLOR, 1))
    if len(on) < TWO:
        found.append((RosterLackKind.BELOW_TWO, TWO - len(on)))
    if women_posted and women == 0:
        found.append((RosterLackKind.NO_WOMAN, TWO))
    if women == 1:
        found.append((RosterLackKind.LONE_WOMAN, 1))
    crewmen = sum(d.unit is Unit.PATROL for d in on)
    if Unit.PATROL in units and crewmen < patrol:
        found.append((RosterLackKind.CREW_SHORT, patrol - crewmen))
    return found
