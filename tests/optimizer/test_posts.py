"""Counts become post numbers: fewest moves, proven; homes near; skills and locks kept."""

import random
from itertools import permutations

import pytest

from optimizer.audit_posts import audit_postings
from optimizer.baseline import today
from optimizer.extract import Allocation, plan_of
from optimizer.instance import Cell, Instance
from optimizer.plan import Plan, Posting, Status
from optimizer.posts import PostingsError, numbered_posts, post_numbers
from optimizer.problem import HireLot, UnitRule
from optimizer.solve import solve
from optimizer.staff import Post, Unit
from optimizer.transport import transfers
from tests.optimizer.builders import MAN, WOMAN, P, T, W, random_problem, staff, tiny

S = Unit.OUTREACH


def plan_with(problem, *postings):
    return Plan(
        status=Status.FEASIBLE,
        method="test",
        problem_digest=problem.digest,
        postings=tuple(Posting(office=o, unit=u, gender=q, count=n) for o, u, q, n in postings),
    )


def post(code, office, unit, gender=MAN, **more):
    return Post(code=code, office=office, unit=unit, gender=gender, **more)


def clean(problem, plan, posts):
    listed = post_numbers(problem, plan, posts)
    assert audit_postings(problem, plan, posts, listed) == ()
    return listed


def test_nobody_moves_where_the_counts_stay():
    problem = tiny()
    plan = plan_with(problem, ("O1", T, MAN, 2), ("O2", T, MAN, 2), ("O1", W, WOMAN, 2))
    listed = clean(problem, plan, numbered_posts(problem))
    assert (len(listed.moved), len(listed.unchanged), listed.fewest_moves) == (0, 6, 0)


def test_the_one_whose_home_is_near_goes():
    problem = tiny(staff=(staff("O1", T, MAN, 3), staff("O2", T, MAN, 1)))
    plan = plan_with(problem, ("O1", T, MAN, 2), ("O2", T, MAN, 2))
    posts = (
        post("p1", "O1", T, home="A1"),
        post("p2", "O1", T, home="A2"),
        post("p3", "O1", T),
        post("p4", "O2", T, home="A2"),
    )
    listed = clean(problem, plan, posts)
    assert [m.post for m in listed.moved] == ["p2"]
    assert (listed.moved[0].home_min_before, listed.moved[0].home_min) == (60, 0)
    assert listed.home_minutes == 0


def test_a_locked_post_stays_even_if_its_home_is_elsewhere():
    problem = tiny(staff=(staff("O1", T, MAN, 1, locked=True), staff("O1", T, MAN, 1)))
    plan = plan_with(problem, ("O1", T, MAN, 1), ("O2", T, MAN, 1))
    posts = (post("p1", "O1", T, home="A2", locked=True), post("p2", "O1", T, home="A1"))
    assert [m.post for m in clean(problem, plan, posts).moved] == ["p2"]


def test_only_the_skilled_change_their_unit():
    problem = tiny(staff=(staff("O1", W, WOMAN, 1, (W,)), staff("O1", W, WOMAN, 1, (W, T))))
    plan = plan_with(problem, ("O1", W, WOMAN, 1), ("O1", T, WOMAN, 1))
    posts = (post("a", "O1", W, WOMAN), post("b", "O1", W, WOMAN, skills=(T,)))
    listed = clean(problem, plan, posts)
    assert [(m.post, m.to_unit) for m in listed.moved] == [("b", T)]
    assert listed.office_changes == 0


def test_one_long_move_is_better_than_a_chain_of_two():
    problem = tiny(
        staff=(staff("O1", P, MAN, 1, (P, T)), staff("O2", P, MAN, 1, (P, T))),
        units=random_problem(1).units,
        demand=(),
    )
    plan = plan_with(problem, ("O2", P, MAN, 1), ("O2", T, MAN, 1))
    posts = (post("p1", "O1", P, skills=(T,)), post("p2", "O2", P, skills=(T,)))
    listed = clean(problem, plan, posts)
    assert [(m.post, m.to_office, m.to_unit) for m in listed.moved] == [("p1", "O2", T)]


def test_new_officers_get_new_numbers_and_never_count_as_moves():
    problem = tiny(hires=(HireLot(gender=WOMAN, skills=(W, T), count=2),))
    plan = plan_with(problem, ("O1", T, MAN, 2), ("O2", T, MAN, 2), ("O1", W, WOMAN, 4))
    kept = [p for p in numbered_posts(problem) if p.code != "O1-women-w02"]
    posts = (*kept, post("NEW-001", "O1", W, WOMAN, skills=(T,)))
    listed = clean(problem, plan, posts)
    assert [p.post for p in listed.new] == ["NEW-002", "NEW-003"]
    assert listed.fewest_moves == 0


def between_two_offices():
    """She moves from O1, another is new; of two places at O2 the women's unit needs practice."""
    problem = tiny(
        units=tuple(UnitRule(unit=unit, reach_min=60, visit_h=2) for unit in (S, W)),
        demand=(),
        staff=(staff("O1", W, WOMAN, 1, (W, S)),),
        hires=(HireLot(gender=WOMAN, skills=(W, S), count=1),),
    )
    plan = plan_with(problem, ("O2", S, WOMAN, 1), ("O2", W, WOMAN, 1))
    return problem, plan


def test_who_has_served_takes_the_post_that_needs_it_and_a_recruit_the_other():
    problem, plan = between_two_offices()
    listed = clean(problem, plan, numbered_posts(problem))
    assert [(p.post, p.to_unit) for p in listed.moved] == [("O1-women-w01", W)]
    assert [(p.post, p.to_unit) for p in listed.new] == [("NEW-001", S)]
    assert listed.new_where_experience_counts == 0
    count = {(Cell(p.office, p.unit), p.gender): p.count for p in plan.postings}
    found = transfers(Instance(problem), count)
    assert {(t.from_office, t.to_unit) for t in found} == {(None, S), ("O1", W)}


def test_practice_never_costs_a_move():
    """She may stay in outreach, where she serves today; then the recruit joins the women's unit."""
    problem, plan = between_two_offices()
    stays = problem.model_copy(update={"staff": (staff("O2", S, WOMAN, 1, (W, S)),)})
    plan = plan.model_copy(update={"problem_digest": stays.digest})
    listed = clean(stays, plan, numbered_posts(stays))
    assert (len(listed.moved), listed.new_where_experience_counts) == (0, 1)
    count = {(Cell(p.office, p.unit), p.gender): p.count for p in plan.postings}
    (found,) = transfers(Instance(stays), count)
    assert (found.from_office, found.to_unit) == (None, W)


def test_officers_beyond_the_postings_are_named_unposted():
    problem = tiny(hires=(HireLot(gender=WOMAN, skills=(W,), count=1),))
    plan = plan_with(problem, ("O1", T, MAN, 2), ("O2", T, MAN, 2), ("O1", W, WOMAN, 2))
    listed = clean(problem, plan, numbered_posts(problem))
    assert [u.post for u in listed.unposted] == ["NEW-001"]


def test_a_scenario_with_fewer_staff_vacates_posts():
    register = numbered_posts(tiny())
    problem = tiny(staff=(*tiny().staff[1:], staff("O1", T, MAN, 1)))
    plan = plan_with(problem, ("O1", T, MAN, 1), ("O2", T, MAN, 2), ("O1", W, WOMAN, 2))
    listed = clean(problem, plan, register)
    assert len(listed.vacated) == 1
    assert len(listed.unchanged) == 5


@pytest.mark.parametrize(
    ("postings", "words"),
    [
        ((("O1", T, MAN, 4), ("O1", W, WOMAN, 3)), "2 posts of woman for 3 places"),
        ((("O1", T, MAN, 4), ("O1", W, WOMAN, 1)), "2 posts of woman for 1 places"),
        ((("O1", W, MAN, 4), ("O1", W, WOMAN, 2)), "skills"),
    ],
)
def test_postings_that_nobody_can_fill_are_refused(postings, words):
    problem = tiny()
    with pytest.raises(PostingsError, match=words):
        post_numbers(problem, plan_with(problem, *postings), numbered_posts(problem))


def test_a_register_that_is_not_the_problems_is_refused():
    problem = tiny()
    plan = plan_with(problem, ("O1", T, MAN, 4), ("O1", W, WOMAN, 2))
    posts = numbered_posts(problem)
    with pytest.raises(PostingsError, match="lacks 1 posts"):
        post_numbers(problem, plan, posts[1:])
    with pytest.raises(PostingsError, match="twice"):
        post_numbers(problem, plan, (*posts, posts[0]))


def random_register(problem, seed):
    rng = random.Random(seed)
    areas = [a.code for a in problem.areas]
    return tuple(
        p.model_copy(update={"home": rng.choice([None, *areas])}) for p in numbered_posts(problem)
    )


@pytest.mark.parametrize("seed", range(8))
def test_as_few_moves_as_the_plan_says_and_the_same_for_any_order(seed, milp):
    problem = random_problem(seed)
    plan = solve(problem, milp=milp, time_limit_s=20).plan
    posts = random_register(problem, seed)
    listed = clean(problem, plan, posts)
    declared = sum(t.count for t in plan.transfers if t.from_office is not None)
    assert len(listed.moved) == declared == listed.fewest_moves
    shuffled = list(posts)
    random.Random(seed).shuffle(shuffled)
    assert post_numbers(problem, plan, shuffled) == listed
    assert len(clean(problem, today(problem, milp=milp), posts).moved) == 0 or problem.hires


@pytest.mark.parametrize("seed", range(8))
def test_no_other_list_is_better(seed):
    """Against all ways to seat seven posts."""
    rng = random.Random(seed)
    hires = seed % 3
    problem = tiny(
        units=random_problem(1).units,
        demand=(),
        staff=tuple(
            staff(rng.choice(["O1", "O2"]), P, MAN, 1, rng.choice([(P,), (P, T)]))
            for _ in range(7 - hires)
        ),
        hires=(HireLot(gender=MAN, skills=(P, T), count=hires),),
    )
    posts = random_register(problem, seed)
    everybody = (*posts, *(post(f"NEW-{n}", "NOWHERE", P, skills=(T,)) for n in range(hires)))
    seats = [(rng.choice(["O1", "O2"]), P) for _ in range(5)] + [("O1", T), ("O2", P)]
    count = {(Cell(o, u), MAN): seats.count((o, u)) for o, u in seats}
    if transfers(Instance(problem), count) is None:
        plan = plan_of(
            Instance(problem),
            Allocation(frozenset(("O1", "O2")), count),
            method="x",
            status=Status.FEASIBLE,
        )
        with pytest.raises(PostingsError):
            post_numbers(problem, plan, posts)
        return
    plan = plan_of(
        Instance(problem),
        Allocation(frozenset(("O1", "O2")), count),
        method="x",
        status=Status.FEASIBLE,
    )
    listed = clean(problem, plan, posts)
    minutes = {(t.area, t.office): t.travel_min for t in problem.travel}
    best = min(
        (
            sum((p.office, p.unit) != s for p, s in zip(posts, order, strict=False)),
            sum(s[1] is T for s in order[len(posts) :]),
            sum(p.office != s[0] for p, s in zip(posts, order, strict=False)),
            sum(minutes[p.home, s[0]] for p, s in zip(posts, order, strict=False) if p.home),
        )
        for order in set(permutations(seats))
        if all(s[1] in (p.unit, *p.skills) for p, s in zip(everybody, order, strict=True))
    )
    recruits = listed.new_where_experience_counts
    assert (len(listed.moved), recruits, listed.office_changes, listed.home_minutes) == best


def test_the_auditor_sees_what_is_wrong():
    problem = tiny(hires=(HireLot(gender=WOMAN, skills=(W,), count=1),))
    plan = plan_with(problem, ("O1", T, MAN, 1), ("O2", T, MAN, 3), ("O1", W, WOMAN, 3))
    posts = numbered_posts(problem)
    good = clean(problem, plan, posts)

    def whats(**changes):
        bad = good.model_copy(update=changes)
        return {b.what.split(":")[0] for b in audit_postings(problem, plan, posts, bad)}

    moved = good.moved[0]
    assert "count" in whats(moved=(moved.model_copy(update={"to_office": "O1"}),))
    assert "missing" in whats(moved=())
    assert "named_twice" in whats(unchanged=(*good.unchanged, moved))
    assert "not_as_registered" in whats(moved=(moved.model_copy(update={"skills": (T, W)}),))
    assert "hires" in whats(new=(good.new[0].model_copy(update={"skills": (W, T)}),))
    assert "home_minutes" in whats(home_minutes=3)
    assert "office_changes" in whats(office_changes=0)
    assert "experience" in whats(new_where_experience_counts=0)
    assert "proof" in whats(post_prices=good.post_prices[1:])
    dear = tuple(p.model_copy(update={"price": p.price + 1}) for p in good.post_prices)
    assert "proof" in whats(post_prices=dear)
    other = plan_with(problem, ("O1", T, MAN, 2), ("O2", T, MAN, 2), ("O1", W, WOMAN, 3))
    assert {b.what.split(":")[0] for b in audit_postings(problem, other, posts, good)} == {"count"}
