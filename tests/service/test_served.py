"""What a plan serves of all that is asked: the figures that its page shows, and nothing that moves."""

import pytest

from optimizer.explore_worth import hired
from optimizer.served import served
from optimizer.solve import solve
from optimizer.staff import Gender
from service.locale.words import Words
from service.pages.planview import PlanView
from tests.optimizer.builders import random_problem, tiny


@pytest.mark.parametrize("seed", range(6))
def test_it_is_what_the_page_of_the_plan_says(seed):
    problem = random_problem(seed)
    plan = solve(problem, time_limit_s=30).plan
    found, view = served(problem, plan), PlanView(problem, plan, Words("en"))
    assert found.share == pytest.approx(view.served_share)
    assert found.women_share == pytest.approx(view.women_share)
    worst = view.worst_women.women_served_share if view.worst_women else None
    assert found.women_worst_share == pytest.approx(worst)


def test_one_more_officer_changes_what_is_served_never_what_is_asked():
    problem = tiny()
    more = hired(problem, Gender.WOMAN, 1)
    now = served(problem, solve(problem, time_limit_s=30).plan)
    then = served(more, solve(more, time_limit_s=30).plan)
    assert (now.hours_week, now.women_hours_week) == (then.hours_week, then.women_hours_week)
    assert then.women_served_hours_week >= now.women_served_hours_week - 1e-6
