"""``mizan user``: accounts of this installation."""

from typing import Annotated

import typer

from geo.notes import said
from service.auth.roles import Role
from service.commands.terminal import Exit, terminal


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Accounts: add, list, reset, disable, enable.")
    group.command("add")(add)
    group.command("list")(list_accounts)
    group.command("reset")(reset)
    group.command("disable")(disable)
    group.command("enable")(enable)
    app.add_typer(group, name="user")


Name = Annotated[str, typer.Argument(help="Name to sign in with: a-z, 0-9, . _ -")]


def add(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option(help="What the account may do.")],
    clearance: Annotated[
        bool, typer.Option("--clearance", help="May see figures of severe categories.")
    ] = False,
) -> None:
    """Make an account; its one-time password is printed once."""
    import re

    from service.auth.accounts import NAME_PATTERN, Account
    from service.auth.first_run import one_time_password
    from service.auth.sign_in import hash_password

    here = terminal(context)
    name = name.casefold()
    if not re.fullmatch(NAME_PATTERN, name):
        here.warn(said("{name} is no account name: 2 to 32 of a-z, 0-9, dot, _ and -."), name=name)
        raise typer.Exit(Exit.REFUSED)
    password = one_time_password()
    with here.store() as store, store.write():
        if store.accounts.account(name) is not None:
            here.warn(said("There is already an account {name}."), name=name)
            raise typer.Exit(Exit.REFUSED)
        store.accounts.put_account(Account(name, role, hash_password(password), must_change=True))
        store.accounts.confine(name, clearance=clearance, office=None)
        store.audit.append(
            "account_made",
            actor="cli",
            subject=name,
            details={"role": role.value, "clearance": clearance},
        )
    _tell_password(context, name, password)


def list_accounts(context: typer.Context) -> None:
    """All accounts with their roles."""
    here = terminal(context)
    with here.store() as store:
        for account in store.accounts.accounts():
            marks = [account.role.value]
            marks += ["clearance"] if account.clearance else []
            marks += ["disabled"] if account.disabled else []
            marks += ["must change password"] if account.must_change else []
            here.out.print(f"{account.name}\t{', '.join(marks)}", markup=False, highlight=False)


def reset(context: typer.Context, name: Name) -> None:
    """Give an account a new one-time password and sign it out everywhere."""
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
    )
    _tell_password(context, name.casefold(), password)


def disable(context: typer.Context, name: Name) -> None:
    """Close an account and sign it out everywhere; what it did stays on record."""
    _change(context, name, "account_disabled", disabled=True)


def enable(context: typer.Context, name: Name) -> None:
    """Open a disabled or locked account again."""
    _change(context, name, "account_enabled", disabled=False, failures=0, locked_until=None)


def _change(context: typer.Context, name: str, action: str, **changes: object) -> None:
    from dataclasses import replace

    here = terminal(context)
    with here.store() as store, store.write():
        account = store.accounts.account(name)
        if account is None:
            here.warn(said("There is no account {name}."), name=name)
            raise typer.Exit(Exit.REFUSED)
        store.accounts.put_account(replace(account, **changes))  # type: ignore[arg-type]  # fields of Account
        store.accounts.drop_sessions_of(account.name)
        store.audit.append(action, actor="cli", subject=account.name)


def _tell_password(context: typer.Context, name: str, password: str) -> None:
    here = terminal(context)
    here.tell(said("Account: {name}"), name=name)
    here.tell(said("One-time password, shown only now: {password}"), password=password)
    here.tell(said("It must be changed at the first sign-in."))
