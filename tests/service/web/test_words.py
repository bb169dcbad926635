"""Arabic first, English second, both complete; figures and dates as people say them."""

import pickle
import re
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from geo.choices import LayerChoices
from geo.incident_rates import reporting_note
from geo.incidents import CATEGORIES
from geo.layers import LayerCode, Period
from geo.need import DEFAULT_COMPONENTS, NeedRules
from geo.need_layer import chosen_rules
from geo.notes import Note
from geo.places import Level, OfficeKind, Standing
from optimizer.plan import ShortfallKind, Status
from optimizer.problem import Term, TierName
from optimizer.staff import Gender, Unit
from service.auth.roles import Role
from service.locale import terms
from service.locale.parts import say_note
from service.locale.words import Words
from tests.service.web.conftest import ORIGIN

ROOT = Path(__file__).resolve().parents[3]
AR, EN = Words("ar"), Words("en")


def test_every_sentence_is_said_in_both_languages():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/catalogue.py"), "--check"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (terms.LEVEL, Level),
        (terms.LEVELS, Level),
        (terms.STANDING, Standing),
        (terms.LAYER, LayerCode),
        (terms.LAYER_SHORT, LayerCode),
        (terms.UNIT, Unit),
        (terms.GENDER, Gender),
        (terms.OFFICE_KIND, OfficeKind),
        (terms.STATUS, Status),
        (terms.TIER, TierName),
        (terms.TIER_MEASURE, TierName),
        (terms.TERM, Term),
        (terms.SHORTFALL, ShortfallKind),
        (terms.ROLE, Role),
    ],
)
def test_every_word_of_the_trade_has_a_name(table, words):
    assert set(table) == set(words)
    for message in table.values():
        assert re.search(r"[\u0600-\u06ff]", AR.say(message)), message


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "يُنقل منتسب واحد"),
        (2, "يُنقل منتسبان"),
        (3, "يُنقل 3 منتسبين"),
        (10, "يُنقل 10 منتسبين"),
        (11, "يُنقل 11 منتسباً"),
        (100, "يُنقل 100 منتسب"),
        (103, "يُنقل 103 منتسبين"),
    ],
)
def test_arabic_plurals(n, said):
    assert AR.count("{n} officer moves", "{n} officers move", n) == said


def test_months_are_those_of_iraq():
    assert AR.date(date(2026, 11, 23)) == "23 تشرين الثاني 2026"
    assert AR.month(date(2026, 1, 1)) == "كانون الثاني 2026"
    assert EN.date(date(2026, 11, 3)) == "3 November 2026"


def test_digits_by_one_setting():
    assert AR.number(12345.6, 1) == "12,345.6"
    assert Words("ar", "arab").number(12345.6, 1) == "١٢٬٣٤٥٫٦"
    assert Words("ar", "arab").percent(0.25) == "٢٥٪"
    assert Words("en", "arab").number(5) == "5"
    cell = {"name_ar": "مركز البصرة 198", "name_en": "Markaz Al-Basrah 198"}
    assert Words("ar", "arab").name(cell) == "مركز البصرة ١٩٨"
    assert [Words(lang).name(cell) for lang in ("ar", "en")] == list(cell.values())
    assert AR.numerals("٣٠٠") == "300"


def test_what_is_filled_into_a_note_is_said_like_the_rest():
    """Days with their months, figures in the reader's digits, keys of ours by their words."""
    rules = NeedRules(components=tuple(DEFAULT_COMPONENTS[:2]))
    (note,) = chosen_rules(rules)
    told = say_note(Words("ar", "arab"), note)
    assert "كل الحوادث" in told
    assert "٪" in told
    assert not re.search("[0-9A-Za-z_]", told)
    assert "All incidents" in say_note(Words("en"), note)
    assert "incidents" in note
    (factors,) = reporting_note(LayerChoices(reporting={"drug_abuse": 2.5}), ["drug_abuse"])
    assert "Drug abuse 2.5" in factors
    assert not re.search("[A-Za-z]", say_note(Words("ar"), factors))
    assert pickle.loads(pickle.dumps(factors)).params["factors"].parts
    ends = Note("Its twelve months end on {day}: no later arrival is known.", day="2024-01-31")
    assert "31 كانون الثاني 2024" in say_note(Words("ar"), ends)


@pytest.mark.parametrize("typed", ["2024-13-02", "2023-02-29", "0000-01-01"])
def test_a_day_that_no_calendar_has_is_told_as_it_was_typed(typed):
    told = say_note(Words("ar"), Note("{value} is not a date.", value=typed))
    assert typed in told


def test_figures_of_sentences_have_the_same_digits_and_examples_keep_theirs():
    told = Words("ar", "arab")
    assert told.say("Score 0-10") == "الدرجة من ٠ إلى ١٠"
    assert "٢٫٦٪" in told.say("Assumption: twice Basra's 2.1-2.6% a year scores 10.")
    typed = told.say("Year-month-day, such as 2026-01-31; in 31/1/2026 the day comes first.")
    assert "\u20682026-01-31\u2069" in typed
    assert "--as-of 2020-07-01" in told.say("Say of when the figures are: --as-of 2020-07-01.")
    assert AR.say("Score 0-10") == "الدرجة من 0 إلى 10"


def test_no_figure_is_a_dash_and_no_minus_stands_before_zero():
    assert EN.number(None) == EN.number(float("nan")) == EN.percent(None) == "–"
    assert EN.number(-0.2) == "0"
    assert EN.signed(3) == "+3"
    assert EN.signed(-3) == "−3"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2025, 1, 1), date(2026, 1, 1), "2025"),
        (date(2025, 3, 1), date(2025, 4, 1), "March 2025"),
        (date(2025, 1, 1), date(2025, 4, 1), "January 2025 – March 2025"),
        (date(2025, 1, 15), date(2025, 2, 15), "15 January 2025 – 14 February 2025"),
    ],
)
def test_periods(start, end, said):
    assert EN.period(Period(start, end)) == said


class Visible(HTMLParser):
    """Text that a reader sees or hears, without codes and names of accounts."""

    VOID = frozenset(
        {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle", "polyline"}
    )

    def __init__(self):
        super().__init__()
        self.stack, self.found = [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        for name in ("aria-label", "title", "alt", "placeholder"):
            if attrs.get(name):
                self.found.append(attrs[name])
        if tag not in self.VOID:
            hidden = (
                tag in {"script", "style"}
                or attrs.get("lang") == "en"
                or "code" in (attrs.get("class") or "")
            )
            self.stack.append(hidden or attrs.get("class") == "who")

    def handle_endtag(self, tag):
        if tag not in self.VOID and self.stack:
            self.stack.pop()

    def handle_data(self, data):
        if not any(self.stack):
            self.found.append(data)


# Names of formats, programs and of things that have no Arabic name.
PROPER = re.compile(
    r"\b(GeoJSON|QGIS|XLSX|JSON|plan\.json|problem\.json|OR-Tools|HiGHS|folium|Leaflet|GeoPandas|PySAL|FastAPI|IBM|Plex|Sans|Arabic|SYNTHETIC|mizan|FILE|PDF|pdf|xlsx|csv|geojson|gpkg|parquet)\b"
)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?layer=incident_rate&area=T02",
        "/?level=subdistrict",
        "/scenarios",
        "/plans",
        "/compare",
        "/data",
        "/about",
        "/account",
        "/nowhere",
        "/scenarios?preset=drought",
    ],
)
def test_no_english_is_left_on_the_arabic_pages(as_role, path):
    text = as_role("director", "ar").get(path).text
    page = Visible()
    page.feed(text)
    latin = [found for found in page.found if re.search(r"[A-Za-z]{2,}", PROPER.sub("", found))]
    owners = [found for found in latin if found.strip() != "director"]
    assert owners == []


def test_the_language_is_remembered_and_changed_by_one_click(as_role):
    client = as_role("viewer", "ar")
    text = client.get("/?layer=influx").text
    link = re.search(r'class="quiet lang" href="([^"]+)"', text)[1].replace("&amp;", "&")
    assert "layer=influx" in link
    assert '<html lang="en" dir="ltr">' in client.get(link).text
    assert '<html lang="en" dir="ltr">' in client.get("/data").text


def test_arabic_is_the_language_of_a_first_visit(visitor):
    assert '<html lang="ar" dir="rtl">' in visitor.get("/login").text


def test_categories_have_names_in_both_languages():
    assert all(one.name_ar and one.name_en for one in CATEGORIES.values())


def test_words_of_a_wrong_sign_in(visitor):
    answer = visitor.post("/login", data={"name": "x", "password": "y"}, headers=ORIGIN)
    assert answer.status_code == 401
    assert "غير متطابقين" in answer.text
