"""The audit log keeps codes; its page says words, in both languages, for every act there is."""

import ast
import re
from pathlib import Path

import pytest

from geo.layers import LayerCode
from service.auth.accounts import PROGRAMS
from service.auth.roles import Right, Role
from service.locale.audit_words import ACTION, ACTOR, DETAIL, RIGHT, actor_name
from service.locale.words import make_words
from service.pages.audit import SHOWN
from service.pages.log_lines import NAMED, detail_line, subject_line
from service.store import Kind

SERVICE = Path(__file__).resolve().parents[3] / "service"
CODE = re.compile(r"[a-z]+_[a-z_]+|[a-z]+")


def acts_of(tree):
    """Texts that an entry of the log can have as its act: arguments, choices, named constants."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            called = ast.unparse(node.func)
            if called.endswith(("audit.append", "journal.note", "_note_slowly")):
                yield from texts_in(node.args[0], tree)


def texts_in(argument, tree):
    match argument:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from texts_in(argument.body, tree)
            yield from texts_in(argument.orelse, tree)
        case ast.Name(id=name):
            for node in ast.walk(tree):
                targets = node.targets if isinstance(node, ast.Assign) else ()
                if any(isinstance(one, ast.Name) and one.id == name for one in targets):
                    yield from texts_in(node.value, tree)


def test_every_act_that_the_code_writes_has_words():
    written = {
        text
        for file in SERVICE.rglob("*.py")
        for text in acts_of(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert {"imported", "purged", "locked_out", "account_enabled", "plan_rejected"} <= written
    assert written - set(ACTION) == set()


def test_every_right_and_every_shown_detail_has_words():
    assert set(RIGHT) == set(Right)
    assert set(DETAIL) == set(SHOWN)


@pytest.mark.parametrize(
    "subject",
    [
        "grant 12", "token 3", "placement", "series", "surface",
        "need", "layers district", "layers subdistrict",
        *(f"{kind.value}-7" for kind in Kind),
        *(f"layer {code.value}" for code in LayerCode),
        *(f"map {code.value}" for code in LayerCode),
        "incident-rate-subdistricts", "need-districts", "offices", "forums", "plans", "districts",
    ],
)  # fmt: skip
def test_what_an_entry_is_about_is_said_in_the_reader_s_language(subject):
    for lang in ("ar", "en"):
        told, is_code = subject_line(make_words(lang), "exact_read", subject)
        assert not is_code
        assert told != subject or (lang == "en" and subject == "token 3")
    assert not re.search("[A-Za-z]", subject_line(make_words("ar"), "exact_read", subject)[0])


def test_a_name_that_people_gave_stays_as_it_is():
    words = make_words("ar")
    for subject in ("planner", "backup-2024.mizan", "/access/log", "", "layer nothing", "x-2"):
        assert subject_line(words, "exact_read", subject) == (subject, True)
    assert "\u2068p-7f3a\u2069" in subject_line(words, "exact_read", "plan p-7f3a")[0]


def test_details_are_said_in_words_and_what_people_wrote_stays():
    words = make_words("ar")
    for name, value in (
        *(("role", role.value) for role in Role),
        *(("right", right.value) for right in Right),
        ("clearance", "exact"), ("clearance", "released"), ("clearance", True), ("exact", True),
        ("category", "domestic_violence"), ("category", "severe"),
        ("until", "2024-05-06T07:08:00+03:00"),
    ):  # fmt: skip
        told = detail_line(words, name, value)
        assert told
        assert not CODE.search(told), (name, told)
    assert detail_line(words, "reason", "exact") == "exact"
    assert detail_line(words, "role", "king") == "king"


@pytest.mark.parametrize("name", ["need", "series", "offices", "growth", "offices-2"])
def test_an_account_that_is_called_like_a_layer_keeps_its_name(name):
    words = make_words("ar")
    assert subject_line(words, "signed_in", name) == (name, True)
    assert subject_line(words, "exact_read", name) != (name, True)
    assert set(ACTION) >= NAMED


def test_programs_act_under_words_and_accounts_under_their_names():
    arabic = make_words("ar")
    assert set(ACTOR) == PROGRAMS
    assert [actor_name(arabic, name) for name in ACTOR] == ["سطر الأوامر", "ميزان نفسه"]
    assert actor_name(arabic, "zaynab") == "zaynab"
