"""What routes depend on: the house, the reader's words, the account, the right they ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, NoReturn, cast
from urllib.parse import urlsplit

from fastapi import Depends, Path, Request

from service.auth.accounts import Account
from service.auth.brakes import Brake
from service.auth.clearance import Clearances
from service.auth.journal import StoreJournal
from service.auth.roles import Right
from service.auth.sign_in import Clock, Doorkeeper
from service.errors import CrossSiteError, NotAllowedError, NotSignedInError, PasswordDueError
from service.locale.words import Words, make_words
from service.settings import Settings
from service.store.store import Store

if TYPE_CHECKING:
    from service.details.shelf import DetailsShelf
    from service.pages.atlas import Atlases
    from service.pages.baselines import Baselines
    from service.pages.basemap import Basemap
    from service.pages.estimates import Estimates
    from service.pages.newest_plan import PlanShelf

SESSION_COOKIE = "mizan_session"
LANG_COOKIE = "mizan_lang"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class House:
    """Everything that lives as long as the service; built once by ``create_app``."""

    settings: Settings
    doorkeeper: Doorkeeper
    journal: StoreJournal
    clearances: Clearances
    token_brake: Brake  # wrong app tokens by address
    store: Store
    atlases: "Atlases"
    baselines: "Baselines"
    clock: Clock
    basemap: "Basemap"
    shelf: "PlanShelf"  # the plan that the map speaks of
    details: "DetailsShelf"
    estimates: "Estimates"
    wake: Callable[[], None]  # tells the runner of this process, if any, that a job waits


def house(request: Request) -> House:
    return cast(House, request.app.state.house)


def words_of(request: Request) -> Words:
    """Language: asked in the address, else remembered, else the installation's."""
    settings = house(request).settings
    asked = request.query_params.get("lang") or request.cookies.get(LANG_COOKIE)
    return make_words(asked, default=settings.language, digits=settings.digits)


def who(request: Request) -> Account | None:
    """Whoever is signed in, or nobody."""
    return house(request).doorkeeper.whose(request.cookies.get(SESSION_COOKIE))


def refuse_cross_site(request: Request) -> None:
    """A state change must come from our own pages: ``Sec-Fetch-Site``, else ``Origin``.

    Raises ``CrossSiteError`` also where a client names neither.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise CrossSiteError
        return
    origin = request.headers.get("origin")
    if origin is None or urlsplit(origin).netloc != request.headers.get("host"):
        raise CrossSiteError


def refuse(request: Request, account: Account, right: Right) -> NoReturn:
    """``account`` lacks ``right``: written down, then refused. Raises ``NotAllowedError``."""
    path = getattr(request.scope.get("route"), "path", "")
    house(request).journal.refused(account, right, request.method, path)
    raise NotAllowedError


def require(right: Right) -> Callable[..., Account]:
    """The dependency of a route that asks for ``right``; yields the account that has it."""

    def guard(request: Request, account: Annotated[Account | None, Depends(who)]) -> Account:
        refuse_cross_site(request)
        if account is None:
            raise NotSignedInError
        if account.must_change and right is not Right.OWN_ACCOUNT:
            raise PasswordDueError
        if not account.may(right):
            refuse(request, account, right)
        return account

    guard.right = right  # type: ignore[attr-defined]  # the walk over all routes reads it
    return guard


MOST_NUMBER = 2**31 - 1
"""The largest number of a row that every database can look for."""
RowNumber = Annotated[int, Path(ge=0, le=MOST_NUMBER)]
HouseOf = Annotated[House, Depends(house)]
WordsOf = Annotated[Words, Depends(words_of)]
