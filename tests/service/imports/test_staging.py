"""Uploads: staged, previewed without points, committed as previewed or told of a change."""

import io
import os
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from geo.checks import FaultsError
from geo.layers import Clearance
from geo.versions import Promotion
from service.derived.units import keep_promotion
from service.imports import child, staging
from service.imports.limits import Limits
from service.imports.options import Options
from service.imports.staging import MOST_WAITING, FullRoomError, Staging
from service.layerbooks import LayerBooks
from service.settings import checkout_data
from service.store import ConflictError, Kind, Store, UnknownError
from tests.service.store import versions

from .conftest import TODAY

TEXT = b"when,category,lon,lat\n2024-01-01,drugs,48.5,30.5\n2024-01-02,drugs,49.5,30.5\n"


@pytest.fixture
def room(store: Store, monkeypatch: pytest.MonkeyPatch) -> Staging:
    monkeypatch.setattr(staging, "read_raw", child._read)
    return Staging(store.home)


def _put(room: Staging, store: Store, content: bytes = TEXT, name: str = "events.csv"):
    return room.put(store, Kind.INCIDENTS, name, [content[:10], content[10:]], owner="ali")


def test_the_way_of_an_upload(room: Staging, store: Store) -> None:
    staged = _put(room, store, name="../../etc/passwd\x00\n.csv")
    assert staged.name == "passwd.csv"
    assert staged.size == len(TEXT)
    with pytest.raises(FaultsError, match="--column date=HEADER") as refused:
        room.preview(store, staged.id, today=TODAY)
    assert refused.value.faults[0].file == "passwd.csv"
    found = room.preview(store, staged.id, options=Options(columns={"date": "when"}), today=TODAY)
    assert (found.summary.kept, found.summary.rejected) == (2, 0)
    assert found.by_area == {"IQG02Q02N02": 1, "IQG02Q05N03": 1}
    assert store.incidents().empty
    kept = room.commit(store, staged.id, actor="ali", today=TODAY)
    assert kept.kept == 2
    assert len(store.incidents()) == 2
    assert store.audit.list(limit=1)[0].actor == "ali"
    with pytest.raises(UnknownError):
        room.commit(store, staged.id, actor="ali")
    store.datasets.undo(kept.dataset or 0, "ali")
    assert store.incidents().empty


def test_a_workbook_is_read_though_it_waits_without_its_name(room: Staging, store: Store) -> None:
    book = Workbook()
    for row in (["date", "area", "families"], ["2024-05-01", "القرنة", 30]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    whole = content.getvalue()
    staged = room.put(store, Kind.ARRIVALS, "arrivals.xlsx", [whole], owner="ali")
    assert room.preview(store, staged.id, today=TODAY).summary.kept == 1


def test_the_preview_tells_that_the_demo_goes_where_the_commit_lets_it_go(
    room: Staging, store: Store
) -> None:
    """Also where each row is known: that it is not told would tell a guess (decision 61)."""
    content = TEXT.replace(b"when", b"date")
    for demo in (False, True):
        if demo:
            store.datasets.add(versions.incidents(("2024-01-05", "other"), demo=True))
        staged = _put(room, store, content)
        seen = room.preview(store, staged.id, today=TODAY).summary
        kept = room.commit(store, staged.id, actor="ali", today=TODAY)
        assert (seen.retired_demo, kept.retired_demo) == (demo, demo)
    assert not any(one.demo for one in store.datasets.list(Kind.INCIDENTS, active=True))


def test_a_change_since_the_preview_is_told(room: Staging, store: Store) -> None:
    content = TEXT.replace(b"when", b"date")
    mine, other = _put(room, store, content), _put(room, store, content.replace(b"drugs", b"arms"))
    room.preview(store, mine.id, today=TODAY)
    room.preview(store, other.id, today=TODAY)
    room.commit(store, other.id, actor="zeinab", today=TODAY)
    with pytest.raises(ConflictError):
        room.commit(store, mine.id, actor="ali", today=TODAY)
    room.preview(store, mine.id, today=TODAY)
    assert room.commit(store, mine.id, actor="ali", today=TODAY).kept == 2


def test_too_large_a_file_leaves_nothing(store: Store) -> None:
    room = Staging(store.home, Limits(file_mb=0.00001))
    with pytest.raises(FaultsError, match="more than"):
        _put(room, store)
    assert list((store.home / "staging").iterdir()) == []


@pytest.mark.parametrize("bad", ["..", "", "../../mizan.db", "0" * 24, "x" * 24])
def test_ids_are_ours_alone(room: Staging, store: Store, bad: str) -> None:
    with pytest.raises(UnknownError):
        room.get(bad)
    room.discard(bad)
    assert (store.home / "mizan.db").exists()


def test_what_nobody_decides_about_is_swept(room: Staging, store: Store) -> None:
    old, new = _put(room, store), _put(room, store)
    folder: Path = store.home / "staging" / old.id
    os.utime(folder, (0, 0))
    assert room.sweep() == 1
    assert room.get(new.id).id == new.id
    with pytest.raises(UnknownError):
        room.get(old.id)


def test_only_the_owner_of_the_machine_reads_them(room: Staging, store: Store) -> None:
    staged = _put(room, store)
    folder = store.home / "staging"
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / staged.id / "file").stat().st_mode & 0o077 == 0


def test_one_account_fills_the_room_for_nobody_else(room: Staging, store: Store) -> None:
    put = [_put(room, store) for _ in range(MOST_WAITING)]
    with pytest.raises(FullRoomError, match="wait for a decision"):
        _put(room, store)
    assert len(list((store.home / "staging").iterdir())) == MOST_WAITING
    room.put(store, Kind.INCIDENTS, "a.csv", [TEXT], owner="zeinab")
    room.discard(put[0].id)
    _put(room, store)


def test_the_preview_counts_areas_as_the_map_does(room: Staging, store: Store) -> None:
    """A code of before a promotion means its old ground, without a point as well."""
    day = date(2025, 1, 1)
    keep_promotion(store, Promotion("NEW", "جديد", "New", ("IQG02Q01N01",), day), actor="ali")
    text = (
        "date,category,area,lon,lat\n2024-01-01,drugs,IQG02Q01N01,,\n2024-01-02,arms,,48.5,30.5\n"
    )
    staged = _put(room, store, text.encode())
    seen = room.preview(store, staged.id, today=TODAY)
    assert seen.summary.kept == 2
    room.commit(store, staged.id, actor="ali", today=TODAY)
    books = LayerBooks(store, checkout_data(), units_on=TODAY)
    on_map = books.open(Clearance.EXACT).placed["subdistrict"].value_counts()
    assert seen.by_area == {str(code): int(n) for code, n in on_map.items()}
    assert set(seen.by_area) == {"IQG02Q01N01.20250101", "IQG02Q02N02"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.ARRIVALS, "date,area,families\n2024-01-01,{old},20\n2024-02-01,{other},30\n"),
        (Kind.REQUESTS, "date,area,sessions\n2024-01-01,{old},2\n2024-02-01,{other},3\n"),
        (Kind.POPULATION, "area,as_of,residents\n{old},2024-01-01,900\n{other},2024-01-01,500\n"),
    ],
)
def test_rows_of_other_kinds_under_an_old_code_are_counted_on_their_ground(
    room: Staging, store: Store, kind: Kind, text: str
) -> None:
    promoted = Promotion("NEW", "جديد", "New", ("IQG02Q01N01",), date(2025, 1, 1))
    keep_promotion(store, promoted, actor="ali")
    rows = text.format(old="IQG02Q01N01", other="IQG02Q02N02").encode()
    staged = room.put(store, kind, "rows.csv", [rows], owner="ali")
    seen = room.preview(store, staged.id, today=TODAY)
    assert seen.summary.kept == 2
    room.commit(store, staged.id, actor="ali", today=TODAY)
    book = LayerBooks(store, checkout_data(), units_on=TODAY).open(Clearance.EXACT)
    tables = {
        Kind.ARRIVALS: lambda: book.arrivals,
        Kind.REQUESTS: book.requests,
        Kind.POPULATION: lambda: book.population,
    }
    on_map = tables[kind]()["area"].value_counts()
    assert seen.by_area == {str(code): int(n) for code, n in on_map.items()}
    assert set(seen.by_area) == {"IQG02Q01N01.20250101", "IQG02Q02N02"}
