"""Templates in the reader's language, and the static files they name."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.datastructures import URL
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import LANG_COOKIE, words_of
from service.errors import page_asked
from service.locale import terms
from service.locale.audit_words import actor_name
from service.locale.source_words import source_name
from service.locale.words import LANGS, Words
from service.pages import charts
from service.pages.advice import note_on_page
from service.pages.figures import say_note
from service.scenario import presets
from service.store import PlanHead

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
YEAR_S = 365 * 24 * 3600


@cache
def static_url(path: str) -> str:
    """Address of a static file with a stamp of its content: it may be kept for ever."""
    stamp = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={stamp}"


class StampedFiles(StaticFiles):
    """Static files: kept for ever where the address carries a stamp.

    Maps are documents without an origin of their own (see ``service.security``): they may load
    these files, which are the same for everybody, from us.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        stamped = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = (
            f"public, max-age={YEAR_S}, immutable" if stamped else "public, max-age=3600"
        )
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if path.endswith(".woff2"):
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(static=static_url, charts=charts, terms=terms)
    environment.filters["isolate"] = isolate
    return environment


def isolate(text: object) -> Markup:
    """Figures and codes keep their own direction inside a sentence."""
    return Markup("<bdi>{}</bdi>").format(text)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page and in which language."""

    words: Words
    account: Account | None

    def may(self, right: str) -> bool:
        return self.account is not None and self.account.may(Right(right))


def plan_title(head: PlanHead, words: Words) -> str:
    """A plan's title; a preset's in the reader's language."""
    preset = presets().get(head.scenario)
    if preset is not None and head.title in {preset.title_ar, preset.title_en, "", preset.name}:
        return words.numerals(words.name({"name_ar": preset.title_ar, "name_en": preset.title_en}))
    return head.title or head.scenario or head.id


def other_language_url(request: Request, words: Words) -> str:
    """The same page in the other language; of one that answered a form, the form's page."""
    return str(URL(page_asked(request)).include_query_params(lang=words.other))


def page(
    request: Request,
    template: str,
    account: Account | None,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """Render ``template``; a language asked in the address is remembered."""
    words = words_of(request)
    text = (
        _environment()
        .get_template(template)
        .render(
            request_path=request.url.path,
            reader=Reader(words, account),
            words=words,
            t=words.say,
            count=words.count,
            n=words.number,
            pct=words.percent,
            note=lambda text: say_note(words, note_on_page(text)),
            source_name=lambda text: source_name(words, text),
            actor=lambda name: actor_name(words, name),
            other_url=other_language_url(request, words),
            plan_title=lambda head: plan_title(head, words),
            **context,
        )
    )
    response = HTMLResponse(text, status, headers)
    if request.query_params.get("lang") in LANGS:
        settings = request.app.state.house.settings
        response.set_cookie(
            LANG_COOKIE,
            words.lang,
            max_age=YEAR_S,
            httponly=True,
            samesite="lax",
            secure=settings.cookies_are_secure,
        )
    return response
