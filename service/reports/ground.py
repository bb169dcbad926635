"""From an atlas to the ground of a plan's maps, and the report that a solve writes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.places import Level
from optimizer.evaluate import evaluate
from optimizer.plan import Plan
from optimizer.problem import Problem
from service.details.document import Why
from service.exports.content import Content
from service.locale.words import Digits, Lang, Words
from service.pages.atlas import Atlas
from service.pages.baselines import TODAY, todays_postings
from service.reports.maps import Ground
from service.reports.plan_report import plan_pdf


def ground_of(atlas: Atlas, problem: Problem) -> Ground:
    """Shapes of the problem's areas, points of its offices, rivers, names of districts."""
    wanted = {area.code for area in problem.areas}
    areas: dict[str, BaseGeometry] = {}
    names: dict[str, tuple[str, str]] = {}
    levels = atlas.levels()
    for level in levels:
        units = atlas.units(level)
        areas |= {str(code): one for code, one in units.geometry.items() if str(code) in wanted}
        if level is Level.DISTRICT:
            rows: Any = zip(units.index, units["name_ar"], units["name_en"], strict=True)
            names = {str(code): (str(ar or ""), str(en or "")) for code, ar, en in rows}
    codes = {office.code for office in problem.offices}
    return Ground(
        areas=areas,
        offices={o.code: Point(o.lon, o.lat) for o in atlas.offices() if o.code in codes},
        rivers=atlas.rivers(),
        districts={area.code: area.district for area in problem.areas},
        names=names,
    )


def todays_plan(problem: Problem) -> Plan:
    """Today's postings measured on ``problem``, a second or so for a governorate."""
    return evaluate(problem, todays_postings(problem), method=TODAY)


def solve_report(
    problem: Problem,
    plan: Plan,
    atlas: Atlas | None,
    *,
    day: date,
    first: Lang = "ar",
    digits: Digits = "latn",
) -> Content:
    """``report.pdf`` of a solve: the reader's language first, the other one after it.

    Visiting days take as long as the solve itself, so it says how they are asked for.
    """
    other: Lang = "en" if first == "ar" else "ar"
    languages: Sequence[Words] = (Words(first, digits), Words(other, digits))
    return plan_pdf(
        problem,
        plan,
        words=languages,
        day=day,
        ground=Ground({}) if atlas is None else ground_of(atlas, problem),
        against={TODAY: todays_plan(problem)},
        visits=Why.APART,
    )
