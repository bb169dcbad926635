"""Who may do what to what: the whole matrix in one file. What is not in it is refused.

``MATRIX`` gives each role its rights, ``SEEN`` says which field of which thing asks for which
right. An account that is confined to one office keeps only ``CONFINED`` of its role's rights, and
exact figures of cases need a clearance besides (``service.auth.clearance``). A test walks all
routes with all roles and holds them against this file and ``docs/access.md``.
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What an account is trusted with. A higher role isn't a superset: see ``MATRIX``."""

    VIEWER = "viewer"
    PLANNER = "planner"
    DIRECTOR = "director"
    ADMIN = "admin"


class Right(StrEnum):
    """One thing that somebody may do; every route names the right it asks for."""

    OWN_ACCOUNT = "own_account"  # see the own account, change its password, sign out
    HOLD_TOKENS = "hold_tokens"  # make and revoke tokens for programs that read in its name
    SEE_MAP = "see_map"  # released layers, offices, forums
    SEE_PLANS = "see_plans"
    SEE_DATA = "see_data"  # what is loaded, its sources and quality
    EXPORT = "export"  # take files away; exact ones only as two people release them
    EDIT_DATA = "edit_data"  # imports and forms
    ASK_SCENARIO = "ask_scenario"  # start and cancel solves
    APPROVE = "approve"  # approve or reject a plan
    HOLD_CLEARANCE = "hold_clearance"  # may be cleared for exact figures; is not by that alone
    BREAK_GLASS = "break_glass"  # take a clearance for some hours, with a reason, seen by all
    SEE_ACCESS = "see_access"  # who broke the glass, which exact exports were asked for
    RELEASE_EXPORT = "release_export"  # be the second person of an exact export
    GIVE_CLEARANCE = "give_clearance"  # and take it; who manages accounts can't
    SEE_LOG = "see_log"  # the audit log
    MANAGE_ACCOUNTS = "manage_accounts"
    OPERATE = "operate"  # health in detail, metrics


_VIEWER = frozenset({Right.OWN_ACCOUNT, Right.HOLD_TOKENS, Right.SEE_MAP, Right.SEE_DATA})
_PLANNER = _VIEWER | {
    Right.SEE_PLANS, Right.EXPORT, Right.EDIT_DATA, Right.ASK_SCENARIO, Right.HOLD_CLEARANCE,
    Right.BREAK_GLASS, Right.SEE_ACCESS, Right.RELEASE_EXPORT,
}  # fmt: skip

MATRIX: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.PLANNER: _PLANNER,
    Role.DIRECTOR: _PLANNER | {Right.APPROVE, Right.GIVE_CLEARANCE, Right.SEE_LOG},
    # Who runs the machine looks after accounts, not after cases: no data, no plans, no export.
    Role.ADMIN: frozenset(
        {Right.OWN_ACCOUNT, Right.MANAGE_ACCOUNTS, Right.OPERATE, Right.SEE_ACCESS, Right.SEE_LOG}
    ),
}

CONFINED = frozenset({Right.OWN_ACCOUNT, Right.HOLD_TOKENS, Right.SEE_MAP, Right.SEE_DATA})
"""What is left to an account of one office: plans, imports and exports reach beyond it. Of the
staff it sees its own office's posts only."""


class Thing(StrEnum):
    """What fields belong to; every figure that leaves is a field of one of these."""

    AREA = "area"
    OFFICE = "office"
    FORUM = "forum"
    LAYER = "layer"
    PLAN = "plan"
    POST = "post"  # of the own office only, where an account is confined to one
    DATASET = "dataset"
    ACCOUNT = "account"
    TOKEN = "token"  # noqa: S105 (a kind of thing, no secret)
    GRANT = "grant"


def _all(right: Right, names: str) -> dict[str, Right]:
    return dict.fromkeys(names.split(), right)


SEEN: Mapping[Thing, Mapping[str, Right]] = {
    Thing.AREA: _all(
        Right.SEE_MAP,
        "code name_ar name_en parent pcode area_km2 valid_from valid_to standing",
    ),
    Thing.OFFICE: _all(
        Right.SEE_MAP,
        "code name_ar name_en kind area referral_centre capacity vehicles standing",
    ),
    Thing.FORUM: _all(
        Right.SEE_MAP,
        "code name_ar name_en area chaired_by_woman for_women meetings_per_month standing",
    ),
    Thing.LAYER: _all(
        Right.SEE_MAP,
        "code name_ar name_en parent pcode area_km2 value low high unit period period_start "
        "period_end standing source data_version serial figures_as_of "
        # rates and densities: the figure before shrinkage, the band of the count
        "raw raw_low raw_high count count_low count_high exposure own_weight "
        # need: its components, each drilled down to its figure, and what a rank could be
        "fall_growth fall_incidents fall_influx fall_severe figure_growth figure_incidents "
        "figure_influx figure_severe score_growth score_incidents score_influx score_severe known "
        "missing rank rank_low rank_high rank_without_incidents value_without_incidents "
        "share_worst "
        # residents, growth and influx
        "residents women_share per_km2 figure as_of figure_as_of first last from to inherited "
        "new_residents families clans largest latest lumpiness stock "
        # hot spots and trend
        "kind gi_z gi_p gi_q local_i local_p local_q quadrant now before ratio ratio_low "
        "ratio_high",
    ),
    Thing.PLAN: _all(
        Right.SEE_PLANS,
        "plan scenario status made_on code name_ar name_en district need lead_office lead_share "
        "hours_week served_hours_week served_share women_hours_week women_served_share "
        "out_of_reach no_woman_in_reach standing data_version kind "
        "residents lead_office_ar lead_office_en women_served_hours_week office_kind proposed "
        "travel open referral_centre officers women officers_change women_change crews "
        "officers_patrol officers_outreach officers_tribal officers_women officers_referral",
    ),
    Thing.POST: _all(Right.SEE_MAP, "office unit gender skills home locked"),
    Thing.DATASET: _all(
        Right.SEE_DATA, "id kind file_name at actor source licence note standing as_of demo active"
    )
    # Counts of cases besides ask for a clearance or for having brought them: see ``counts_seen``.
    | _all(Right.SEE_DATA, "rows_read rows_kept rows_already rows_rejected rows_flagged"),
    Thing.ACCOUNT: _all(
        Right.MANAGE_ACCOUNTS,
        "name role clearance office disabled must_change locked_until last_seen",
    ),
    Thing.TOKEN: _all(Right.HOLD_TOKENS, "label created_at used_at expires_at revoked_at"),
    Thing.GRANT: _all(
        Right.SEE_ACCESS,
        "id kind account reason subject asked_at decided_at decided_by approved ends_at used_at "
        "closed_at serial",
    ),
}
"""Field by field: a field that is missing here reaches nobody (password hashes, token hashes,
digests and hashes of files, identities, coordinates and categories of cases)."""


def may(role: Role, right: Right, *, office: str | None = None) -> bool:
    """Whether the matrix grants it; an unknown role has no right, one office fewer."""
    if office is not None and right not in CONFINED:
        return False
    return right in MATRIX.get(role, frozenset())


def fields_seen(role: Role, thing: Thing, *, office: str | None = None) -> frozenset[str]:
    """Fields of a thing that a role may see."""
    asked = SEEN.get(thing, {})
    return frozenset(name for name, right in asked.items() if may(role, right, office=office))
