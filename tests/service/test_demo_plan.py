"""The demo's plan is proven, lawful, and no worse for women than today's postings or a greedy hand."""

import pytest

from optimizer.audit import audit
from optimizer.audit_posts import audit_postings
from optimizer.baseline import careful_hand, today
from optimizer.indicators import Indicators, indicators
from optimizer.plan import Plan, Status
from optimizer.posts import numbered_posts, post_numbers
from optimizer.problem import Problem
from optimizer.solve import solve
from optimizer.staff import Gender
from service.assemble import assemble
from service.assembly.staffing import hire_lots
from service.scenario import Scenario, presets
from service.settings import Settings
from service.store import open_store
from tests.service.homes import lay_out, the_demo


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Problem, Plan]:
    settings = Settings(home=tmp_path_factory.mktemp("demo"))
    lay_out(settings.home, the_demo)
    with open_store(settings) as store:
        problem = assemble(store, Scenario())
    outcome = solve(problem, time_limit_s=300)
    assert outcome.status is Status.PROVEN
    assert outcome.plan is not None
    return problem, outcome.plan


def worst_district(found: Indicators) -> float:
    return max(district.women_unmet_share for district in found.districts)


def test_every_goal_is_proven_and_the_auditor_agrees(solved: tuple[Problem, Plan]) -> None:
    problem, plan = solved
    assert all(tier.proven for tier in plan.tiers)
    assert len(plan.tiers) == len(problem.tiers)
    assert audit(problem, plan).passed


def test_women_are_served_no_worse_where_they_are_served_worst(
    solved: tuple[Problem, Plan],
) -> None:
    problem, plan = solved
    found = indicators(problem, plan)
    hand = careful_hand(problem)
    assert hand is not None
    for other in (indicators(problem, today(problem)), indicators(problem, hand)):
        assert found.worst_women_share < other.worst_women_share
        assert worst_district(found) <= worst_district(other) + 1e-9


def test_the_referral_centre_has_two_women(solved: tuple[Problem, Plan]) -> None:
    problem, plan = solved
    centres = {office.code for office in problem.offices if office.referral_centre}
    women = sum(p.count for p in plan.postings if p.office in centres and p.gender == "woman")
    assert women >= 2


def test_ten_recruits_leave_the_women_who_serve_today_where_they_are(
    solved: tuple[Problem, Plan],
) -> None:
    """Recruits go to outreach: nobody is taken from the women's unit or the referral centre."""
    problem, before = solved
    hired = problem.model_copy(update={"hires": hire_lots(presets()["ten-women"].hires, 1.0)})
    plan = solve(hired, time_limit_s=300, warm=before).plan
    assert plan is not None
    register = numbered_posts(hired)
    listed = post_numbers(hired, plan, register)
    assert audit_postings(hired, plan, register, listed) == ()
    assert listed.moved == ()
    assert len(listed.new) == 10
    assert listed.new_where_experience_counts <= 4


@pytest.mark.parametrize(("preset", "wanted"), [("women-20", 18), ("women-30", 27)])
def test_the_parity_presets_count_the_women_who_are_missing(
    solved: tuple[Problem, Plan], preset: str, wanted: int
) -> None:
    """Of 90 officers; the same postings are best, as posting anew hires nobody."""
    problem, plan = solved
    target = presets()[preset].women_share_target
    policies = problem.policies.model_copy(update={"women_share_target": target})
    asked = problem.model_copy(update={"policies": policies})
    found = solve(asked, time_limit_s=300).plan
    assert found is not None
    assert problem.head_count() == 90
    women = problem.head_count(Gender.WOMAN)
    lacks = [s.amount for s in found.shortfalls if s.rule == "women_share"]
    assert lacks == pytest.approx([wanted - women])
    assert found.postings == plan.postings


def test_every_source_of_the_demo_says_what_it_is(solved: tuple[Problem, Plan]) -> None:
    problem, _ = solved
    assert problem.sources
    assert any(source.standing == "synthetic" for source in problem.sources)
