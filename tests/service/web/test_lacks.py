"""What a plan lacks is said once, and never as a shortfall of 0.0 hours."""

from optimizer.plan import Shortfall, ShortfallKind
from optimizer.staff import Unit
from service.locale.words import Words
from service.pages.answer import five_sentences
from service.pages.lacks import lack_sentences
from service.pages.planview import PlanView, margins
from tests.service.export.builders import tiny_plan, tiny_problem


def view_of(**changes):
    problem = tiny_problem()
    return PlanView(problem, tiny_plan(problem, **changes), Words("en"))


def lack(kind, amount, area, unit=Unit.PATROL):
    return Shortfall(kind=kind, amount=amount, measure="h", area=area, unit=unit)


def test_areas_that_lack_the_same_share_a_sentence():
    lacks = (
        lack(ShortfallKind.OUT_OF_REACH, 5, "A1"),
        lack(ShortfallKind.OUT_OF_REACH, 5, "A2"),
        lack(ShortfallKind.UNMET_HOURS, 0.01, "A1"),
        lack(ShortfallKind.UNMET_HOURS, 0.02, "A2"),
        lack(ShortfallKind.UNMET_HOURS, 12, "A1", Unit.WOMEN),
    )
    told = lack_sentences(view_of(shortfalls=lacks))
    assert len(told) == 3
    assert not any(" 0.0 " in sentence for sentence in told)
    assert sum("no office reaches" in sentence for sentence in told) == 1
    assert any("12 hours" in sentence for sentence in told)


def test_a_plan_is_no_better_than_itself():
    view = view_of()
    told = margins(view, [("Today", view)])
    assert "0.0" in told
    assert "(Today)" in told


def test_areas_whose_women_get_nothing_are_named_in_the_answer():
    """The share of all, 15 of 24 hours, would hide that A2 gets none of its four."""
    asks = tiny_problem().demand
    other = asks[1].model_copy(update={"area": "A2", "hours_week": 4, "women_hours_week": 4})
    problem = tiny_problem(demand=(*asks, other))
    served = five_sentences(PlanView(tiny_problem(), tiny_plan(tiny_problem()), Words("en")))
    assert not any("No women's demand is served" in one for one in served)
    told = five_sentences(PlanView(problem, tiny_plan(problem), Words("en")))
    assert len(told) == 5
    assert "No women's demand is served in: +Al-Faw." in told[3]
    arabic = five_sentences(PlanView(problem, tiny_plan(problem), Words("ar")))[3]
    assert "الفاو" in arabic
    assert "No women" not in arabic
