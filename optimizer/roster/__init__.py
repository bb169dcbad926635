"""The weekly roster: which post works which shift on which day, office by office.

``weekly_roster`` makes it, ``check_roster`` judges it without a solver.
"""

from optimizer.roster.check import check_roster
from optimizer.roster.document import Duty, Roster, RosterLack, RosterLackKind, RosterRules, Weekday
from optimizer.roster.make import weekly_roster

__all__ = [
    "Duty",
    "Roster",
    "RosterLack",
    "RosterLackKind",
    "RosterRules",
    "Weekday",
    "check_roster",
    "weekly_roster",
]
