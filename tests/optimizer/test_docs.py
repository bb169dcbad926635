from pathlib import Path

from optimizer.problem import TierName
from optimizer.rules import RULES

DOCS = Path(__file__).parents[2] / "docs" / "model.md"
RULE_FILES = Path(__file__).parents[2] / "optimizer" / "rules"


def test_every_rule_and_tier_has_its_entry():
    text = DOCS.read_text(encoding="utf-8")
    missing = [r.NAME for r in RULES if f"| {r.NAME} |" not in text]
    missing += [t for t in TierName if f"`{t}`" not in text]
    assert not missing


def test_every_rule_file_is_in_the_model_and_has_a_test_file():
    files = {p.stem for p in RULE_FILES.glob("*.py")} - {"__init__"}
    assert files == {r.__name__.rsplit(".", 1)[-1] for r in RULES}
    tests = {p.stem for p in (Path(__file__).parent / "rules").glob("test_*.py")}
    assert {f"test_{name}" for name in files} <= tests
