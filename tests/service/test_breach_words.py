"""Whatever the auditor may find wrong has words; where the code knows none, the code stays."""

import ast
from pathlib import Path

import pytest

from optimizer.plan import ShortfallKind
from service.locale.breach_words import BREACH, breach_words
from service.locale.words import Words

OPTIMIZER = Path(__file__).resolve().parents[2] / "optimizer"
AR, EN = Words("ar"), Words("en")


def codes():
    """Second argument of each check of the auditor that is written out."""
    for name in ("audit.py", "audit_stated.py"):
        for node in ast.walk(ast.parse((OPTIMIZER / name).read_text("utf-8"))):
            is_check = isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "ledger.holds",
                "ledger.at_most",
                "Misstated",
            }
            if is_check and isinstance(node.args[1], ast.Constant):
                yield node.args[1].value


def test_every_code_of_the_auditor_has_words_in_both_languages():
    found = set(codes())
    assert len(found) > 25
    assert found == {code.rpartition(".")[2] for code in BREACH}
    for code in found:
        assert breach_words(EN, "", code) != code
        assert breach_words(AR, "", code) != breach_words(EN, "", code)


@pytest.mark.parametrize("kind", ShortfallKind)
def test_a_lack_that_is_told_wrongly_is_named(kind):
    assert "lack" in breach_words(EN, "shortfalls", f"{kind.value} patrol")


def test_rules_with_one_code_have_words_of_their_own():
    assert breach_words(EN, "leads", "hours") != breach_words(EN, "capacity", "hours")
    assert breach_words(EN, "tiers", "T1: bound 3 is beyond its value").startswith("T1")
