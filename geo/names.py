"""Names of places: Arabic and Latin spellings made comparable; a doubt is asked, never guessed.

Join by code first, by point second, by name last. ``fold`` maps spellings that differ only in
script habits to one key; the alias table adds spellings that no rule explains; whatever only
resembles a known name comes back as candidates for somebody to choose from.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from geo.places import Level

_ARABIC = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و",
        "ة": "ه", "ک": "ك", "ھ": "ه", "ہ": "ه", "گ": "ك", "ـ": "", "ء": "", "ۀ": "ه",
    }
)  # fmt: skip
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
# The article, also before sun letters as transliterated: ash-Shatt, az-Zubayr.
_ARTICLES = {"al", "el", "an", "ar", "as", "ash", "at", "ad", "adh", "ath", "az"}
_KINDS = {
    "qada", "qadha", "district", "nahiya", "nahia", "nahiyah", "subdistrict", "governorate",
    "province", "muhafaza", "muhafazat", "قضا", "قضاء", "ناحيه", "محافظه",
}  # fmt: skip
_CENTRES = {"center": "markaz", "centre": "markaz", "merkez": "markaz"}
_KUNYA = {"ابي": "ابو", "ابا": "ابو", "abi": "abu", "aba": "abu", "ibi": "abu"}

ALIASES: tuple[tuple[str, ...], ...] = (
    ("Al-Faw", "Fao", "Faw"),
    ("Al-Basrah", "Basra", "Bassora", "Al Basra"),
    ("Shat Al-Arab", "Shatt Al-Arab", "Shatt el Arab", "Shat Alarab"),
    ("Al-Thagar", "Thaghr", "Al-Thaghar", "Thagher"),
    ("Um Qasr", "Umm Qasr", "Om Qasr"),
    ("Thi Qar", "Dhi Qar", "Thi-Qar", "Zi Qar", "Dhiqar"),
    ("Maysan", "Missan", "Misan", "Maisan"),
    ("Al-Midaina", "Al-Mdaina", "Al Madinah", "Al-Medina", "Midaina", "Al-Mudaina"),
    ("Abu Al-Khaseeb", "Abu Al-Khasib", "Abi Al-Khasib", "Abul Khasib"),
    ("Al-Qurna", "Qurnah", "Al-Qurnah"),
    ("Al-Zubair", "Zubayr", "Az Zubayr", "Zobair"),
    ("Al-Hartha", "Al Harithah", "Hartha", "Al-Haritha"),
    ("Al-Dair", "Ad Dayr", "Al-Deer", "Al-Deir"),
    ("Al-Howweir", "Al-Huwair", "Al-Hwair", "Huwayr"),
    ("Al-Nashwa", "An Nashwah", "Nashwa"),
    ("Al-Siba", "As Sibah", "Al-Seeba", "Siba"),
    ("Al-Bahhar", "Al-Bahar"),
    ("Outba", "Utba", "Otba", "Utbah"),
    ("Safwan", "Sefwan"),
    ("سفوان", "صفوان"),
    ("Markaz Shat Al-Arab", "Tanuma", "Al-Tanuma", "Al-Tannuma"),  # its seat, as people call it
    ("مركز شط العرب", "التنومة"),
    ("Al-Qadissiya", "Al-Qadisiyah", "Qadissiya", "Diwaniyah"),
    ("Al-Sulaymaniyah", "Sulaimaniya", "Slemani"),
    ("Ninewa", "Nineveh", "Ninawa"),
    ("Kerbala", "Karbala"),
    ("Wassit", "Wasit"),
    ("Duhok", "Dahuk", "Dohuk"),
    ("Salah Al-Din", "Salahaddin", "Salah ad-Din"),
    ("Babil", "Babylon"),
)
"""Spellings of one name, as COD-AB, OCHA, DTM, GeoNames and the press write them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that a name may mean. ``likeness`` is 0-1; 1 means the same folded spelling."""

    code: str
    name: str
    level: Level
    likeness: float


@dataclass(frozen=True, slots=True)
class Match:
    """What a name resolves to. Without ``code`` somebody must choose among ``candidates``."""

    asked: str
    code: str | None
    candidates: tuple[Candidate, ...] = ()


def western_digits(text: str) -> str:
    """Arabic-Indic and Persian digits as 0-9."""
    return text.translate(_DIGITS)


def fold(name: str) -> str:
    """The comparable key of a name; see the module's text. Empty for a name without letters."""
    text = unicodedata.normalize("NFKC", western_digits(name)).translate(_ARABIC)
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(ch for ch in text if not unicodedata.combining(ch))
    text = re.sub(r"[‘’'`ʿʾʻʼ]", "", text)
    text = text.replace("sub-district", "subdistrict")
    words = [w for w in re.split(r"[^\w]+|_", text) if w]
    return " ".join(word for word in map(_fold_word, _content(words)) if word)


def _content(words: list[str]) -> list[str]:
    kept = [w for w in words if w not in _KINDS]
    kept = [w for w in kept if w not in _ARTICLES] or kept
    return [_CENTRES.get(_KUNYA.get(w, w), _KUNYA.get(w, w)) for w in kept]


_STEM = 2  # letters that must remain when an article or a final h goes


def _fold_word(word: str) -> str:
    if re.search(r"[ء-ي]", word):
        return word[2:] if word.startswith("ال") and len(word) > len("ال") + _STEM else word
    if word.startswith("al") and len(word) > len("al") + _STEM + 1:
        word = word[2:]
    word = re.sub(r"(.)\1+", r"\1", word.replace("ee", "i").replace("oo", "u"))
    return word[:-1] if len(word) > _STEM + 1 and word.endswith("h") else word


def _alias_keys(aliases: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Folded spelling -> the folded spelling that stands for its group."""
    return {fold(spelling): fold(group[0]) for group in aliases for spelling in group}


class Gazetteer:
    """Resolves names to codes of units.

    ``units`` needs index ``code`` and the columns ``level, name_ar, name_en, parent`` (and
    ``pcode`` if there is one). ``aliases`` are further groups of equal spellings; ``own`` maps a
    spelling straight to a code, for choices that a planner has made before.
    """

    def __init__(
        self,
        units: pd.DataFrame,
        *,
        aliases: Iterable[tuple[str, ...]] = (),
        own: Mapping[str, str] | None = None,
    ) -> None:
        self._alias = _alias_keys((*ALIASES, *aliases))
        self._own = {fold(name): code for name, code in (own or {}).items()}
        self._parent = {str(c): p for c, p in units["parent"].items()}
        self._level = {str(c): Level(v) for c, v in units["level"].items()}
        self._shown = {str(c): str(v) for c, v in units["name_en"].items()}
        self._codes = {str(c): str(c) for c in units.index}
        if "pcode" in units.columns:
            self._codes |= {str(p): str(c) for c, p in units["pcode"].items() if isinstance(p, str)}
        self._keys: dict[str, list[str]] = {}
        for column in ("name_ar", "name_en"):
            for code, name in units[column].items():
                if isinstance(name, str) and name:
                    bucket = self._keys.setdefault(self._key(name), [])
                    if str(code) not in bucket:
                        bucket.append(str(code))

    def resolve(self, name: str, *, level: Level | None = None, within: str | None = None) -> Match:
        """The unit that ``name`` (or code) means, among those of ``level`` inside ``within``.

        Exactly one unit of the same folded or aliased spelling is a match. Several, or only
        similar ones, are candidates, most alike first (at most five).
        """
        asked = name.strip()
        if asked in self._codes and self._fits(self._codes[asked], level, within):
            return Match(asked, self._codes[asked])
        key = self._key(asked)
        chosen = self._own.get(fold(asked))
        if chosen is not None and self._fits(chosen, level, within):
            return Match(asked, chosen)
        same = [c for c in self._keys.get(key, []) if self._fits(c, level, within)]
        if len(same) == 1:
            return Match(asked, same[0])
        if same:
            return Match(asked, None, tuple(self._candidate(c, 1.0) for c in same))
        return Match(asked, None, self._similar(key, level, within))

    def _key(self, name: str) -> str:
        """Folded, with every word run that is an alias put in its group's spelling."""
        folded = fold(name)
        if folded in self._alias:
            return self._alias[folded]
        before, _, last = folded.rpartition(" ")
        if before and last in {"markaz", "مركز"}:  # Basra Centre
            folded = f"{last} {before}"
        first, _, rest = folded.partition(" ")
        if first in {"markaz", "مركز"} and rest:
            return f"{first} {self._alias.get(rest, rest)}"
        return folded

    def _fits(self, code: str, level: Level | None, within: str | None) -> bool:
        if level is not None and self._level.get(code) is not level:
            return False
        here: object = code
        while within is not None and here != within:
            here = self._parent.get(str(here))
            if not isinstance(here, str):
                return False
        return True

    def _candidate(self, code: str, likeness: float) -> Candidate:
        return Candidate(code, self._shown[code], self._level[code], round(likeness, 3))

    def _similar(self, key: str, level: Level | None, within: str | None) -> tuple[Candidate, ...]:
        if not key:
            return ()
        best: dict[str, float] = {}
        for other, codes in self._keys.items():
            likeness = _likeness(key, other)
            if likeness >= _ALIKE:
                for code in codes:
                    if self._fits(code, level, within):
                        best[code] = max(best.get(code, 0.0), likeness)
        ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:5]
        return tuple(self._candidate(code, likeness) for code, likeness in ranked)


_ALIKE = 0.6
"""Likeness from which a name is worth asking about (judged on the names of Iraq)."""


def _likeness(one: str, other: str) -> float:
    """0 to just below 1: letters in common, or all words of the one inside the other."""
    ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
    words, others = set(one.split()), set(other.split())
    if words < others or others < words:
        ratio = max(ratio, 0.8)
    return min(ratio, 0.99)
