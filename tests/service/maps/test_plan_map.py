"""The map of a plan: what its colours say is said by a sign as well."""

import pytest

from optimizer.solve import solve
from service.locale.words import Words
from service.pages.planmap import COLOURINGS, plan_sheet, swatches
from service.pages.planview import PlanView
from tests.optimizer.builders import tiny
from tests.service.web_house import FakeAtlas


@pytest.fixture(scope="module")
def solved():
    problem = tiny()
    return problem, solve(problem, time_limit_s=30).plan


@pytest.mark.parametrize("digits", ["latn", "arab"])
def test_each_area_carries_the_number_of_its_lead_office(solved, digits):
    view = PlanView(*solved, Words("ar", digits))
    legend = {one.label: one for one in swatches(view, "lead")}
    assert len({one.mark for one in legend.values()}) == len(view.plan.open_offices) > 1
    atlas = FakeAtlas(names=[(one.code, one.name_ar, one.name_en) for one in view.problem.areas])
    sheet = plan_sheet(view, atlas, "lead")
    leads = {one.area: one.office for one in view.plan.leads}
    assert leads
    for code, office in leads.items():
        figure, swatch = sheet.figures[code], legend[view.office(office)]
        assert figure.mark == swatch.mark
        assert sheet.colours[figure.step] == swatch.colour
    assert (
        legend[view.office(view.plan.open_offices[0])].mark
        == {"latn": "(1)", "arab": "(١)"}[digits]
    )


@pytest.mark.parametrize("colouring", COLOURINGS)
def test_no_two_entries_of_a_legend_differ_by_colour_alone(solved, colouring):
    shown = swatches(PlanView(*solved, Words("en")), colouring)
    assert len({one.label for one in shown}) == len(shown)
    kinds = [one for one in shown if not one.figures]
    assert all(one.mark for one in kinds), "what is no step of a ramp has a sign"
