"""Roles and rights: the whole matrix in one table. What is not in it is refused."""

from enum import StrEnum


class Role(StrEnum):
    """What an account is trusted with. A higher role isn't a superset: see ``MATRIX``."""

    VIEWER = "viewer"
    PLANNER = "planner"
    DIRECTOR = "director"
    ADMIN = "admin"


class Right(StrEnum):
    """One thing that somebody may do; every route names the right it asks for."""

    OWN_ACCOUNT = "own_account"  # see and change the own account, sign out
    SEE_MAP = "see_map"  # released layers, offices, forums
    SEE_PLANS = "see_plans"
    SEE_DATA = "see_data"  # what is loaded, its sources and quality
    EXPORT = "export"
    EDIT_DATA = "edit_data"  # imports and forms
    ASK_SCENARIO = "ask_scenario"  # start and cancel solves
    APPROVE = "approve"  # approve or reject a plan
    MANAGE_ACCOUNTS = "manage_accounts"
    OPERATE = "operate"  # health in detail, metrics


_VIEWER = frozenset({Right.OWN_ACCOUNT, Right.SEE_MAP, Right.SEE_DATA})
_PLANNER = _VIEWER | {Right.SEE_PLANS, Right.EXPORT, Right.EDIT_DATA, Right.ASK_SCENARIO}

MATRIX: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.PLANNER: _PLANNER,
    Role.DIRECTOR: _PLANNER | {Right.APPROVE},
    # Who runs the machine looks after accounts, not after cases: no data, no plans, no export.
    Role.ADMIN: frozenset({Right.OWN_ACCOUNT, Right.MANAGE_ACCOUNTS, Right.OPERATE}),
}


def may(role: Role, right: Right) -> bool:
    """Whether the matrix grants it; an unknown role has no right."""
    return right in MATRIX.get(role, frozenset())
