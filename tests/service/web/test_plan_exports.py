"""A plan leaves in every form by a stable link, with its serial and its entry in the log."""

import csv
import hashlib
import io
import json
import sqlite3

import openpyxl
import pytest


@pytest.fixture
def plan_id(house, solved):
    return house[1].plans.save(*solved, owner="director", title="=1+1").id


def _serials(ending, body, tmp_path):
    """The serial as each form carries it."""
    if ending == "geojson":
        return str(json.loads(body))
    if ending == "gpkg":
        file = tmp_path / "plan.gpkg"
        file.write_bytes(body)
        with sqlite3.connect(file) as connection:
            told = str(connection.execute("SELECT metadata FROM gpkg_metadata").fetchall())
        connection.close()
        return told
    if ending == "csv":
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "\t"))]
        return str(rows)
    book = openpyxl.load_workbook(io.BytesIO(body))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f"]
    return " ".join(str(c.value) for c in cells)


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "csv", "xlsx"])
def test_a_plan_leaves_by_its_stable_link(house, as_role, plan_id, ending, tmp_path):
    client = as_role("planner")
    answer = client.get(f"/export/plan.{ending}?plan={plan_id}")
    assert answer.status_code == 200
    assert f".{ending}" in answer.headers["content-disposition"]
    event = house[1].audit.list(action="export_made", limit=1)[0]
    assert (event.actor, event.subject) == ("planner", plan_id)
    assert event.details["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert event.details["serial"] in _serials(ending, answer.content, tmp_path)


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "csv", "xlsx", "json", "pdf"])
def test_no_plan_no_file(as_role, ending):
    client = as_role("planner")
    assert client.get(f"/export/plan.{ending}?plan=none").status_code == 404
    assert client.get(f"/export/plan.{ending}").status_code == 404


def test_a_viewer_takes_none(as_role, plan_id):
    assert as_role("viewer").get(f"/export/plan.csv?plan={plan_id}").status_code == 403
