"""Looking after accounts: make, change, reset, disable; who holds a clearance. Acts with entries.

Whoever manages accounts gives no clearance, and whoever gives clearances manages no accounts: it
takes two to make somebody who is cleared. A new password or role ends a clearance, and a broken
glass: whoever is given the new password did not break it. For a day the account can break no other
and clear nobody (``service.auth.settling``).
"""

from dataclasses import replace
from datetime import datetime

from service.auth.accounts import Account, is_account_name
from service.auth.first_run import one_time_password
from service.auth.glass import close_glass_of
from service.auth.roles import Right, Role, may
from service.auth.settling import check_settled
from service.auth.sign_in import hash_password
from service.errors import NotAllowedError
from service.store.errors import ConflictError, UnknownError
from service.store.store import Store


class NoNameError(ValueError):
    """The name can't be an account's."""


def make_account(store: Store, by: Account, name: str, role: Role, office: str | None) -> str:
    """A new account; returns its one-time password, which is kept nowhere.

    Raises:
        NoNameError: not 2 to 32 of a-z, 0-9, dot, _ and -; or a program's.
        ConflictError: there is such an account.
        UnknownError: there is no such office.

    """
    name = name.strip().casefold()
    if not is_account_name(name):
        raise NoNameError(name)
    password = one_time_password()
    made = Account(name, role, hash_password(password), must_change=True, office=office)
    with store.write():
        if store.accounts.account(name) is not None:
            raise ConflictError(f"there is an account {name} already")
        _check_office(store, office)
        store.accounts.put_account(made)
        store.audit.append(
            "account_made",
            actor=by.name,
            subject=name,
            details={"role": role.value, "office": office or "", "clearance": False},
        )
    return password


def change_account(store: Store, by: Account, name: str, role: Role, office: str | None) -> None:
    """Another role or office: it is signed out everywhere, its clearance ends.

    Raises:
        UnknownError: there is no such account or office.
        NotAllowedError: it is the own one.

    """
    with store.write():
        account = _other(store, by, name)
        if (account.role, account.office) == (role, office):
            return
        _check_office(store, office)
        store.accounts.put_account(replace(account, role=role, office=office, clearance=False))
        store.accounts.drop_sessions_of(account.name)
        close_glass_of(store, by.name, account.name)
        store.audit.append(
            "account_changed",
            actor=by.name,
            subject=account.name,
            details={"role": role.value, "office": office or "", "clearance": False},
        )


def reset_account(store: Store, by: Account, name: str) -> str:
    """A new one-time password; sessions, tokens and clearance end with the old one.

    Raises ``UnknownError``, and ``NotAllowedError`` for the own one.
    """
    password = one_time_password()
    made = hash_password(password)
    with store.write():
        account = _other(store, by, name)
        store.accounts.put_account(
            replace(
                account,
                password_hash=made,
                must_change=True,
                failures=0,
                locked_until=None,
                clearance=False,
            )
        )
        store.accounts.drop_sessions_of(account.name)
        store.accounts.revoke_tokens_of(account.name)
        close_glass_of(store, by.name, account.name)
        store.audit.append("password_reset", actor=by.name, subject=account.name)
    return password


def able_account(store: Store, by: Account, name: str, *, disabled: bool) -> None:
    """Shut an account out or let it in again; its acts stay on record.

    Raises ``UnknownError``, and ``NotAllowedError`` for the own one.
    """
    with store.write():
        account = _other(store, by, name)
        changed = replace(account, disabled=disabled, failures=0, locked_until=None)
        store.accounts.put_account(changed)
        store.accounts.drop_sessions_of(account.name)
        close_glass_of(store, by.name, account.name)
        action = "account_disabled" if disabled else "account_enabled"
        store.audit.append(action, actor=by.name, subject=account.name)


def give_clearance(store: Store, by: Account, name: str, *, cleared: bool, now: datetime) -> None:
    """Give or take a clearance, never the own one.

    Raises:
        UnknownError: there is no such account.
        NotAllowedError: it is the own one and would be given.
        UnsettledError: it would be given by an account that somebody made, changed, reset or
            enabled within the last day.
        ConflictError: its role, or its office, can hold none.

    """
    with store.write():
        account = store.accounts.account(name)
        if account is None:
            raise UnknownError(f"there is no account {name}")
        if cleared and account.name == by.name:
            raise NotAllowedError
        if cleared:
            check_settled(store, by.name, now)
        if cleared and not may(account.role, Right.HOLD_CLEARANCE, office=account.office):
            raise ConflictError("its role can hold no clearance")
        store.accounts.put_account(replace(account, clearance=cleared))
        action = "clearance_given" if cleared else "clearance_taken"
        store.audit.append(action, actor=by.name, subject=account.name)


def _other(store: Store, by: Account, name: str) -> Account:
    account = store.accounts.account(name)
    if account is None:
        raise UnknownError(f"there is no account {name}")
    if account.name == by.name:
        # Who demotes or disables himself may leave nobody who could undo it.
        raise NotAllowedError
    return account


def _check_office(store: Store, office: str | None) -> None:
    if office is not None and office not in {one.code for one in store.offices()}:
        raise UnknownError(f"there is no office {office}")
