"""The report of a plan: whole, equal bytes for equal questions, both languages, no markup run."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from shapely.geometry import box

from geo.checks import FaultsError
from optimizer.plan import Shortfall, ShortfallKind, Status
from optimizer.problem import Assumption
from optimizer.roster.document import RosterRules
from optimizer.staff import Unit
from optimizer.visits import VisitRules
from service.assembly.assumptions import SHIFTS, choose
from service.exports.plan_features import plan_provenance
from service.exports.plan_tables import assumptions_table
from service.locale.assumption_labels import assumption_label, assumption_why
from service.locale.assumption_words import ASSUMPTION_WORDS
from service.locale.words import Words
from service.reports.assumed import assumed
from service.reports.ground import solve_report
from service.reports.maps import Ground
from service.reports.plan_report import plan_pdf, plan_sheet
from service.reports.press import fonts_are_here, print_pdf
from service.store.decisions import Decision
from tests.service.export.builders import AREAS, OFFICES, tiny_plan, tiny_problem

DAY = date(2026, 11, 23)
GROUND = Ground(
    AREAS, OFFICES, districts={"A1": "D", "A2": "D"}, names={"D": ("قضاء", "District D")}
)
HOSTILE = '#import "@preview/x:1.0.0" $ ] } \\ *b* <l> @ref https://x.y `c` \u202e "; #panic()'

pytestmark = pytest.mark.skipif(
    not fonts_are_here(), reason="the fonts of the reports are fetched by make setup"
)


def sheet_of(lang="en", problem=None, ground=GROUND, digits="latn", against=None, **changes):
    problem = problem or tiny_problem()
    plan = tiny_plan(problem, **changes)
    told = plan_provenance(problem, plan)
    return plan_sheet(problem, plan, Words(lang, digits), DAY, ground, against or {}, told)


def pdf_of(lang="en", problem=None, ground=GROUND, day=DAY, **changes):
    problem = problem or tiny_problem()
    return plan_pdf(
        problem, tiny_plan(problem, **changes), words=Words(lang), day=day, ground=ground
    )


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def said(sheet):
    """All texts but pictures and codes."""
    return [one for one in strings(sheet.data()) if not one.startswith("<svg")]


def blocks(sheet, kind):
    return [one for one in sheet.data()["blocks"] if one["kind"] == kind]


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_report_is_an_accessible_pdf(lang):
    content = pdf_of(lang)
    assert content.body.startswith(b"%PDF-")
    assert content.body.rstrip().endswith(b"%%EOF")
    assert b"pdfuaid" in content.body
    assert content.filename == "report.pdf"
    assert content.media_type == "application/pdf"


def test_equal_questions_on_equal_days_are_equal_bytes():
    assert pdf_of("ar").body == pdf_of("ar").body
    assert pdf_of("ar").body != pdf_of("ar", day=date(2026, 11, 24)).body
    assert pdf_of("ar").serial == pdf_of("en").serial


def test_several_languages_make_one_document():
    problem = tiny_problem()
    both = plan_pdf(
        problem, tiny_plan(problem), words=(Words("ar"), Words("en")), day=DAY, ground=GROUND
    )
    pages = re.compile(rb"/Type\s*/Page\b")
    count = [len(pages.findall(body.body)) for body in (both, pdf_of("ar"), pdf_of("en"))]
    assert count[0] == count[1] + count[2]


def test_hostile_names_are_set_as_they_are():
    problem = tiny_problem(title=HOSTILE, scenario="own")
    areas = tuple(
        one.model_copy(update={"name_ar": HOSTILE, "name_en": HOSTILE}) for one in problem.areas
    )
    offices = tuple(
        one.model_copy(update={"name_ar": HOSTILE, "name_en": HOSTILE}) for one in problem.offices
    )
    assumptions = (Assumption(key="x" + HOSTILE, value=HOSTILE, reason=HOSTILE, unit=HOSTILE),)
    problem = problem.model_copy(
        update={"areas": areas, "offices": offices, "assumptions": assumptions}
    )
    sheet = sheet_of("en", problem)
    assert sheet.title == HOSTILE
    assert HOSTILE.replace("\u202e", "") in said(sheet)
    assert print_pdf([sheet], DAY).startswith(b"%PDF-")


def test_letters_that_the_font_lacks_do_not_stop_a_report():
    problem = tiny_problem(title="汉字 😀 ꙮ", scenario="own")
    body = pdf_of("en", problem).body
    assert body.startswith(b"%PDF-")
    assert b"pdfuaid" not in body


def test_marks_that_turn_text_around_never_reach_the_press():
    problem = tiny_problem(title="a\u202eb", scenario="own")
    assert not any(re.search("[\u202a-\u202e]", one) for one in said(sheet_of("ar", problem)))


def test_the_answer_comes_first_then_tiles_then_the_map():
    kinds = [one["kind"] for one in sheet_of().data()["blocks"]]
    assert kinds[:3] == ["heading", "numbered", "tiles"]
    assert len(blocks(sheet_of(), "numbered")[0]["items"]) == 5
    assert kinds.index("picture") < kinds.index("grid")


def test_synthetic_figures_are_called_so_on_the_cover_on_maps_and_in_words():
    sheet = sheet_of("en")
    assert ("SYNTHETIC, for demonstration", "bad") in sheet.badges
    assert any("made up to show" in one for one in said(sheet))
    maps = [one for one in blocks(sheet, "picture") if "office" in one["svg"].lower()]
    assert sum("SYNTHETIC" in one["svg"] for one in maps) >= 4


def test_the_classes_of_the_map_of_need_are_told_apart():
    problem = tiny_problem()
    needs = zip(problem.areas, (2.11, 2.14), strict=True)
    areas = tuple(one.model_copy(update={"need": need}) for one, need in needs)
    sheet = sheet_of("en", problem.model_copy(update={"areas": areas}))
    svg = next(one["svg"] for one in blocks(sheet, "picture") if "Need index" in one["svg"])
    classes = re.findall(r"([\d.]+) – ([\d.]+)", svg)
    assert classes
    assert all(low != high for low, high in classes)


def test_a_plan_that_is_not_proven_is_not_called_proven():
    sheet = sheet_of("en", status=Status.FEASIBLE)
    assert sheet.badges[0] == ("Legal, not proven best", "warn")


def test_without_shapes_there_are_no_maps_and_the_report_is_whole():
    sheet = sheet_of("en", ground=Ground({"elsewhere": box(0, 0, 1, 1)}))
    assert all("km" not in one["svg"] for one in blocks(sheet, "picture"))
    assert print_pdf([sheet], DAY).startswith(b"%PDF-")


def test_every_shortfall_is_told():
    lacks = (
        Shortfall(
            kind=ShortfallKind.UNMET_HOURS, amount=12.5, measure="h", area="A1", unit=Unit.PATROL
        ),
        Shortfall(
            kind=ShortfallKind.UNMET_HOURS, amount=0.01, measure="h", area="A2", unit=Unit.PATROL
        ),
        Shortfall(
            kind=ShortfallKind.UNMET_WOMEN_HOURS, amount=3, measure="h", area="A1", unit=Unit.WOMEN
        ),
        Shortfall(
            kind=ShortfallKind.OUT_OF_REACH, amount=10, measure="h", area="A2", unit=Unit.PATROL
        ),
        Shortfall(kind=ShortfallKind.NO_WOMAN_IN_REACH, amount=9, measure="women", area="A2"),
        Shortfall(
            kind=ShortfallKind.SHIFT_WITHOUT_WOMEN,
            amount=1,
            measure="c",
            office="O1",
            shift="night",
        ),
        Shortfall(kind=ShortfallKind.POLICY, amount=1, measure="officers", rule="min_staff"),
    )
    told = " ".join(said(sheet_of("en", shortfalls=lacks)))
    assert "7 shortfalls" in told
    assert "Patrol: no office reaches +Al-Faw in daily work (10 hours a week)." in told
    assert "No woman officer is posted within 60 minutes by road of +Al-Faw." in told
    assert "One more lack is under 0.1 hours a week; it comes to 1 minute a week." in told
    assert "12.5" in told
    assert "O1" not in told.split()
    assert "min_staff" in told


def test_nothing_lacking_is_said():
    assert any(one.startswith("Nothing:") for one in said(sheet_of("en", shortfalls=())))


def test_postings_add_up():
    grid = next(one for one in blocks(sheet_of("en"), "grid") if one["total"])
    assert grid["rows"][-1][2:] == ["2", "0", "6", "0"]


def test_the_arabic_report_says_nothing_in_english():
    problem = tiny_problem(
        title="Today's people, better placed",
        assumptions=choose({})[0].listed,
        shifts=SHIFTS,
        sources=(),
    )
    sheet = sheet_of("ar", problem, shifts=(), shortfalls=())
    told = [*strings(sheet.data()["facts"]), *strings(sheet.data()["badges"]), sheet.title]
    for block in sheet.data()["blocks"]:
        told += strings({k: v for k, v in block.items() if k not in {"kind", "svg"}})
        told += re.findall(r">([^<]+)</text>", block.get("svg", ""))
    codes = re.compile(r"MZ-[0-9A-F]{12}|v1|by-hand|good|warn|bad|[0-9a-f]{16}")
    english = [one for one in told if re.search("[A-Za-z]{2}", codes.sub("", one))]
    assert english == []


def test_digits_follow_the_setting():
    sheet = sheet_of("ar", digits="arab")
    assert sheet.data()["digits"] == list("٠١٢٣٤٥٦٧٨٩")
    cells = [row[n] for one in blocks(sheet, "grid") for row in one["rows"] for n in one["figures"]]
    assert cells
    assert not any(re.search("[0-9]", cell) for cell in cells)
    assert any(re.search("[٠-٩]", cell) for cell in cells)


def test_every_word_of_an_assumption_stands_in_the_list_for_the_catalogue():
    listed = choose({})[0].listed
    words = {part for one in listed for part in (one.reason, one.unit, one.source) if part}
    assert words <= set(ASSUMPTION_WORDS)
    assert all(Words("ar").say(one) != one for one in words)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_every_default_assumption_has_a_label_or_a_place_in_the_matrix(lang):
    problem = tiny_problem(assumptions=choose({})[0].listed, shifts=SHIFTS)
    found = assumed(Words(lang), problem)
    keys = {one.key for one in problem.assumptions}
    labels = {line.split(": ")[0] for row in found.others.rows for line in row[0].split("\n")}
    assert not labels & keys
    assert found.cases is not None
    assert len(found.cases.rows) == 10


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_assumptions_of_rosters_and_visits_are_said_in_words(lang):
    words = Words(lang)
    listed = (*RosterRules().as_assumptions(), *VisitRules().as_assumptions())
    rows = assumptions_table(tiny_problem(), listed, words).rows
    assert [row[-1] for row in rows] == [one.key for one in listed]
    assert not {row[0] for row in rows} & {one.key for one in listed}
    if lang == "ar":
        texts = [cell for row in rows for cell in row[:-1] if isinstance(cell, str) and cell]
        assert [one for one in texts if not re.search("[\u0600-\u06ff]", one)] == []


def test_places_in_an_assumption_are_called_by_their_names():
    one = Assumption(key="need.missing", value=3.5, unit="index 0-10", source="A1, A2")
    assert assumption_why(Words("en"), one, tiny_problem()) == "Al-Qurna, +Al-Faw."


def test_an_unknown_assumption_is_shown_by_its_key():
    assert assumption_label(Words("en"), tiny_problem(), "own.key") == "own.key"


def test_without_fonts_the_remedy_is_named(tmp_path):
    with pytest.raises(FaultsError, match="setup") as refused:
        print_pdf([sheet_of()], DAY, fonts=tmp_path)
    assert refused.value.faults[0].remedy == "Run: make setup"


def test_a_solve_writes_the_reader_s_language_first_and_the_other_after_it():
    problem = tiny_problem()
    plan = tiny_plan(problem)
    found = {
        first: solve_report(problem, plan, None, day=DAY, first=first).body
        for first in ("ar", "en")
    }
    assert found["ar"] != found["en"]
    assert all(body.startswith(b"%PDF-") for body in found.values())


def test_the_cover_says_who_decided_when_and_why():
    problem = tiny_problem()
    plan = tiny_plan(problem)
    told = plan_provenance(problem, plan)

    def fact(decision):
        sheet = plan_sheet(
            problem, plan, Words("en"), DAY, GROUND, {}, told, None, decision=decision
        )
        return dict(sheet.facts)["Decision"]

    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    yes = Decision(1, "p", True, "Reaches the worst off first. " * 9, "director", at)
    assert fact(None) == "not decided yet"
    assert fact(yes).startswith("approved, director, 20 November 2026: Reaches the worst off")
    assert fact(yes).endswith("…")
    assert fact(replace(yes, approved=False)).startswith("rejected, ")


def test_districts_stand_in_one_table_below_their_charts():
    sheet = sheet_of("en", against={"today": tiny_plan(tiny_problem())})
    data = sheet.data()["blocks"]
    at = next(n for n, one in enumerate(data) if "All demand: today" in one.get("columns", ()))
    assert [one["kind"] for one in data[at - 2 : at]] == ["picture", "picture"]
    assert [row[0] for row in data[at]["rows"]] == ["District D"]
    assert all(len(row) == len(data[at]["columns"]) for row in data[at]["rows"])
