"""A tiny problem and plan by hand, with Arabic names and hostile text in the free fields."""

from datetime import date

from shapely.geometry import Point, box

from geo.places import OfficeKind, Source, Standing
from optimizer.plan import (
    Crews,
    Flow,
    Lead,
    Plan,
    Posting,
    ShiftPosting,
    Shortfall,
    ShortfallKind,
    Status,
    TierResult,
)
from optimizer.problem import (
    Assumption,
    DemandItem,
    Problem,
    ProblemArea,
    ProblemOffice,
    Term,
    TierName,
    Travel,
    UnitRule,
)
from optimizer.staff import Gender, Shift, StaffGroup, Unit

AREAS = {"A1": box(47.0, 30.0, 47.5, 30.5), "A2": box(47.5, 30.0, 48.0, 30.5)}
OFFICES = {"O1": Point(47.1, 30.1), "O2": Point(47.9, 30.4)}


def tiny_problem(**changes):
    fields = {
        "title": "=HYPERLINK('x')",
        "scenario": "today",
        "areas": (
            ProblemArea(
                code="A1",
                district="D",
                name_ar="القرنة",
                name_en="Al-Qurna",
                residents=1000,
                women_residents=490,
                need=6.5,
            ),
            ProblemArea(
                code="A2",
                district="D",
                name_ar="الفاو",
                name_en="+Al-Faw",
                residents=500,
                women_residents=250,
                need=3,
            ),
        ),
        "offices": (
            ProblemOffice(code="O1", kind=OfficeKind.MAIN, name_ar="الأصمعي", name_en="Al-Asma'i"),
            ProblemOffice(
                code="O2", kind=OfficeKind.CANDIDATE, name_ar="القرنة", name_en="Qurna site"
            ),
        ),
        "units": (
            UnitRule(unit=Unit.PATROL, reach_min=60, visit_h=2),
            UnitRule(unit=Unit.WOMEN, reach_min=60, visit_h=2),
        ),
        "shifts": (
            Shift(code="day", name_ar="نهاري", name_en="Day", start_hour=8, hours=8),
            Shift(code="night", name_ar="ليلي", name_en="Night", start_hour=20, hours=8),
        ),
        "staff": (
            StaffGroup(
                office="O1", unit=Unit.PATROL, gender=Gender.MAN, skills=(Unit.PATROL,), count=6
            ),
            StaffGroup(
                office="O1", unit=Unit.WOMEN, gender=Gender.WOMAN, skills=(Unit.WOMEN,), count=2
            ),
        ),
        "demand": (
            DemandItem(area="A1", unit=Unit.PATROL, term=Term.INCIDENTS, hours_week=40),
            DemandItem(
                area="A1",
                unit=Unit.WOMEN,
                term=Term.INCIDENTS,
                hours_week=20,
                women_hours_week=20,
            ),
            DemandItem(area="A2", unit=Unit.PATROL, term=Term.INCIDENTS, hours_week=10),
        ),
        "travel": (Travel(area="A1", office="O1", travel_min=20),),
        "assumptions": (
            Assumption(key="hours_week", value=32.65, unit="h", reason="@SUM(1)", source="model"),
        ),
        "sources": (
            Source(name="demo", as_of=date(2026, 1, 31), standing=Standing.SYNTHETIC),
            Source(name="COD", as_of=date(2019, 6, 3), standing=Standing.OFFICIAL),
        ),
        "data_version": "v1",
    }
    return Problem(**(fields | changes))


def tiny_plan(problem, **changes):
    fields = {
        "status": Status.PROVEN,
        "method": "by-hand",
        "problem_digest": problem.digest,
        "data_version": "v1",
        "tiers": (
            TierResult(
                name=TierName.UNMET, value=30.0, bound=30.0, gap=0, seconds=0.1, proven=True
            ),
        ),
        "open_offices": ("O1",),
        "postings": (
            Posting(office="O1", unit=Unit.PATROL, gender=Gender.MAN, count=6),
            Posting(office="O1", unit=Unit.WOMEN, gender=Gender.WOMAN, count=2),
        ),
        "crews": (Crews(office="O1", crews=1, vehicles=1),),
        "flows": (
            Flow(area="A1", office="O1", unit=Unit.PATROL, hours_week=30),
            Flow(area="A1", office="O1", unit=Unit.WOMEN, hours_week=15, women_hours_week=15),
        ),
        "leads": (Lead(area="A1", office="O1", hours_week=45, share=1.0),),
        "shifts": (
            ShiftPosting(office="O1", unit=Unit.PATROL, shift="day", gender=Gender.MAN, count=3),
            ShiftPosting(office="O1", unit=Unit.PATROL, shift="night", gender=Gender.MAN, count=3),
            ShiftPosting(office="O1", unit=Unit.WOMEN, shift="day", gender=Gender.WOMAN, count=2),
        ),
        "shortfalls": (
            Shortfall(
                kind=ShortfallKind.SHIFT_WITHOUT_WOMEN,
                amount=1.5,
                measure="cases_week",
                office="O1",
                shift="night",
            ),
            Shortfall(kind=ShortfallKind.OUT_OF_REACH, amount=10, measure="hours_week", area="A2"),
        ),
    }
    return Plan(**(fields | changes))
