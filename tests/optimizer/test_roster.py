"""The weekly roster: hours, rest, days off, women in pairs, fair evenings, named lacks."""

import random
from collections import Counter

import pytest

from optimizer.cover import cheapest_starts
from optimizer.plan import Crews, Plan, Posting, ShiftPosting, Status
from optimizer.posts import numbered_posts, post_numbers
from optimizer.problem import Policies, Term
from optimizer.roster import RosterLackKind, RosterRules, Weekday, check_roster, weekly_roster
from optimizer.roster.document import manned_days, unsocial
from optimizer.roster.patterns import days_off_apart, patterns_of
from optimizer.staff import Shift, Unit
from tests.optimizer.builders import MAN, WOMAN, P, R, T, W, demand, office, staff, tiny

MORNING = Shift(code="morning", name_ar="ص", name_en="Morning", start_hour=8, hours=8)
EVENING = Shift(code="evening", name_ar="م", name_en="Evening", start_hour=16, hours=8)
NIGHT = Shift(code="night", name_ar="ل", name_en="Night", start_hour=0, hours=8)
ALL_DAY = Shift(code="all_day", name_ar="ي", name_en="All day", start_hour=8, hours=24)
WEEKDAYS = MORNING.model_copy(update={"days_week": 5})


def asked(*rows, shifts=(MORNING, EVENING), **changes):
    """A problem whose staff stands as planned, and the plan: rows of (unit, gender, shift, n)."""
    counts = Counter()
    for unit, gender, _, n in rows:
        counts[unit, gender] += n
    base = {
        "offices": (office("O1", referral_centre=True), office("O2")),
        "units": tuple(tiny().units[0].model_copy(update={"unit": u}) for u in Unit),
        "staff": tuple(staff("O1", u, q, n) for (u, q), n in counts.items()),
        "demand": (),
        "shifts": shifts,
    }
    problem = tiny(**(base | changes))
    plan = Plan(
        status=Status.FEASIBLE,
        method="test",
        problem_digest=problem.digest,
        open_offices=("O1",),
        postings=tuple(
            Posting(office="O1", unit=u, gender=q, count=n) for (u, q), n in counts.items()
        ),
        shifts=tuple(
            ShiftPosting(office="O1", unit=u, shift=s.code, gender=q, count=n)
            for u, q, s, n in rows
        ),
    )
    return problem, plan, post_numbers(problem, plan, numbered_posts(problem))


def made(question, **how):
    """A roster that the checker finds nothing wrong with."""
    roster = weekly_roster(*question, **how)
    assert check_roster(*question, roster) == ()
    return roster


def lacks(roster, kind):
    return [k for k in roster.lacks if k.kind is kind]


def test_two_women_share_their_days_and_the_others_are_named():
    roster = made(asked((W, WOMAN, MORNING, 2), (T, MAN, MORNING, 3)))
    women = Counter(d.day for d in roster.duties if d.gender is WOMAN)
    assert set(women.values()) == {2}
    assert len(women) == 5
    missing = lacks(roster, RosterLackKind.NO_WOMAN)
    assert {k.day for k in missing} == set(Weekday) - set(women)
    assert {k.amount for k in missing} == {2}


@pytest.mark.parametrize("women", [2, 3, 4, 5])
def test_women_are_never_alone(women):
    roster = made(asked((W, WOMAN, MORNING, women), (P, MAN, EVENING, 4)))
    on = Counter(d.day for d in roster.duties if d.gender is WOMAN)
    assert min(on.values()) >= 2
    assert sum(on.values()) == 5 * women
    assert len(lacks(roster, RosterLackKind.NO_WOMAN)) == (2 if women == 2 else 0)


def test_women_of_two_units_make_a_pair():
    roster = made(asked((W, WOMAN, MORNING, 1), (R, WOMAN, MORNING, 1), (T, MAN, MORNING, 4)))
    days = {u: {d.day for d in roster.duties if d.unit is u} for u in (W, R)}
    assert days[W] == days[R]


def test_one_woman_in_a_shift_is_named_every_time():
    roster = made(asked((W, WOMAN, MORNING, 1), (T, MAN, MORNING, 4)))
    assert len(lacks(roster, RosterLackKind.LONE_WOMAN)) == 5


def test_the_referral_centre_comes_first():
    """Two counsellors could both keep company on the same days; they spread instead."""
    roster = made(asked((R, MAN, MORNING, 2), (T, MAN, MORNING, 4)))
    assert {d.day for d in roster.duties if d.unit is R} == set(Weekday)
    assert not lacks(roster, RosterLackKind.NO_COUNSELLOR)
    one = made(asked((R, MAN, MORNING, 1), (T, MAN, MORNING, 4)))
    assert len(lacks(one, RosterLackKind.NO_COUNSELLOR)) == 2


def test_two_women_counsellors_are_not_torn_apart_to_cover_more_days():
    roster = made(asked((R, WOMAN, MORNING, 2), (T, MAN, MORNING, 4)))
    assert len(lacks(roster, RosterLackKind.NO_COUNSELLOR)) == 2
    assert not lacks(roster, RosterLackKind.LONE_WOMAN)


def test_two_are_on_duty_where_there_are_enough():
    roster = made(asked((T, MAN, MORNING, 3), (T, MAN, EVENING, 2)))
    below = lacks(roster, RosterLackKind.BELOW_TWO)
    assert {k.shift for k in below} == {"evening"}
    assert sum(k.amount for k in below) == 2 * 7 - 2 * 5


def test_patrol_crews_are_manned_every_day_or_named():
    problem, plan, postings = asked((P, MAN, MORNING, 3), (P, MAN, EVENING, 2))
    plan = plan.model_copy(update={"crews": (Crews(office="O1", crews=1, vehicles=1),)})
    roster = made((problem, plan, postings))
    short = lacks(roster, RosterLackKind.CREW_SHORT)
    assert {(k.shift, k.amount) for k in short} <= {("evening", 1), ("evening", 2)}
    assert sum(k.amount for k in short) == 2 * 7 - 2 * 5


def test_evenings_go_round_over_the_weeks():
    question = asked((T, MAN, MORNING, 4), (T, MAN, EVENING, 4))
    roster = made(question, weeks=4)
    late = Counter(d.post for d in roster.duties if d.shift == "evening")
    assert set(late.values()) == {10}
    assert [g.duties for g in roster.late_gaps] == [0]


def test_a_roster_carries_on_where_the_last_one_ended():
    question = asked((T, MAN, MORNING, 3), (T, MAN, EVENING, 3))
    first = made(question)
    second = made(question, previous=first)
    late = [{d.post for d in r.duties if d.shift == "evening"} for r in (first, second)]
    assert len(late[0] & late[1]) <= 1  # two work on Saturday evening, one is free on Sunday
    both = made(question, weeks=2)
    assert [d.post for d in both.duties if d.week == 2] == [d.post for d in second.duties]


def test_rest_after_a_last_week_that_ended_late():
    """All were on duty on Saturday evening: nobody may start on Sunday morning."""
    question = asked((T, MAN, MORNING, 2))
    worked = made(asked((T, MAN, EVENING, 2)))
    last = worked.duties[-1]
    both = {d.post for d in worked.duties}
    previous = worked.model_copy(
        update={
            "duties": tuple(
                last.model_copy(update={"post": p, "day": Weekday.SATURDAY}) for p in sorted(both)
            )
        }
    )
    roster = weekly_roster(*question, previous=previous)
    assert not [d for d in roster.duties if d.day is Weekday.SUNDAY]
    assert check_roster(*question, roster) == ()


def test_days_of_twenty_four_hours_keep_the_rest():
    question = asked((P, MAN, ALL_DAY, 12), shifts=(ALL_DAY,))
    roster = made(question, rules=RosterRules(hours_week=72))
    assert Counter(d.post for d in roster.duties).most_common()[-1][1] == 3
    assert patterns_of(ALL_DAY, RosterRules(hours_week=200)) == (
        (0, 2, 4), (0, 2, 5), (0, 3, 5), (1, 3, 5), (1, 3, 6), (1, 4, 6), (2, 4, 6),
    )  # fmt: skip


def test_offices_that_close_on_friday_and_saturday():
    roster = made(asked((T, MAN, WEEKDAYS, 3), shifts=(WEEKDAYS,)))
    assert {d.day for d in roster.duties} == set(Weekday) - {Weekday.FRIDAY, Weekday.SATURDAY}
    assert manned_days(WEEKDAYS) == (0, 1, 2, 3, 4)


def test_shifts_by_the_clock():
    assert [unsocial(s) for s in (MORNING, EVENING, NIGHT)] == [False, True, True]
    assert days_off_apart((0, 1, 3, 4, 5))
    assert not days_off_apart((1, 2, 3, 4, 5))


def test_no_shifts_no_roster():
    problem = tiny()
    plan = Plan(status=Status.FEASIBLE, method="x", problem_digest=problem.digest)
    postings = post_numbers(tiny(staff=()), plan, ())
    roster = weekly_roster(problem, plan, postings)
    assert (roster.duties, roster.reason) == ((), "no_shifts")


@pytest.mark.parametrize("seed", range(4))
def test_random_offices_keep_every_rule_and_equal_input_gives_equal_rosters(seed):
    rng = random.Random(seed)
    shifts = rng.choice([(MORNING, EVENING), (MORNING, EVENING, NIGHT), (WEEKDAYS, EVENING)])
    rows = [
        (unit, gender, shift, rng.randint(1, 4))
        for unit in (P, T, W, R)
        for gender in (WOMAN, MAN)
        for shift in shifts
        if rng.random() < 0.45
    ]
    rows += [(T, MAN, shifts[0], 1)] if not rows else []
    cases = demand("A1", P, 40.0, 20.0, Term.INCIDENTS, cases=10, women_cases=4)
    question = asked(*rows, shifts=shifts, demand=(cases,), policies=Policies(hours_week=32))
    roster = made(question, weeks=3)
    assert weekly_roster(*question, weeks=3) == roster
    assert all(g.proven for g in roster.goals)


def test_the_checker_sees_what_is_wrong():
    question = asked((W, WOMAN, MORNING, 3), (T, MAN, MORNING, 2), (T, MAN, EVENING, 2))
    good = made(question)

    def whats(**changes):
        bad = good.model_copy(update=changes)
        return {b.what.split(":")[0] for b in check_roster(*question, bad)}

    woman = next(d for d in good.duties if d.gender is WOMAN)
    others = [d for d in good.duties if d is not woman]
    free = next(
        d for d in Weekday if not any((x.post, x.day) == (woman.post, d) for x in good.duties)
    )
    assert "twice_a_day" in whats(duties=(*good.duties, woman))
    extra = woman.model_copy(update={"day": free})
    assert {"hours_week", "days_off"} <= whats(duties=(*good.duties, extra))
    late = next(d for d in good.duties if d.shift == "evening")
    early = late.model_copy(
        update={"shift": "morning", "day": list(Weekday)[(list(Weekday).index(late.day) + 1) % 7]}
    )
    assert {"rest", "two_shifts_a_week"} & whats(duties=(*good.duties, early))
    assert "not_posted_there" in whats(duties=(*others, woman.model_copy(update={"unit": T})))
    assert "hours_of_shift" in whats(duties=(*others, woman.model_copy(update={"hours": 4})))
    assert "unknown_shift_or_week" in whats(duties=(woman.model_copy(update={"week": 2}),))
    fewer = tuple(d for d in good.duties if d.post != woman.post)
    assert "count" in whats(duties=fewer)
    pair = [d.post for d in good.duties if d.gender is WOMAN and d.day == woman.day]
    alone = tuple(d for d in good.duties if d.day != woman.day or d.post not in pair[1:])
    assert "woman_alone" in whats(duties=alone)
    assert "lack_not_named" in whats(lacks=())
    named = good.lacks[0]
    assert "lack_is_none" in whats(lacks=(*good.lacks, named.model_copy(update={"amount": 7})))


def test_police_shift_starts_cost_what_the_textbook_says():
    found = cheapest_starts(
        (150, 100, 250, 400, 500, 175), (1, 1.125, 1.25, 1.375, 1.5, 1.25), periods_per_shift=2
    )
    assert found.cost == 1150
    assert found.starts == (150, 175, 75, 325, 175, 0)


@pytest.mark.parametrize("seed", range(5))
def test_starts_cover_every_period_and_no_single_one_is_spare(seed):
    rng = random.Random(seed)
    needs = [rng.randint(0, 9) for _ in range(6)]
    costs = [rng.choice([1, 1.25, 1.5]) for _ in needs]
    found = cheapest_starts(needs, costs, 2)
    assert all(on >= need for on, need in zip(found.on_duty, needs, strict=True))
    for t, n in enumerate(found.starts):
        after = (t + 1) % 6
        spare = min(found.on_duty[t] - needs[t], found.on_duty[after] - needs[after])
        assert n == 0 or spare == 0


@pytest.mark.parametrize("how", [((1, 2), (1,), 1), ((1,), (1,), 2), ((-1, 1), (1, 1), 1)])
def test_impossible_covers_are_refused(how):
    with pytest.raises(ValueError, match=r"needs"):
        cheapest_starts(*how)
