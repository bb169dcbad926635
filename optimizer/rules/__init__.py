"""The rules of an allocation, one a file; together they are the model.

``POSTING_RULES`` bind who is posted where, ``FLOW_RULES`` what the posted can do. The order
matters once: ``reach`` creates the flows that later rules speak of.
"""

from optimizer.rules import (
    balance,
    capacity,
    crews,
    headcount,
    offices,
    patrol_cap,
    reach,
    referral_women,
    stability,
    women,
    women_share,
)

POSTING_RULES = (headcount, offices, women, referral_women, stability, women_share)
FLOW_RULES = (reach, balance, capacity, crews, patrol_cap)
RULES = POSTING_RULES + FLOW_RULES

__all__ = ["FLOW_RULES", "POSTING_RULES", "RULES"]
