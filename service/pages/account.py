"""Signing in and out, and the own password."""

from http.client import UNAUTHORIZED
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from geo.notes import said
from service.auth.accounts import Account
from service.auth.roles import Right
from service.auth.sign_in import MIN_PASSWORD, Refusal, SignedIn
from service.deps import SESSION_COOKIE, House, HouseOf, WordsOf, refuse_cross_site, require, who
from service.locale.words import Words
from service.pages.interrupted import CarriedForm, carried_page, kept_of, read_carried
from service.pages.render import page

router = APIRouter(include_in_schema=False)
Own = Annotated[Account, Depends(require(Right.OWN_ACCOUNT))]


def safe_next(target: str) -> str:
    """Only addresses of our own pages are followed after signing in."""
    parts = urlsplit(target)
    own = target.startswith("/") and not target.startswith(("//", "/\\", "/log"))
    return target if own and not parts.netloc and target.isprintable() else "/"


def _with_session(response: Response, signed: SignedIn, house: HouseOf) -> Response:
    settings = house.settings
    response.set_cookie(
        SESSION_COOKIE,
        signed.token,
        max_age=int(settings.session_hours * 3600),
        httponly=True,
        samesite="lax",
        secure=settings.cookies_are_secure,
    )
    return response


def home_of(account: Account) -> str:
    """Where an account starts: the map, or for who sees no map the own account."""
    return "/" if account.may(Right.SEE_MAP) else "/account"


@router.get("/login")
def login_form(
    request: Request,
    account: Annotated[Account | None, Depends(who)],
    next: str = "/",  # noqa: A002 (the word that addresses use)
) -> Response:
    if account is not None:
        return RedirectResponse(home_of(account), status_code=303)
    return page(request, "login.html", None, next=safe_next(next), name="", refusal="", kept=None)


@router.post("/login", dependencies=[Depends(refuse_cross_site)])
def login(
    request: Request,
    house: HouseOf,
    words: WordsOf,
    name: Annotated[str, Form(max_length=80)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002 (the word that addresses use)
    to: Annotated[str, Form(max_length=2000)] = "/",
    typed: CarriedForm = "",
) -> Response:
    """Sign in; ``typed`` is what a form sent to the page ``to`` after its session had ended."""
    signed = house.doorkeeper.sign_in(
        name,
        password,
        address=request.client.host if request.client else "",
        instead_of=request.cookies.get(SESSION_COOKIE),
    )
    target = safe_next(next)
    if isinstance(signed, SignedIn):
        if signed.account.must_change:
            target = "/account"
        elif fields := read_carried(typed):
            answer = carried_page(request, signed.account, safe_next(to), fields)
            return _with_session(answer, signed, house)
        elif target == "/":
            target = home_of(signed.account)
        return _with_session(RedirectResponse(target, status_code=303), signed, house)
    wrong = said("Name and password do not match. Look at both and try again.")
    refusal = _why(signed, house, words, wrong)
    status = {Refusal.BUSY: 503, Refusal.SLOW: 429}.get(signed, 401)
    headers = {} if status == UNAUTHORIZED else {"Retry-After": "60"}
    return page(
        request,
        "login.html",
        None,
        status=status,
        headers=headers,
        next=target,
        name=name,
        refusal=refusal,
        kept=kept_of(safe_next(to), typed),
    )


def _why(refusal: Refusal, house: House, words: Words, wrong: str) -> str:
    """A refusal for people; ``wrong`` is what a wrong password is told."""
    if refusal is Refusal.LOCKED:
        rests = words.count(
            "Too many wrong passwords. This account rests for {n} minute.",
            "Too many wrong passwords. This account rests for {n} minutes.",
            house.settings.lockout_minutes,
        )
        return f"{rests} {words.say('Who runs the accounts can open it sooner.')}"
    if refusal is Refusal.BUSY:
        return words.say("Too many people sign in just now. Try again in a moment.")
    if refusal is Refusal.SLOW:
        return words.say("Too many wrong passwords from here. Try again in a minute.")
    return words.say(wrong)


@router.post("/logout", dependencies=[Depends(require(Right.OWN_ACCOUNT))])
def logout(request: Request, house: HouseOf) -> Response:
    house.doorkeeper.sign_out(request.cookies.get(SESSION_COOKIE))
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/account")
def account_form(request: Request, account: Own, done: bool = False) -> Response:
    return page(request, "account.html", account, done=done, fault="")


@router.post("/account")
def change_password(
    request: Request,
    house: HouseOf,
    words: WordsOf,
    account: Own,
    old: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    fault = ""
    if new != again:
        fault = words.say("The two new passwords differ.")
    else:
        try:
            changed = house.doorkeeper.change_password(account, old, new)
        except ValueError:
            fault = words.count(
                "The new password needs {n} character at least, and must differ from the old one.",
                "The new password needs {n} characters at least, and must differ from the old one.",
                MIN_PASSWORD,
            )
        else:
            if isinstance(changed, SignedIn):
                target = home_of(account) if account.must_change else "/account?done=true"
                return _with_session(RedirectResponse(target, status_code=303), changed, house)
            other = said("The password you have now is another one.")
            fault = _why(changed, house, words, other)
    return page(request, "account.html", account, status=422, done=False, fault=fault)
