"""``mizan user``: accounts of this installation."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from geo.notes import said
from service.auth.roles import Right, Role, may
from service.commands.terminal import Exit, terminal

if TYPE_CHECKING:
    from service.auth.accounts import Account
    from service.store import Store


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True,
        help="Accounts: add, list, change, reset, disable, enable, revoke-tokens.",
    )
    group.command("add")(add)
    group.command("list")(list_accounts)
    group.command("change")(change)
    group.command("reset")(reset)
    group.command("disable")(disable)
    group.command("enable")(enable)
    group.command("revoke-tokens")(revoke_tokens)
    app.add_typer(group, name="user")


Name = Annotated[str, typer.Argument(help="Name to sign in with: a-z, 0-9, . _ -")]


def add(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option(help="What the account may do.")],
    clearance: Annotated[
        bool, typer.Option("--clearance", help="May see exact figures of cases.")
    ] = False,
    office: Annotated[
        str | None, typer.Option(help="Code of the one office that the account belongs to.")
    ] = None,
) -> None:
    """Make an account; its one-time password is printed once."""
    from service.auth.accounts import Account, is_account_name
    from service.auth.first_run import one_time_password
    from service.auth.sign_in import hash_password

    here = terminal(context)
    name = name.casefold()
    if not is_account_name(name):
        here.warn(
            said("{name} is no account name: 2 to 32 of a-z, 0-9, dot, _ and -, not cli or mizan."),
            name=name,
        )
        raise typer.Exit(Exit.REFUSED)
    password = one_time_password()
    with here.store() as store, store.write():
        if store.accounts.account(name) is not None:
            here.warn(said("There is already an account {name}."), name=name)
            raise typer.Exit(Exit.REFUSED)
        _check(context, store, role, clearance=clearance, office=office)
        store.accounts.put_account(
            Account(
                name,
                role,
                hash_password(password),
                must_change=True,
                clearance=clearance,
                office=office,
            )
        )
        store.audit.append(
            "account_made",
            actor="cli",
            subject=name,
            details={"role": role.value, "clearance": clearance, "office": office or ""},
        )
    _tell_password(context, name, password)


def list_accounts(context: typer.Context) -> None:
    """All accounts with their roles and what hinders them."""
    from service.locale.terms import ROLE

    here = terminal(context)
    now = datetime.now(UTC)
    with here.store() as store:
        for account in store.accounts.accounts():
            marks = [f"{here.say(ROLE[account.role])} ({account.role.value})"]
            marks += [here.say("cleared")] if account.clearance else []
            marks += [f"{here.say('Office')} {account.office}"] if account.office else []
            marks += [here.say("disabled")] if account.disabled else []
            marks += [here.say("locked for a while")] if account.is_resting(now) else []
            marks += [here.say("one-time password")] if account.must_change else []
            listed = here.words.comma.join(marks)
            here.out.print(f"{account.name}\t{listed}", markup=False, highlight=False)


def change(
    context: typer.Context,
    name: Name,
    role: Annotated[Role | None, typer.Option(help="What the account may do.")] = None,
    clearance: Annotated[
        bool | None,
        typer.Option("--clearance/--no-clearance", help="May see exact figures of cases."),
    ] = None,
    office: Annotated[
        str | None, typer.Option(help="Code of its one office; an empty one lifts that.")
    ] = None,
) -> None:
    """Change role, clearance or office of an account; it is signed out everywhere."""
    from service.auth.glass import close_glass_of

    here = terminal(context)
    with here.store() as store, store.write():
        account = _known(context, store, name)
        wanted = role or account.role
        kept = account.clearance if role in {None, account.role} else False
        cleared = kept if clearance is None else clearance
        place = account.office if office is None else office or None
        _check(context, store, wanted, clearance=cleared, office=place)
        changed = {"role": wanted, "clearance": cleared, "office": place}
        store.accounts.put_account(replace(account, role=wanted, clearance=cleared, office=place))
        store.accounts.drop_sessions_of(account.name)
        close_glass_of(store, "cli", account.name)
        # A clearance alone makes nobody wait (service.auth.settling), so it is an act of its own.
        action = "account_changed"
        if clearance is not None and (wanted, place) == (account.role, account.office):
            action = "clearance_given" if cleared else "clearance_taken"
        store.audit.append(action, actor="cli", subject=account.name, details=changed)


def revoke_tokens(context: typer.Context, name: Name) -> None:
    """Shut every program out that reads with a token of this account."""
    here = terminal(context)
    with here.store() as store, store.write():
        account = _known(context, store, name)
        store.accounts.revoke_tokens_of(account.name)
        store.audit.append("tokens_revoked", actor="cli", subject=account.name)


def reset(context: typer.Context, name: Name) -> None:
    """Give an account a new one-time password; sessions, tokens and clearance end with the old."""
    from service.auth.first_run import one_time_password
    from service.auth.sign_in import hash_password

    password = one_time_password()
    _change(
        context,
        name,
        "password_reset",
        password_hash=hash_password(password),
        must_change=True,
        failures=0,
        locked_until=None,
        clearance=False,
    )
    _tell_password(context, name.casefold(), password)


def disable(context: typer.Context, name: Name) -> None:
    """Close an account and sign it out everywhere; what it did stays on record."""
    _change(context, name, "account_disabled", disabled=True)


def enable(context: typer.Context, name: Name) -> None:
    """Open a disabled or locked account again."""
    _change(context, name, "account_enabled", disabled=False, failures=0, locked_until=None)


def _change(context: typer.Context, name: str, action: str, **changes: object) -> None:
    from service.auth.glass import close_glass_of

    here = terminal(context)
    with here.store() as store, store.write():
        account = _known(context, store, name)
        store.accounts.put_account(replace(account, **changes))  # type: ignore[arg-type]  # fields of Account
        store.accounts.drop_sessions_of(account.name)
        close_glass_of(store, "cli", account.name)
        if "password_hash" in changes:
            store.accounts.revoke_tokens_of(account.name)
        store.audit.append(action, actor="cli", subject=account.name)


def _known(context: typer.Context, store: "Store", name: str) -> "Account":
    account = store.accounts.account(name)
    if account is None:
        terminal(context).warn(said("There is no account {name}."), name=name)
        raise typer.Exit(Exit.REFUSED)
    return account


def _check(
    context: typer.Context, store: "Store", role: Role, *, clearance: bool, office: str | None
) -> None:
    """Refuse what would have no meaning: the matrix decides what a role may hold."""
    here = terminal(context)
    if clearance and not may(role, Right.HOLD_CLEARANCE, office=office):
        here.warn(said("This role, or an account of one office, may hold no clearance."))
        raise typer.Exit(Exit.REFUSED)
    if office is not None and office not in {one.code for one in store.offices()}:
        here.warn(said("There is no office {code}."), code=office)
        raise typer.Exit(Exit.REFUSED)


def _tell_password(context: typer.Context, name: str, password: str) -> None:
    here = terminal(context)
    here.tell(said("Account: {name}"), name=name)
    here.tell(said("One-time password, shown only now: {password}"), password=password)
    here.tell(said("It must be changed at the first sign-in."))
