"""Why an area is served as it is: a sentence a unit, and nothing that rounds to no hours."""

from optimizer.area_reasons import AreaReason, Binding, Lift, Limit, UnitReason
from optimizer.staff import Unit
from service.locale.plan_words import reason_lines
from service.locale.words import Words
from tests.service.export.builders import tiny_problem


def unit(which, served, lift_hours, rule=Binding.WOMEN_CAPACITY):
    lift = Lift(rule=rule, office="O1", unit=which, step=1, measure="o", hours_week=lift_hours)
    return UnitReason(
        unit=which,
        asked_hours=10,
        served_hours=served,
        women_asked_hours=0,
        women_served_hours=0,
        limits=(Limit(rule=rule),),
        lifts=(lift,),
    )


def lines(*units):
    reason = AreaReason(area="A1", lead="O1", lead_share=0.6, units=units)
    return list(reason_lines(tiny_problem(), reason, Words("en")))


def test_each_unit_is_one_line_with_its_limit_and_its_step():
    first, second, *rest = lines(unit(Unit.PATROL, 4, 2.5))
    assert "60%" in first
    assert second.startswith("Patrol: 4.0 of 10.0 hours a week are served. Limited by: ")
    assert second.endswith(" would bring 2.5 hours a week here.")
    assert rest == []


def test_what_is_served_and_what_brings_nothing_are_left_out():
    served, barren = unit(Unit.TRIBAL, 9.99, 0.01), unit(Unit.WOMEN, 2, 0.01)
    _lead, second, *rest = lines(served, barren)
    assert second.startswith("Women's engagement: 2.0 of 10.0")
    assert "would bring" not in second
    assert rest == []
