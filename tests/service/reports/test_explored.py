"""Charts of explorations: the goal's own figures, the knee, names of offices."""

from optimizer.explore_stress import ShockResult
from optimizer.explore_tradeoff import FrontierPoint
from optimizer.explore_worth import CurvePoint, Gain, StaffingCurve, Worth
from optimizer.plan import Status
from optimizer.problem import TierName
from optimizer.staff import Unit
from service.exploration.findings import frontier_findings, stress_findings
from service.exploration.questions import AskFrontier
from service.jobs.explored import Explored
from service.locale.goal_words import goal_with_measure
from service.locale.words import Words
from service.pages.explore_charts import chart_of
from service.reports.charts.explored import goal_curve, goals_frontier, worth_by_goal
from tests.service.export.builders import tiny_problem

EN = Words("en")
CURVE = StaffingCurve(
    points=tuple(
        CurvePoint(hires=n, status=Status.PROVEN, values={TierName.UNMET: value})
        for n, value in enumerate((400.0, 250.0, 200.0, 190.0))
    ),
    knee={TierName.UNMET: 2},
)


def test_a_goal_against_hires_with_its_knee():
    chart = goal_curve(EN, CURVE, TierName.UNMET)
    assert chart.table.rows[0] == ("0", "400", "Proven best")
    assert chart.reading(EN).endswith(
        "400 with none more, 190 with 3 more officers; after 2 each further one brings less."
    )
    assert "knee: 2" in chart.svg


def test_a_goal_that_was_not_reached_has_no_curve():
    chart = goal_curve(EN, CURVE, TierName.MOVES)
    assert chart.table.rows == ()
    assert "no curve" in chart.reading(EN)


def test_worth_names_what_and_where():
    gain = Gain(tier=TierName.UNMET, before=9, after=5, gain=4)
    found = (
        Worth(name="woman", status=Status.PROVEN, gains=(gain,), office="O1", unit=Unit.WOMEN),
        Worth(name="office O2", status=Status.PROVEN, gains=(gain,)),
        Worth(name="man", status=Status.UNKNOWN),
    )
    rows = worth_by_goal(EN, tiny_problem(), found, TierName.UNMET).table.rows
    assert [row[0] for row in rows] == ["A woman officer", "Opening Qurna site"]
    assert rows[0][2] == "Al-Asma'i, Women's engagement"


def test_plans_that_others_beat_are_not_on_the_frontier():
    points = [
        FrontierPoint(setting=n, status=Status.PROVEN, x=x, y=y, dominated=d)
        for n, (x, y, d) in enumerate(((0, 9, False), (2, 9.5, True), (3, 4, False)))
    ]
    chart = goals_frontier(EN, points, TierName.MOVES, TierName.UNMET)
    assert len(chart.table.rows) == 2


def test_explorations_are_said_in_arabic():
    chart = goal_curve(Words("ar"), CURVE, TierName.UNMET)
    assert not set("abcdefghijklmnopqrstuvwxyz") & set(chart.reading(Words("ar")).lower())


def test_a_frontier_of_one_point_has_no_chart():
    def explored(points):
        question = AskFrontier(of="moves", goal=TierName.UNMET)
        findings = frontier_findings(points, "Moves allowed", TierName.MOVES, TierName.UNMET)
        return Explored(question, tiny_problem(), points, findings, {}, proven=True)

    def point(setting, x, y, dominated):
        status = Status.PROVEN
        return FrontierPoint(setting=setting, x=x, y=y, status=status, dominated=dominated)

    best, same = point(0, 0, 5, dominated=False), point(4, 0, 5, dominated=True)
    other = point(8, 3, 4, dominated=False)
    assert chart_of(explored([best, same]), TierName.UNMET, EN) is None
    assert chart_of(explored([best, same, other]), TierName.UNMET, EN) is not None


def test_a_goal_is_said_with_its_measure():
    told = goal_with_measure(EN, TierName.UNMET)
    assert "officer-hours a week" in told
    found = stress_findings(
        tiny_problem(),
        [
            ShockResult(
                name="drought",
                kept={TierName.UNMET: 9.0},
                fresh={TierName.UNMET: 5.0},
                regret={TierName.UNMET: 4.0},
            )
        ],
        None,
        TierName.UNMET,
    )
    assert told in found.reading(EN)


def test_a_rule_that_a_shock_breaks_is_said_and_a_trace_of_regret_is_none():
    shock = ShockResult(
        name="drought",
        kept={TierName.UNMET: 900.0},
        fresh={TierName.UNMET: 900.3},
        regret={TierName.UNMET: -0.3},
        broken=("women",),
    )
    found = stress_findings(tiny_problem(), [shock], None, TierName.UNMET)
    assert "break a rule: women officers never alone" in found.reading(EN)
    (row,) = found.tables(EN)[0].rows
    assert row[4] == 0.0
