"""Forms: each saved one is a version, by the same checks as a file; two planners are never mixed."""

from pathlib import Path

import pytest

from geo.checks import FaultsError
from geo.places import Standing
from service.imports.entries import (
    add_entry,
    change_entry,
    entries_of,
    remove_entries,
    seen_version,
)
from service.imports.turns import turn
from service.imports.undoing import undo
from service.store import ConflictError, ImportRunningError, Kind, Store, UnknownError, open_store
from tests.service.homes import lay_out, the_demo

from .conftest import TODAY, Bring

CLAN = {
    "date": "2026-01-10",
    "area": "IQG02Q05N03",
    "families": "300",
    "origin": "Thi-Qar",
    "clan": "yes",
    "registered": "no",
}
OFFICES = (
    "code,name_ar,name_en,lon,lat,kind,capacity,vehicles,referral_centre,note\n"
    "a,أ,A,48.5,30.5,main,40,3,no,first one\nb,ب,B,49.25,30.125,sub,,1,yes,\n"
)


def test_a_clan_arrives_without_any_file(store: Store) -> None:
    summary = add_entry(store, Kind.ARRIVALS, CLAN, actor="zeinab", today=TODAY)
    assert (summary.read, summary.kept) == (1, 1)
    frame = store.arrivals()
    row = frame.iloc[0]
    assert (row["area"], row["families"], row["clan"], row["registered"]) == (
        "IQG02Q05N03", 300, True, False,
    )  # fmt: skip
    version = store.datasets.list(Kind.ARRIVALS)[-1]
    assert version.summary["written"]
    entry = store.audit.list(limit=1)[0]
    assert (entry.action, entry.actor, entry.subject) == ("imported", "zeinab", version.id)
    undo(store, version.sequence, actor="ali")
    assert store.arrivals().empty
    assert store.audit.list(limit=1)[0].action == "import_undone"
    assert store.audit.verify().holds


def test_the_same_row_again_adds_nothing(store: Store) -> None:
    add_entry(store, Kind.ARRIVALS, CLAN, actor="zeinab", today=TODAY)
    again = add_entry(store, Kind.ARRIVALS, CLAN, actor="ali", today=TODAY)
    assert (again.kept, again.already, again.dataset) == (0, 1, None)
    assert len(store.arrivals()) == 1


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"date": "2026-13-01"}, "date"),
        ({"date": "2027-01-01"}, "date"),
        ({"families": "many"}, "families"),
        ({"families": "0"}, "families"),
        ({"families": ""}, "families"),
        ({"area": "Atlantis"}, "area"),
        ({"area": ""}, "area"),
        ({"low": "400"}, "families"),
    ],
)
def test_a_row_that_cannot_be_names_its_field(
    store: Store, values: dict[str, str], column: str
) -> None:
    head = store.audit.head()
    with pytest.raises(FaultsError) as refused:
        add_entry(store, Kind.ARRIVALS, CLAN | values, actor="zeinab", today=TODAY)
    assert column in {fault.column for fault in refused.value.faults}
    assert store.audit.head() == head
    assert store.arrivals().empty


def test_a_register_keeps_every_other_entry_as_it_is(store: Store, bring: Bring) -> None:
    bring("offices", OFFICES)
    before = store.offices()
    site = {"name_en": "C", "lon": "47.5", "lat": "30.5", "kind": "candidate"}
    summary = add_entry(store, Kind.OFFICES, site, actor="ali", today=TODAY)
    assert (summary.read, summary.kept, summary.already) == (3, 1, 2)
    assert store.offices()[:2] == before
    assert store.offices()[2].area == "IQG02Q01N01"
    changed = change_entry(store, Kind.OFFICES, "b", {"vehicles": "4"}, actor="ali", today=TODAY)
    assert (changed.kept, changed.already, changed.revised) == (1, 2, 1)
    assert store.offices()[1] == before[1].model_copy(update={"vehicles": 4})
    gone = remove_entries(store, Kind.OFFICES, ["a"], actor="ali", today=TODAY)
    assert gone.removed == 1
    assert [office.code for office in store.offices()] == ["b", "C"]


def test_a_bridge_is_closed_and_opened_again(store: Store, bring: Bring) -> None:
    bring("crossings", "code,name_en,lon,lat,open,standing\nt,Tanuma,48.9,30.5,yes,estimated\n")
    change_entry(store, Kind.CROSSINGS, "t", {"open": "no"}, actor="ali", today=TODAY)
    (bridge,) = store.crossings()
    assert not bridge.open
    assert bridge.standing is Standing.ESTIMATED
    version = store.datasets.list(Kind.CROSSINGS, active=True)[0]
    undo(store, version.sequence, actor="ali")
    assert store.crossings()[0].open


def test_posts_are_added_by_count_and_taken_out_by_number(store: Store, bring: Bring) -> None:
    bring("offices", OFFICES)
    bring("staff", "office,unit,gender,skills,count\na,women,woman,referral|outreach,2\n")
    before = store.posts()
    row = {"office": "a", "unit": "patrol", "gender": "man", "count": "3"}
    add_entry(store, Kind.STAFF, row, actor="ali", today=TODAY)
    assert store.posts()[:2] == before
    assert len(store.posts()) == 5
    remove_entries(store, Kind.STAFF, [before[1].code], actor="ali", today=TODAY)
    assert store.posts()[0] == before[0]
    assert len(store.posts()) == 4


@pytest.mark.parametrize("kind", [Kind.OFFICES, Kind.FORUMS, Kind.CROSSINGS, Kind.STAFF])
def test_the_demos_lists_come_through_a_form_unchanged(tmp_path: Path, kind: Kind) -> None:
    lay_out(tmp_path, the_demo)
    with open_store(tmp_path / "mizan.db") as store:
        records = store.records()
        before = {
            Kind.OFFICES: records.offices, Kind.FORUMS: records.forums,
            Kind.CROSSINGS: records.crossings, Kind.STAFF: records.posts,
        }[kind]()  # fmt: skip
        last = str(entries_of(store, kind)[-1]["code"])
        summary = remove_entries(store, kind, [last], actor="ali")
        records = store.records()
        after = {
            Kind.OFFICES: records.offices, Kind.FORUMS: records.forums,
            Kind.CROSSINGS: records.crossings, Kind.STAFF: records.posts,
        }[kind]()  # fmt: skip
        assert after == before[:-1]
        assert (summary.kept, summary.removed) == (0, 1)
        # What was made up stays marked, and taking the change back brings the demo's list.
        version = store.datasets.list(kind, active=True)[-1]
        assert version.standing is Standing.SYNTHETIC
        assert not version.demo
        undo(store, version.sequence, actor="ali")
        assert store.datasets.list(kind, active=True)[-1].demo


def test_of_two_who_save_at_once_the_second_is_told(store: Store, bring: Bring) -> None:
    bring("offices", OFFICES)
    seen = seen_version(store, Kind.OFFICES)
    change_entry(store, Kind.OFFICES, "a", {"vehicles": "9"}, actor="zeinab", seen=seen)
    with pytest.raises(ConflictError):
        change_entry(store, Kind.OFFICES, "b", {"vehicles": "8"}, actor="ali", seen=seen)
    assert [office.vehicles for office in store.offices()] == [9, 1]


def test_a_list_is_not_emptied_by_a_form(store: Store, bring: Bring) -> None:
    bring("crossings", "code,name_en,lon,lat\nt,Tanuma,48.9,30.5\n")
    with pytest.raises(FaultsError, match="Nothing would be left"):
        remove_entries(store, Kind.CROSSINGS, ["t"], actor="ali")
    with pytest.raises(UnknownError):
        remove_entries(store, Kind.CROSSINGS, ["x"], actor="ali")


def test_one_import_of_a_kind_at_a_time(store: Store, bring: Bring) -> None:
    with turn(store, Kind.ARRIVALS):
        with pytest.raises(ImportRunningError):
            add_entry(store, Kind.ARRIVALS, CLAN, actor="ali", today=TODAY)
        with pytest.raises(ImportRunningError):
            bring("arrivals", "date,area,families\n2026-01-01,IQG02Q05N03,3\n")
        # Looking is always possible, and so is another kind.
        checked = bring("arrivals", "date,area,families\n2026-01-01,IQG02Q05N03,3\n", dry_run=True)
        assert checked.kept == 1
        bring("crossings", "code,name_en,lon,lat\nt,Tanuma,48.9,30.5\n")
    add_entry(store, Kind.ARRIVALS, CLAN, actor="ali", today=TODAY)
    assert len(store.arrivals()) == 1
