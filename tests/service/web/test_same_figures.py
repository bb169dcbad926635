"""A figure of a plan is the same one on its page, in its report and in its workbook."""

import io
import re
from html import unescape

import openpyxl
import pytest

import service.reports.plan_report as printed
from optimizer.solve import solve
from service.locale.words import Words
from service.reports.press import fonts_are_here
from tests.optimizer.builders import tiny
from tests.service.web_house import PASSWORD, FakeAtlas, TestClient, make_house

pytestmark = pytest.mark.skipif(
    not fonts_are_here(), reason="the fonts of the reports are fetched by make setup"
)
LANGS = pytest.mark.parametrize("lang", ["ar", "en"])


@pytest.fixture(scope="module")
def solved():
    problem = tiny()
    return problem, solve(problem, time_limit_s=30).plan


@pytest.fixture(scope="module")
def papers(solved, tmp_path_factory):
    """By language: the plan's page, the blocks that the press sets, the workbook."""
    app, store = make_house(tmp_path_factory.mktemp("house"), FakeAtlas())
    plan_id = store.plans.save(*solved, owner="director", title="A try").id
    client = TestClient(app, headers={"accept": "text/html"})
    signed = {"name": "director", "password": PASSWORD}
    client.post("/login", data=signed, headers={"origin": "http://testserver"})
    pressed = []

    def press(sheets, day):
        pressed.extend(sheets)
        return b"%PDF-"

    def taken(lang):
        page, report, book = (
            client.get(f"/plans/{plan_id}{name}?lang={lang}")
            for name in ("", "/report.pdf", "/plan.xlsx")
        )
        assert report.content == b"%PDF-"
        blocks = pressed.pop().data()["blocks"]
        return page.text, blocks, openpyxl.load_workbook(io.BytesIO(book.content))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printed, "print_pdf", press)
        # No child works out details: their figures are their own.
        patch.setattr("service.details.shelf._heard", lambda *_: True)
        found = {lang: taken(lang) for lang in ("ar", "en")}
    yield found
    store.close()


def plain(html):
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def between(page, start, end):
    return page.split(start, 1)[1].split(end, 1)[0]


def of_kind(blocks, kind):
    return [one for one in blocks if one["kind"] == kind]


def table(blocks, title):
    """Rows of the report's table whose first column is called so, by their first cell."""
    found = next(one for one in of_kind(blocks, "grid") if one["columns"][0] == title)
    return {row[0]: row[1:] for row in found["rows"]}


@LANGS
def test_the_five_sentences_are_the_same_on_the_page_and_on_paper(papers, lang):
    page, blocks, _ = papers[lang]
    shown = re.findall("<li>(.*?)</li>", between(page, '<ol class="five">', "</ol>"), re.DOTALL)
    assert [plain(one) for one in shown] == of_kind(blocks, "numbered")[0]["items"]


@LANGS
def test_the_four_figures_are_the_same_on_the_page_and_on_paper(papers, lang):
    page, blocks, _ = papers[lang]
    shown = re.findall(r'class="tile[^"]*"><span>(.*?)</span><b>(.*?)</b>', page)
    tiles = of_kind(blocks, "tiles")[0]["items"]
    assert [tuple(map(plain, pair)) for pair in shown] == [(t["label"], t["figure"]) for t in tiles]


@LANGS
def test_areas_have_the_same_figures_everywhere(papers, solved, lang):
    page, blocks, book = papers[lang]
    words = Words(lang)
    on_paper = table(blocks, words.say("Area"))
    sheet = book[words.say("Areas")]
    in_book = {row[1].value: row for row in sheet.iter_rows(min_row=6)}
    rows = re.findall(r"<tr data-code=.*?</tr>", between(page, 'id="areas"', "</table>"), re.DOTALL)
    on_page = {}
    for row in rows:
        name = plain(re.search("<th.*?</th>", row, re.DOTALL)[0])
        on_page[name] = [plain(one) for one in re.findall("<td.*?</td>", row, re.DOTALL)]
    assert set(on_page) == set(on_paper) == set(in_book)
    assert len(on_page) == len(solved[0].areas)
    for name, (_, hours, served, _, women, _) in on_page.items():
        paper = on_paper[name]
        assert [paper[3], paper[4], paper[6]] == [hours, served, women]
        cells = in_book[name]
        assert words.number(cells[4].value) == hours
        assert [words.percent(cells[6].value), words.percent(cells[9].value)] == [served, women]


@LANGS
def test_the_summary_of_the_workbook_holds_the_figures_of_the_report(papers, lang):
    _, blocks, book = papers[lang]
    words = Words(lang)
    summary = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(min_row=6)}
    measures = table(blocks, words.say("Measure"))
    pairs = (
        ("Share served", "All demand served"),
        ("Share of women's demand served", "Women's demand served"),
    )
    for in_book, on_paper in pairs:
        figure = measures[words.say(on_paper)][0].removeprefix("★ ")
        assert words.percent(summary[words.say(in_book)] / 100, 1) == figure
    people = (("Officers posted", "Officers"), ("Women officers posted", "Women officers"))
    for in_book, on_paper in people:
        figure = measures[words.say(on_paper)][0].removeprefix("★ ")
        assert words.number(summary[words.say(in_book)]) == figure
