"""Details of a plan: worked out in a child, part by part, once, within their time."""

import io
import os
import time

import openpyxl
import pytest
from structlog.testing import capture_logs

from geo.places import OfficeKind
from optimizer.audit_posts import audit_postings
from optimizer.posts import numbered_posts
from optimizer.problem import Term
from optimizer.roster import check_roster
from optimizer.solve import solve
from service.details.document import Part, PlanDetails, Why
from service.details.make import details, joined
from service.details.shelf import DetailsShelf, sweep_details
from service.details.tables import details_tables
from service.exports.plan_workbook import plan_xlsx
from service.locale.words import Words
from tests.optimizer.builders import (
    DAY,
    LATE,
    P,
    area,
    demand,
    office,
    patrols,
    tiny,
    way,
)


@pytest.fixture(scope="module")
def solved():
    problem = tiny().model_copy(update={"shifts": (DAY, LATE)})
    return problem, solve(problem, time_limit_s=30).plan


@pytest.fixture(scope="module")
def whole(solved):
    found = PlanDetails()
    for part in details(*solved, ()):
        found = joined(found, part)
    return found


def shelf(folder, limit_s=60.0):
    return DetailsShelf(folder, limit_s, lambda: ())


def test_every_part_passes_its_auditor(solved, whole):
    problem, plan = solved
    assert whole.lacking == {}
    posts = numbered_posts(problem)
    assert not audit_postings(problem, plan, posts, whole.posts)
    assert not check_roster(problem, plan, whole.posts, whole.roster)
    assert {one.area for one in whole.reasons.areas} == {area.code for area in problem.areas}
    assert {one.office for one in whole.waiting.offices} <= {o.code for o in problem.offices}


def test_posts_of_the_register_go_before_numbers_made_up(solved):
    problem, plan = solved
    register = [
        post.model_copy(update={"code": f"r-{n:03}"})
        for n, post in enumerate(numbered_posts(problem))
    ]
    parts = [part for part in details(problem, plan, register) if part.posts is not None]
    assert parts[0].of_register
    assert all(place.post.startswith("r-") for place in parts[0].posts.places)


def test_a_plan_that_the_staff_can_not_fill_says_so_and_keeps_the_rest(solved):
    problem, plan = solved
    more = plan.postings[0].model_copy(update={"count": plan.postings[0].count + 3})
    edited = plan.model_copy(update={"postings": (more, *plan.postings[1:])})
    found = PlanDetails()
    for part in details(problem, edited, ()):
        found = joined(found, part)
    assert found.lacking == {Part.POSTS: Why.STAFF, Part.ROSTER: Why.STAFF}
    assert found.reasons is not None
    assert found.visits is not None


def test_a_child_works_them_out_once_and_they_are_found_again(tmp_path, solved, whole):
    begun = time.monotonic()
    first = shelf(tmp_path)
    making = first.of(*solved)
    assert time.monotonic() - begun < 1.0, "asking must not wait"
    assert first.of(*solved) is making
    assert making.ended.wait(60)
    assert making.details == whole
    (kept,) = tmp_path.glob("*/*.json")
    assert kept.stat().st_mode & 0o077 == 0
    written = kept.stat().st_mtime_ns
    again = shelf(tmp_path).of(*solved)
    assert again.is_whole
    assert again.details == whole
    assert kept.stat().st_mtime_ns == written


def test_an_office_that_gets_its_first_crew_has_no_wait_before_and_loses_no_part(tmp_path):
    problem = patrols(
        areas=(area("A1"), area("A2")),
        offices=(office("O1", OfficeKind.MAIN, vehicles=2), office("O2", vehicles=2)),
        demand=(
            demand("A1", P, 60.0, term=Term.INCIDENTS, cases=20.0),
            demand("A2", P, 40.0, term=Term.INCIDENTS, cases=14.0),
        ),
        travel=(way("A1", "O1", 0), way("A2", "O2", 0)),
    )
    making = shelf(tmp_path).of(problem, solve(problem, time_limit_s=30).plan, wait_s=60)
    assert making.details.lacking == {}
    changes = {one.office: one for one in making.details.waiting.offices}
    assert changes["O1"].before is not None
    assert changes["O2"].before is None
    assert changes["O2"].after.crews == 1


def test_a_damaged_file_is_worked_out_anew(tmp_path, solved, whole):
    shelf(tmp_path).of(*solved, wait_s=60)
    (kept,) = tmp_path.glob("*/*.json")
    assert kept.stat().st_mode & 0o077 == 0
    kept.write_bytes(kept.read_bytes()[:100])
    with capture_logs() as logged:
        assert shelf(tmp_path).of(*solved, wait_s=60).details == whole
    assert [one["action"] for one in logged] == ["details.renew"]


def test_a_file_of_before_visits_were_a_part_is_worked_out_anew(tmp_path, solved, whole):
    shelf(tmp_path).of(*solved, wait_s=60)
    (kept,) = tmp_path.glob("*/*.json")
    kept.write_text(whole.model_copy(update={"visits": None}).model_dump_json())
    assert shelf(tmp_path).of(*solved, wait_s=60).details == whole


def test_what_takes_too_long_is_ended_and_tried_again_when_asked(tmp_path, solved):
    late = shelf(tmp_path, limit_s=0.05)
    making = late.of(*solved, wait_s=30)
    assert making.is_whole
    assert set(making.details.lacking.values()) == {Why.TIME}
    assert list(tmp_path.glob("*/*.json")) == []
    assert late.of(*solved) is not making


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_workbook_has_a_sheet_for_each_part(solved, whole, lang):

    words = Words(lang)
    tables = details_tables(solved[0], whole, words)
    body = plan_xlsx(*solved, words=words, more=tables).body
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert [words.say(table.name) for table in tables] == [
        name for name in book.sheetnames if name in {words.say(t.name) for t in tables}
    ]
    duties = book[words.say("Roster")]
    assert duties.max_row == 5 + len(whole.roster.duties)
    assert all(bool(sheet.sheet_view.rightToLeft) is (lang == "ar") for sheet in book)


def test_a_workbook_without_a_part_says_why(solved, whole):
    words = Words("en")
    part = whole.model_copy(update={"roster": None, "lacking": {Part.ROSTER: Why.TIME}})
    last = details_tables(solved[0], part, words)[-1]
    assert last.rows[0][0] == "Roster"
    assert "longer than is allowed" in last.rows[0][1]


def test_old_details_are_swept_of_every_version_and_new_ones_stay(tmp_path):
    old, new = tmp_path / "0.1" / "a.json", tmp_path / "0.2" / "b.json"
    for path in (old, new):
        path.parent.mkdir()
        path.write_text("{}")
    now = time.time()
    os.utime(old, (now - 31 * 86_400,) * 2)
    os.utime(new, (now - 29 * 86_400,) * 2)
    assert sweep_details(tmp_path, now) == 1
    assert (old.exists(), new.exists()) == (False, True)
    assert sweep_details(tmp_path / "none", now) == 0
