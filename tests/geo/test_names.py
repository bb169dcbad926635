"""Names resolve across scripts and spellings; a doubt is asked."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.names import Gazetteer, fold, western_digits
from geo.places import Level

PLACES = [
    ("IQG02", "governorate", "البصرة", "Al-Basrah", None),
    ("IQG17", "governorate", "ذي قار", "Thi Qar", None),
    ("IQG14", "governorate", "ميسان", "Maysan", None),
    ("IQG02Q01", "district", "ابي الخصيب", "Abu Al-Khaseeb", "IQG02"),
    ("IQG02Q02", "district", "البصرة", "Al-Basrah", "IQG02"),
    ("IQG02Q03", "district", "الفاو", "Al-Faw", "IQG02"),
    ("IQG02Q07", "district", "شط العرب", "Shat Al-Arab", "IQG02"),
    ("IQG02Q02N01", "subdistrict", "الهارثة", "Al-Hartha", "IQG02Q02"),
    ("IQG02Q02N02", "subdistrict", "مركز البصرة", "Markaz Al-Basrah", "IQG02Q02"),
    ("IQG02Q05N02", "subdistrict", "الثغر", "Al-Thagar", "IQG02"),
    ("IQG02Q06N03", "subdistrict", "ام قصر", "Um Qasr", "IQG02"),
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    columns = ["code", "level", "name_ar", "name_en", "parent"]
    return Gazetteer(pd.DataFrame(PLACES, columns=columns).set_index("code"))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Fao", "IQG02Q03"),
        ("Al-Faw", "IQG02Q03"),
        ("Shatt Al-Arab", "IQG02Q07"),
        ("Shat Al Arab", "IQG02Q07"),
        ("Thaghr", "IQG02Q05N02"),
        ("Al-Thagar", "IQG02Q05N02"),
        ("Um Qasr", "IQG02Q06N03"),
        ("Umm Qaşr", "IQG02Q06N03"),
        ("Dhi Qar", "IQG17"),
        ("Thi-Qar", "IQG17"),
        ("Missan", "IQG14"),
        ("Maysan", "IQG14"),
        ("الهارثه", "IQG02Q02N01"),
        ("الـهارِثة", "IQG02Q02N01"),
        ("مرکز البصرة", "IQG02Q02N02"),
        ("أبو الخصيب", "IQG02Q01"),
        ("قضاء شط العرب", "IQG02Q07"),
        ("ذى قار", "IQG17"),
        ("أم قصر", "IQG02Q06N03"),
        ("IQG02Q03", "IQG02Q03"),
    ],
)
def test_every_spelling_of_the_sources_resolves(gazetteer, name, code):
    assert gazetteer.resolve(name).code == code


@pytest.mark.parametrize("name", ["Al-Basrah", "Basrah", "Basra", "Al Basrah", "البصره"])
def test_basra_is_two_units_until_the_level_is_said(gazetteer, name):
    asked = gazetteer.resolve(name)
    assert asked.code is None
    assert {c.code for c in asked.candidates} == {"IQG02", "IQG02Q02"}
    assert gazetteer.resolve(name, level=Level.GOVERNORATE).code == "IQG02"
    assert gazetteer.resolve(name, level=Level.DISTRICT).code == "IQG02Q02"


@pytest.mark.parametrize("name", ["Al-Hartah", "Basrah centre town", "Thaqar"])
def test_a_doubtful_name_is_asked_never_guessed(gazetteer, name):
    match = gazetteer.resolve(name)
    assert match.code is None
    assert match.candidates
    assert all(c.likeness < 1 for c in match.candidates)


def test_rubbish_has_no_candidates(gazetteer):
    assert gazetteer.resolve("???").candidates == ()
    assert gazetteer.resolve("").code is None


def test_within_a_parent_only(gazetteer):
    assert gazetteer.resolve("Al-Hartha", within="IQG17").code is None
    assert gazetteer.resolve("Al-Hartha", within="IQG02").code == "IQG02Q02N01"


def test_a_choice_made_before_is_kept(gazetteer):
    columns = ["code", "level", "name_ar", "name_en", "parent"]
    units = pd.DataFrame(PLACES, columns=columns).set_index("code")
    own = Gazetteer(units, own={"Tanuma": "IQG02Q07"})
    assert own.resolve("tanuma").code == "IQG02Q07"


def test_digits_of_three_scripts():
    assert western_digits("٢٠٢٤-۱۱-20") == "2024-11-20"


@given(st.text(max_size=40))
def test_folding_is_stable(text):
    assert fold(fold(text)) == fold(fold(fold(text)))


def test_all_official_names_resolve_to_themselves(iraq):
    gazetteer = Gazetteer(iraq)
    wrong = []
    for code, row in iraq.iterrows():
        parent = row["parent"] if isinstance(row["parent"], str) else None
        for name in (row["name_ar"], row["name_en"]):
            match = gazetteer.resolve(name, level=Level(row["level"]), within=parent)
            if match.code != code and code not in {c.code for c in match.candidates}:
                wrong.append((code, name, match))
    assert wrong == []


SUBDISTRICTS = {
    "N0101": "Al-Siba|Siba|As Sibah|السيبة|السيبه",
    "N0102": "Markaz Abu Al-Khaseeb|Markaz Abi Al-Khasib|مركز ابي الخصيب|مركز أبو الخصيب",
    "N0201": "Al-Hartha|Al Harithah|Hartha|الهارثة|الهارثه",
    "N0202": "Markaz Al-Basrah|Markaz Basra|Basra Center|Basrah Centre|مركز البصرة|مركز قضاء البصرة",
    "N0301": "Al-Bahhar|Al-Bahar|البحار",
    "N0302": "Markaz Al-Faw|Markaz Fao|Faw Center|مركز الفاو",
    "N0401": "Al-Howweir|Al-Huwair|الهوير",
    "N0402": "Markaz Al-Midaina|Markaz Al Madinah|مركز المدينة|مركز المدينه",
    "N0403": "Talha|طلحة|طلحه",
    "N0501": "Al-Dair|Ad Dayr|Al-Deir|الدير|ناحية الدير",
    "N0502": "Al-Thagar|Thaghr|Al-Thaghr|الثغر",
    "N0503": "Markaz Al-Qurna|Markaz Qurnah|مركز القرنة|مركز القرنه",
    "N0601": "Markaz Al-Zubair|Markaz Az Zubayr|مركز الزبير",
    "N0602": "Safwan|SAFWAN|سفوان|صفوان|ناحية سفوان",
    "N0603": "Um Qasr|Umm Qasr|Umm-Qasr|Umm Qaşr|ام قصر|أم قصر|اُم قصر",
    "N0701": "Al-Nashwa|An Nashwah|النشوة|النشوه",
    "N0702": "Markaz Shat Al-Arab|Markaz Shatt al-Arab|Tanuma|التنومة|مركز شط العرب|مرکز شط العرب",
    "N0703": "Outba|Utba|Otba|عتبة|عتبه",
}
DISTRICTS = {
    "Q01": "Abu Al-Khaseeb|Abu al-Khasib|Abi Al-Khasib|ابي الخصيب|أبو الخصيب|قضاء ابي الخصيب",
    "Q02": "Al-Basrah|Basrah|Basra|Al Basrah|AL-BASRAH|البصرة|البصره|قضاء البصرة",
    "Q03": "Al-Faw|Fao|Faw|Al Faw|الفاو",
    "Q04": "Al-Midaina|Al Madinah|Al-Medina|Al-Mudaina|المدينة",
    "Q05": "Al-Qurna|Qurna|Qurnah|Al Qurnah|القرنة|القرنه",
    "Q06": "Al-Zubair|Zubayr|Az Zubayr|Al Zubayr|الزبير",
    "Q07": "Shat Al-Arab|Shatt Al-Arab|Shatt al Arab|Shatt-al-Arab|شط العرب|شط العـرب",
}
GOVERNORATES = {
    "Al-Basrah": "Al-Basrah|Basrah|Basra|Al Basrah|البصرة|محافظة البصرة",
    "Thi Qar": "Dhi Qar|Thi-Qar|Thi Qar|ذي قار|ذى قار",
    "Maysan": "Maysan|Missan|Misan|ميسان",
}


def spellings(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(key, name) for key, names in table.items() for name in names.split("|")]


@pytest.fixture(scope="module")
def official(iraq) -> Gazetteer:
    return Gazetteer(iraq)


@pytest.mark.parametrize(("key", "name"), spellings(SUBDISTRICTS))
def test_each_spelling_of_a_sub_district_of_basra(official, key, name):
    code = f"IQG02Q{key[1:3]}N{key[3:]}"
    assert official.resolve(name, level=Level.SUBDISTRICT, within="IQG02").code == code


@pytest.mark.parametrize(("key", "name"), spellings(DISTRICTS))
def test_each_spelling_of_a_district_of_basra(official, key, name):
    assert official.resolve(name, level=Level.DISTRICT, within="IQG02").code == f"IQG02{key}"
    assert official.resolve(name, level=Level.DISTRICT).code == f"IQG02{key}"


@pytest.mark.parametrize(("key", "name"), spellings(GOVERNORATES))
def test_each_spelling_of_the_governorates_around(official, iraq, key, name):
    code = iraq.index[(iraq["name_en"] == key) & (iraq["level"] == "governorate")][0]
    assert official.resolve(name, level=Level.GOVERNORATE).code == code


@pytest.mark.parametrize(
    "name", ["Al-Hartah", "Safwaan East", "Shat", "المدينة الجديدة", "Qasr", "Um Qsar", "Zubeir 2"]
)
def test_what_only_resembles_a_name_is_never_taken_for_it(official, name):
    match = official.resolve(name, within="IQG02")
    assert match.code is None
