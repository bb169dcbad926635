"""A country: each governorate its own problem, and new officers to share out among them.

``plan_nation`` bounds every governorate for every number of lots it may get, solves those that the
best sharing may be made of and chooses it, with its bound; ``audit_nation`` judges it without a
solver.
"""

from optimizer.nation.check import audit_nation
from optimizer.nation.curve import ValuePoint, value_points
from optimizer.nation.document import Governorate, Nation, NationPlan, Pool, Share
from optimizer.nation.make import (
    plan_nation,
    plan_of_lots,
    plan_of_points,
    proportional_lots,
    relative_gap,
)

__all__ = [
    "Governorate",
    "Nation",
    "NationPlan",
    "Pool",
    "Share",
    "ValuePoint",
    "audit_nation",
    "plan_nation",
    "plan_of_lots",
    "plan_of_points",
    "proportional_lots",
    "relative_gap",
    "value_points",
]
