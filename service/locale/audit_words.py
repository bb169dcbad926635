"""Acts of the audit log and their details as message ids; a test holds both complete."""

from geo.notes import said
from service.auth.roles import Right
from service.locale.words import Words

ACTION: dict[str, str] = {
    "account_changed": said("account changed"),
    "account_disabled": said("account disabled"),
    "account_enabled": said("account enabled"),
    "account_made": said("account made"),
    "backup_made": said("backup made"),
    "clearance_given": said("clearance given"),
    "clearance_taken": said("clearance taken away"),
    "demo_reset": said("demo reset"),
    "exact_read": said("exact figures read"),
    "export": said("layers written to a file"),
    "export_asked": said("exact export asked for"),
    "export_made": said("file left"),
    "export_rejected": said("exact export rejected"),
    "export_released": said("exact export released"),
    "features_read": said("features read by a program"),
    "glass_broken": said("glass broken"),
    "glass_closed": said("glass closed"),
    "import_undone": said("import taken back"),
    "imported": said("file imported"),
    "job_cancelled": said("job stopped"),
    "layers_written": said("layers written to a file"),
    "locked_out": said("locked after wrong passwords"),
    "password_changed": said("password changed"),
    "password_reset": said("password reset"),
    "plan_approved": said("plan approved"),
    "plan_rejected": said("plan rejected"),
    "purged": said("old rows purged"),
    "refused": said("refused for lack of a right"),
    "restored": said("backup restored"),
    "sign_in_failed": said("sign-in failed"),
    "signed_in": said("signed in"),
    "store_made": said("store made"),
    "token_made": said("token made"),
    "token_refused": said("token refused"),
    "token_revoked": said("token revoked"),
    "unsealed_found": said("entries found that no head outside knew"),
    "tokens_revoked": said("all tokens of an account revoked"),
}

ACTOR: dict[str, str] = {"cli": said("command line"), "mizan": said("Mizan itself")}
"""``service.auth.accounts.PROGRAMS``: who acts without an account."""

DETAIL: dict[str, str] = {
    "asked_by": said("asked by"),
    "category": said("category"),
    "clearance": said("clearance"),
    "exact": said("exact figures"),
    "file": said("file"),
    "hours": said("hours"),
    "method": said("method"),
    "office": said("office"),
    "purpose": said("purpose"),
    "reason": said("reason"),
    "released_by": said("released by"),
    "right": said("right"),
    "role": said("role"),
    "serial": said("serial"),
    "until": said("until"),
    "where": said("where"),
}

RIGHT: dict[Right, str] = {
    Right.OWN_ACCOUNT: said("own account"),
    Right.HOLD_TOKENS: said("tokens for programs"),
    Right.SEE_MAP: said("see the map"),
    Right.SEE_PLANS: said("see plans"),
    Right.SEE_DATA: said("see what is loaded"),
    Right.EXPORT: said("take files away"),
    Right.EDIT_DATA: said("change data"),
    Right.ASK_SCENARIO: said("ask for plans"),
    Right.APPROVE: said("approve plans"),
    Right.HOLD_CLEARANCE: said("be told exact figures"),
    Right.BREAK_GLASS: said("break the glass"),
    Right.SEE_ACCESS: said("see who has access"),
    Right.RELEASE_EXPORT: said("release exact exports"),
    Right.GIVE_CLEARANCE: said("give clearances"),
    Right.SEE_LOG: said("see the audit log"),
    Right.MANAGE_ACCOUNTS: said("look after accounts"),
    Right.OPERATE: said("look after the service"),
}


def actor_name(words: Words, name: str) -> str:
    """Whoever did something: an account by its name, a program of ours in words."""
    return words.say(ACTOR[name]) if name in ACTOR else name
