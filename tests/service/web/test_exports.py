"""A file of a layer leaves with a serial of its own, which the audit log knows."""

import hashlib

import pytest

from service.exports.departures import copy_serial
from service.store.errors import FullDiskError


def test_an_export_is_an_event_with_its_bytes_filter_and_serial(house, as_role):
    client = as_role("planner")
    answer = client.get("/export/need.csv?level=district")
    assert answer.status_code == 200
    event = house[1].audit.list(action="export_made", limit=1)[0]
    assert (event.actor, event.subject) == ("planner", "layer need")
    assert event.details["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert event.details["rows"] == 6
    assert event.details["filter"]["level"] == "district"
    assert event.details["exact"] is False
    assert event.details["serial"] in answer.text


def test_every_copy_has_its_own_serial(house, as_role):
    client = as_role("planner")
    for _ in range(2):
        client.get("/export/residents.geojson?level=district")
    one, two = house[1].audit.list(action="export_made", limit=2)
    assert one.details["serial"] != two.details["serial"]
    assert len({copy_serial() for _ in range(100)}) == 100


@pytest.mark.parametrize("ending", ["csv", "geojson", "gpkg", "xlsx"])
def test_what_can_not_be_written_down_does_not_leave(house, as_role, monkeypatch, ending):
    def full(*_args, **_kwargs):
        raise FullDiskError("the disk is full")

    client = as_role("planner")
    monkeypatch.setattr(type(house[1].audit), "append", full)
    answer = client.get(f"/export/need.{ending}?level=district")
    assert answer.status_code == 507
    assert "content-disposition" not in answer.headers
