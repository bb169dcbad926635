"""Words of sources for our codes: categories, units, genders, kinds of office, audiences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.incidents import CATEGORIES, OTHER
from optimizer.staff import Gender, Unit
from service.imports.headers import fold_header
from service.imports.values import is_empty, plain

# What sources call their events. ACLED's, UCDP's and military words name the violence, not the
# case: they are violent conflict. Whatever is not here is "other", and counted.
_CATEGORY_WORDS: Mapping[str, tuple[str, ...]] = {
    "domestic_violence": (
        "family violence", "intimate partner violence", "عنف اسري", "العنف الاسري", "تعنيف",
        "تعنيف اسري", "عنف عائلي", "عنف منزلي", "العنف المنزلي", "ضرب الزوجه",
    ),
    "family_dispute": (
        "family problem", "family conflict", "خلاف عائلي", "خلافات عائليه", "نزاعات عائليه",
        "مشاكل عائليه", "نزاع اسري", "خلاف اسري", "مشكله عائليه",
    ),
    "electronic_extortion": (
        "extortion", "blackmail", "cyber extortion", "e-extortion", "online blackmail",
        "sextortion",
        "ابتزاز", "الابتزاز", "الابتزاز الالكتروني", "جرائم الكترونيه", "تهديد الكتروني",
    ),
    "drug_abuse": (
        "drugs", "drug", "narcotics", "substance abuse", "مخدرات", "المخدرات", "تعاطي",
        "تعاطي مخدرات", "ادمان",
    ),
    "tribal_conflict": (
        "tribal", "clan conflict", "tribal dispute", "عشائري", "نزاعات عشائريه",
        "النزاعات العشائريه",
        "خلاف عشائري", "دكه عشائريه", "نزاع عشائري مسلح",
    ),
    "violent_conflict": (
        "battles", "explosions/remote violence", "violence against civilians", "riots",
        "mob violence", "armed clash", "attack", "abduction/forced disappearance",
        "abduction", "kidnapping", "shelling/artillery/missile attack", "grenade",
        "remote explosive/landmine/ied", "suicide bomb", "air/drone strike", "ied", "saf",
        "small arms fire", "state-based conflict", "non-state conflict", "one-sided violence",
        "assault", "murder", "homicide", "fight", "brawl", "violence and sexual offences",
        "مشاجره", "مشاجرات", "شجار", "اعتداء", "قتل", "طعن", "اطلاق نار", "عبوه ناسفه", "خطف",
    ),
    "illicit_weapons": (
        "weapons", "weapon", "possession of weapons", "unlicensed weapons", "arms", "سلاح", "اسلحه",
        "حيازه سلاح", "سلاح غير مرخص", "الاسلحه غير المرخصه", "الاسلحه",
    ),
    "sexual_violence": (
        "sexual assault", "rape", "harassment", "sexual harassment", "تحرش", "تحرش جنسي", "اغتصاب",
        "اعتداء جنسي",
    ),
    "child_abuse": (
        "violence against children", "child labour", "child neglect", "تعنيف الاطفال",
        "تعنيف طفل", "عنف ضد الاطفال", "اساءه للاطفال", "اساءه الي طفل",
    ),
    OTHER: ("other", "others", "misc", "اخري", "غير ذلك", "protests", "strategic developments"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Categories:
    """Codes of one column; ``unknown`` counts the words that became "other"."""

    codes: list[str]
    unknown: dict[str, int]


def category_words(own: Mapping[str, str] | None = None) -> dict[str, str]:
    """Folded word -> category; ``own`` are choices that a planner made."""
    words = {fold_header(w): code for code, many in _CATEGORY_WORDS.items() for w in many}
    for category in CATEGORIES.values():
        for name in (category.code, category.name_ar, category.name_en):
            words[fold_header(name)] = category.code
    return words | {fold_header(word): code for word, code in (own or {}).items()}


def parse_categories(
    cells: Sequence[str | None],
    finer: Sequence[str | None] | None = None,
    own: Mapping[str, str] | None = None,
) -> Categories:
    """Categories of one column; ``finer`` (ACLED's sub-event type) decides where it is known."""
    words = category_words(own)
    codes, unknown = [], dict[str, int]()
    for position, cell in enumerate(cells):
        sub = finer[position] if finer is not None else None
        code = words.get(fold_header(sub)) if sub else None
        if code is None and not is_empty(cell):
            code = words.get(fold_header(str(cell)))
            if code is None:
                shown = str(cell)[:60]
                unknown[shown] = unknown.get(shown, 0) + 1
        codes.append(code or OTHER)
    return Categories(codes, unknown)


_UNIT_WORDS: Mapping[Unit, tuple[str, ...]] = {
    Unit.PATROL: ("patrols", "patrol unit", "دوريه", "دوريات", "الدوريات", "شعبه الدوريات"),
    Unit.OUTREACH: (
        "community outreach", "awareness", "توعيه", "التوعيه", "تواصل", "التواصل المجتمعي",
        "التوعيه المجتمعيه",
    ),
    Unit.TRIBAL: (
        "tribal coordination", "tribes", "عشائر", "العشائر", "التنسيق العشائري", "شؤون العشائر",
    ),
    Unit.WOMEN: (
        "women's engagement", "women engagement", "womens engagement", "المراه", "شؤون المراه",
        "العنصر النسوي", "النسويه",
    ),
    Unit.REFERRAL: (
        "referral centre", "referral center", "counsellor", "احاله", "الاحاله", "مركز الاحاله",
    ),
}  # fmt: skip
_GENDER_WORDS: Mapping[Gender, tuple[str, ...]] = {
    Gender.WOMAN: ("w", "f", "female", "women", "امراه", "انثي", "نساء", "ضابطه", "شرطيه"),
    Gender.MAN: ("m", "male", "men", "رجل", "ذكر", "رجال", "ضابط", "شرطي"),
}
_OFFICE_WORDS: Mapping[str, tuple[str, ...]] = {
    "main": ("headquarters", "hq", "main office", "رييسي", "المكتب الرييسي"),
    "sub": ("branch", "sub-office", "suboffice", "sub office", "فرعي", "مكتب فرعي"),
    "candidate": ("proposed", "planned", "مقترح", "مرشح"),
}
AUDIENCES: Mapping[str, tuple[str, ...]] = {
    "school": ("schools", "secondary school", "primary school", "مدرسه", "مدارس", "طلاب", "ثانويه"),
    "university": ("college", "institute", "جامعه", "كليه", "معهد"),
    "cso": ("ngo", "civil society", "association", "منظمه", "منظمات", "جمعيه", "مجتمع مدني"),
    "women": ("women's group", "نساء", "سيدات"),
    "clan": ("tribe", "clans", "tribes", "عشيره", "عشائر", "شيوخ"),
    "mosque": ("religious", "husseiniya", "جامع", "مسجد", "حسينيه"),
    "displaced": ("idps", "migrants", "camp", "نازحون", "نازحين", "مهاجرين"),
    "other": (),
}


def unit_of(cell: str) -> Unit | None:
    found = _lookup(cell, {u.value: (u.value, *words) for u, words in _UNIT_WORDS.items()})
    return None if found is None else Unit(found)


def gender_of(cell: str) -> Gender | None:
    found = _lookup(cell, {g.value: (g.value, *words) for g, words in _GENDER_WORDS.items()})
    return None if found is None else Gender(found)


def office_kind_of(cell: str) -> str | None:
    return _lookup(cell, {k: (k, *words) for k, words in _OFFICE_WORDS.items()})


def audience_of(cell: str | None) -> str:
    """One of ``AUDIENCES``; free text is never kept."""
    if cell is None or is_empty(cell):
        return "other"
    return _lookup(cell, {k: (k, *words) for k, words in AUDIENCES.items()}) or "other"


def _lookup(cell: str, words: Mapping[str, tuple[str, ...]]) -> str | None:
    asked = fold_header(plain(cell))
    for code, names in words.items():
        if asked in {fold_header(name) for name in names}:
            return code
    return None
