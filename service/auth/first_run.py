"""The first start: an account for the director with a one-time password, and no known one."""

import secrets
from dataclasses import dataclass

from service.auth.accounts import Account, AccountBook
from service.auth.roles import Role
from service.auth.sign_in import hash_password

FIRST_ACCOUNT = "director"
# Letters and digits that can't be mistaken for one another when read from a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """Printed once by whoever starts the service; it must be changed at the first sign-in."""

    account: str
    password: str


def one_time_password() -> str:
    """Four groups of four: 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def first_password(book: AccountBook) -> OneTimePassword | None:
    """A one-time password while nobody has chosen one yet, else ``None``.

    Called at each start. A store without accounts gets the director's; as long as its one-time
    password was not replaced, each start makes a new one and the one printed before is void.
    """
    everybody = book.accounts()
    if any(account.name != FIRST_ACCOUNT or not account.must_change for account in everybody):
        return None
    password = one_time_password()
    book.put_account(
        Account(
            name=FIRST_ACCOUNT,
            role=Role.DIRECTOR,
            password_hash=hash_password(password),
            must_change=True,
        )
    )
    book.drop_sessions_of(FIRST_ACCOUNT)
    return OneTimePassword(account=FIRST_ACCOUNT, password=password)


def welcome(address: str, first: OneTimePassword | None) -> str:
    """What ``mizan serve`` prints: where to go and how to sign in."""
    lines = [f"Mizan is at {address}"]
    if first is None:
        lines.append("Sign in with your own account (a new one: mizan user add NAME).")
    else:
        lines.append(f"Sign in as: {first.account}")
        lines.append(f"One-time password: {first.password}")
        lines.append("You choose your own password at the first sign-in.")
    return "\n".join(lines)
