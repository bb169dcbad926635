"""Collect the sentences that people read, and keep the catalogues complete.

``--check`` fails when a sentence has no Arabic, or differs in its ``{places}``; ``--update`` adds
the missing ones to the catalogues with an empty translation. Sentences are found in Python as
the literal arguments of ``say``, ``t``, ``said``, ``Note``, ``count`` and ``Fault(key=, remedy=)``,
in templates as those of ``t`` and ``count``.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "service" / "locale"
NOTING = {"said", "Note"}
SAYING = {"say", "t", *NOTING}
COUNTING = {"count"}
PLACES = re.compile(r"\{(\w+)[^}]*\}")
# {{ t("...") }}, {{ count("...", "...", n) }}; sentences in templates stand in double quotes.
IN_TEMPLATE = re.compile(r'\b(t|count)\(\s*"((?:[^"\\]|\\.)*)"(?:\s*,\s*"((?:[^"\\]|\\.)*)")?')


@dataclass(slots=True)
class Sentences:
    """``found`` maps an id, or (one, many), to the files that say it."""

    found: dict[str | tuple[str, str], set[str]] = field(default_factory=dict)

    def add(self, sentence: str | tuple[str, str], where: Path) -> None:
        self.found.setdefault(sentence, set()).add(str(where.relative_to(ROOT)))


def _literal(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _from_call(call: ast.Call, saying: set[str]) -> Iterator[str | tuple[str, str]]:
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    texts = [_literal(argument) for argument in call.args]
    if name in COUNTING and len(texts) >= 2 and texts[0] and texts[1]:  # noqa: PLR2004 (one, many)
        yield (texts[0], texts[1])
    elif name in saying and texts and texts[0]:
        yield texts[0]
    elif name == "Fault" or (name or "").endswith("_fault"):
        named = {keyword.arg: _literal(keyword.value) for keyword in call.keywords}
        yield from (text for text in (named.get("key"), named.get("remedy")) if text)


def collect() -> Sentences:
    """Every sentence of geo, service and the optimizer's notes.

    All else of the optimizer speaks in codes that the service names: what it says is no sentence.
    """
    sentences = Sentences()
    for package, saying in (("geo", SAYING), ("service", SAYING), ("optimizer", NOTING)):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    for sentence in _from_call(node, saying):
                        sentences.add(sentence, path)
    for path in sorted((ROOT / "service").rglob("*.html")):
        for verb, one, many in IN_TEMPLATE.findall(path.read_text(encoding="utf-8")):
            sentences.add((one, many) if verb == "count" and many else one, path)
    return sentences


def read(lang: str) -> Catalog:
    """The catalogue of ``lang``."""
    with (LOCALE / lang / "LC_MESSAGES" / "mizan.po").open("rb") as file:
        return read_po(file, locale=lang)


def faults(lang: str, sentences: Sentences) -> list[str]:
    """What the catalogue of ``lang`` lacks, in words."""
    catalogue = read(lang)
    said = []
    for sentence in sentences.found:
        first = sentence if isinstance(sentence, str) else sentence[0]
        message = catalogue.get(first)
        texts = [] if message is None else message.string
        texts = [texts] if isinstance(texts, str) else list(texts)
        if message is None or message.fuzzy or not texts or not all(texts):
            said.append(f"{lang}: nothing said for: {first}")
            continue
        places = set(PLACES.findall(first if isinstance(sentence, str) else sentence[1]))
        # Arabic says one and two in the word itself: those forms may leave the figure out.
        loose = {"n"} if isinstance(sentence, tuple) else set()
        for text in texts:
            have = set(PLACES.findall(text))
            if not (places - loose <= have <= places):
                said.append(f"{lang}: other places in: {first}")
    return said


def unused(lang: str, sentences: Sentences) -> list[str]:
    """Ids of the catalogue that nobody says any more."""
    known = {s if isinstance(s, str) else s[0] for s in sentences.found}
    ids = [m.id if isinstance(m.id, str) else m.id[0] for m in read(lang) if m.id]
    return [one for one in ids if one not in known]


def update(lang: str, sentences: Sentences) -> int:
    """Add the missing ids with an empty translation; English says its ids themselves."""
    catalogue = read(lang)
    added = 0
    for sentence in sorted(sentences.found, key=str):
        first = sentence if isinstance(sentence, str) else sentence[0]
        if catalogue.get(first) is None:
            catalogue.add(sentence, sentence if lang == "en" else "")
            added += 1
    with (LOCALE / lang / "LC_MESSAGES" / "mizan.po").open("wb") as file:
        write_po(file, catalogue, width=100, omit_header=False, sort_output=True)
    return added


def main() -> int:
    """Exit 1 when a sentence has no words in a language."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--update", action="store_true")
    options.add_argument("--check", action="store_true")
    wanted = options.parse_args()
    sentences = collect()
    if wanted.update:
        for lang in ("ar", "en"):
            print(f"{lang}: {update(lang, sentences)} added")
    found = [fault for lang in ("ar", "en") for fault in faults(lang, sentences)]
    print("\n".join(found) or f"{len(sentences.found)} sentences, all said in both languages")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
