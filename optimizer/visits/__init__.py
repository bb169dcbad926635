"""Visiting days for areas beyond daily reach: which crew goes where on which day.

``plan_visits`` makes them from what the plan leaves over, ``check_visits`` judges them without a
solver.
"""

from optimizer.problem import AreaTravel
from optimizer.visits.check import check_visits
from optimizer.visits.document import (
    SetAside,
    Stop,
    Trip,
    VisitPlan,
    VisitRules,
    VisitService,
)
from optimizer.visits.make import plan_visits

__all__ = [
    "AreaTravel",
    "SetAside",
    "Stop",
    "Trip",
    "VisitPlan",
    "VisitRules",
    "VisitService",
    "check_visits",
    "plan_visits",
]
