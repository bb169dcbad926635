"""Every row is accounted for, whatever the file; a second time adds nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.checks import FaultsError
from service.imports import child
from service.imports.limits import Limits
from service.imports.options import Options
from service.imports.run import Paper, context_of, keep, understand
from service.store import ConflictError, Kind, Store

from .conftest import TODAY, Bring

GOOD = "date,category,lon,lat\n2024-01-01,drugs,48.5,30.5\n2024-01-02,tribal,48.6,30.6\n"


def test_the_same_file_adds_nothing_and_changes_nothing(store: Store, bring: Bring) -> None:
    assert bring("incidents", GOOD).kept == 2
    version, head = store.data_version(), store.audit.head()
    again = bring("incidents", GOOD, "another-name.csv")
    assert (again.read, again.kept, again.already, again.dataset) == (2, 0, 2, None)
    assert (store.data_version(), store.audit.head()) == (version, head)


def test_overlapping_files_count_once(store: Store, bring: Bring) -> None:
    bring("incidents", GOOD)
    more = GOOD.replace("2024-01-01,drugs", "2024-01-03,drugs")
    found = bring("incidents", more)
    assert (found.kept, found.already) == (1, 1)
    assert len(store.incidents()) == 3


def test_equal_rows_are_kept_and_flagged_or_left_out(store: Store, bring: Bring) -> None:
    twice = GOOD + GOOD.split("\n", 1)[1]
    dry = bring("incidents", twice, dry_run=True, drop_repeats=True)
    assert (dry.read, dry.kept, dry.already, dry.flagged) == (4, 2, 2, 0)
    found = bring("incidents", twice)
    assert (found.kept, found.flagged) == (4, 2)
    assert list(store.incidents()["repeat"]) == [False, False, True, True]
    assert len(store.incidents(repeats=False)) == 2


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("arrivals", "date,area,families,clan\n" + "2024-05-01,IQG02Q05N03,30,yes\n" * 3),
        ("requests", "date,area,unit\n" + "2024-05-01,IQG02Q05N03,outreach\n" * 3),
    ],
)
def test_a_clan_or_a_request_told_three_times_is_flagged_and_can_be_left_out(
    store: Store, bring: Bring, kind: str, text: str
) -> None:
    all_three = bring(kind, text, dry_run=True)
    assert (all_three.kept, all_three.flagged) == (3, 2)
    once = bring(kind, text, drop_repeats=True)
    assert (once.read, once.kept, once.already) == (3, 1, 2)
    assert len(store.arrivals() if kind == "arrivals" else store.requests()) == 1


def test_rows_that_differ_only_in_a_dropped_column_are_two_events(
    store: Store, bring: Bring
) -> None:
    text = (
        "date,category,lon,lat,name\n2024-01-01,drugs,48.5,30.5,A\n2024-01-01,drugs,48.5,30.5,B\n"
    )
    found = bring("incidents", text)
    assert (found.kept, found.flagged) == (2, 0)
    # and the file without the names is the same two events
    assert (
        bring("incidents", text.replace(",name", "").replace(",A", "").replace(",B", "")).kept == 0
    )


def test_another_office_says_so_and_its_equal_rows_are_its_own(store: Store, bring: Bring) -> None:
    text = "date,category,district\n2024-01-01,drugs,Al-Qurna\n"
    assert bring("incidents", text, source="Al-Ashar").kept == 1
    assert bring("incidents", text, source="Tanuma").kept == 1
    assert bring("incidents", text, source="Tanuma").kept == 0
    assert len(store.incidents()) == 2


def test_a_dry_run_changes_nothing(store: Store, bring: Bring) -> None:
    version = store.data_version()
    found = bring("incidents", GOOD, dry_run=True)
    assert (found.kept, found.dataset, found.dry_run) == (2, None, True)
    assert store.data_version() == version


def test_bad_rows_are_told_with_row_column_and_remedy(bring: Bring) -> None:
    text = (
        "date,category,lon,lat\n"
        "2024-01-01,drugs,48.5,30.5\n"
        "2027-01-01,drugs,48.5,30.5\n"
        "soon,drugs,here,30.5\n"
        "\n"
        "2024-01-01,drugs,,\n"
        "2024-01-01,drugs,48.5,\n"
        "2024-01-01,drugs,48.5,95\n"
        "2024-01-01,drugs,48.5,30.5,surplus\n"
    )
    found = bring("incidents", text)
    assert (found.read, found.kept, found.rejected) == (7, 1, 6)
    told = sorted((f.row, f.column) for f in found.faults)
    assert told == [
        (3, "date"), (4, "date"), (4, "lon"), (6, "area"), (7, "lon"), (8, "lon"), (9, ""),
    ]  # fmt: skip
    assert all(f.advice and f.problem and f.file == "file.csv" for f in found.faults)


def test_unknown_categories_are_other_and_counted(store: Store, bring: Bring) -> None:
    text = "date,category,lon,lat\n2024-01-01,zzz,48.5,30.5\n2024-01-02,zzz,48.5,30.5\n"
    found = bring("incidents", text)
    assert any("2 rows" in n and "zzz (2)" in n for n in found.notes)
    assert set(store.incidents()["category"]) == {"other"}
    mapped = bring("incidents", text.replace("zzz", "yyy"), categories={"yyy": "child_abuse"})
    assert mapped.kept == 2
    assert "child_abuse" in set(store.incidents()["category"])


def test_a_place_at_zero_zero_is_no_place(store: Store, bring: Bring) -> None:
    text = "date,category,lon,lat,district\n2024-01-01,drugs,0,0,Al-Qurna\n2024-01-01,drugs,0,0,\n"
    found = bring("incidents", text)
    assert (found.kept, found.rejected) == (1, 1)


def test_swapped_columns_are_a_mistake_not_data(bring: Bring) -> None:
    with pytest.raises(FaultsError, match="swapped"):
        bring("incidents", "date,category,lat,lon\n2024-01-01,drugs,48.5,30.5\n")


def test_a_column_that_is_missing_or_misnamed_is_told_with_what_there_is(bring: Bring) -> None:
    with pytest.raises(FaultsError, match="weird") as refused:
        bring("population", "area,weird\nIQG02Q05,5\n", as_of="2024-11-20")
    assert "--column residents=HEADER" in str(refused.value)
    found = bring(
        "population", "area,weird\nIQG02Q05,5\n", as_of="2024-11-20", columns={"residents": "weird"}
    )
    assert found.kept == 1
    with pytest.raises(FaultsError, match="no column nope"):
        bring("population", "area,weird\nA,5\n", columns={"residents": "nope"})
    with pytest.raises(FaultsError, match="no field size"):
        bring("population", "area,weird\nA,5\n", columns={"size": "weird"})


def test_two_imports_at_once_one_wins(store: Store, bring: Bring, tmp_path: Path) -> None:
    seen = store.datasets.version(Kind.INCIDENTS, Kind.BOUNDARIES)
    file = tmp_path / "mine.csv"
    file.write_text(GOOD)
    what = understand(
        Kind.INCIDENTS, child._read(file, Limits(), None), context_of(store, TODAY), Options()
    )
    bring("incidents", GOOD.replace("drugs", "weapons"))
    with pytest.raises(ConflictError):
        keep(store, what, Paper("mine.csv", "", Options(), "ali"), expected=seen)
    assert "drug_abuse" not in set(store.incidents()["category"])


_CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["2024-01-01", "05/06/2024", "drugs", "عنف أسري", "48.5", "30.5", "48,5", "0", "-", "Al-Qurna",
         "IQG02Q05", "Basra", "القرنة", "1e400", "=1+1", "\u202e", '"', "NaN", "٣٠٫٥", "200", "x" * 50]
    ),
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(_CELL, min_size=0, max_size=6), max_size=12))
@pytest.mark.parametrize(
    "kind", ["incidents", "arrivals", "population", "requests", "offices", "staff"]
)
def test_rubbish_adds_up_or_is_refused(store: Store, tmp_path: Path, kind: str, rows) -> None:
    import csv

    header = {
        "incidents": ["date", "category", "lon", "lat", "district"],
        "arrivals": ["date", "district", "families", "clan", "origin"],
        "population": ["area", "as_of", "residents", "women_share", "source"],
        "requests": ["date", "area", "hours", "sessions", "audience"],
        "offices": ["name_en", "lon", "lat", "kind", "vehicles"],
        "staff": ["office", "unit", "gender", "skills", "count"],
    }[kind]
    file = tmp_path / "rubbish.csv"
    with file.open("w", newline="", encoding="utf-8", errors="replace") as out:
        csv.writer(out).writerows([header, *rows])
    try:
        raw = child._read(file, Limits(), None)
        what = understand(Kind(kind), raw, context_of(store, TODAY), Options())
    except FaultsError:
        return
    found = keep(store, what, Paper("r.csv", "", Options(), "t"), dry_run=True)
    assert found.read == found.kept + found.already + found.rejected == len(raw) + len(raw.unread)
    assert {f.row for f in what.faults} <= set(raw.rows) | set(raw.unread)
    json.dumps(
        [dict(r, date=str(r.get("date")), as_of=str(r.get("as_of"))) for r in what.made.records]
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(1, 28), st.sampled_from(["drugs", "tribal"]), st.sampled_from(["48.5", ""])
        ),
        min_size=2,
        max_size=15,
    ),
    data=st.data(),
)
def test_the_order_of_rows_and_of_overlapping_files_does_not_matter(
    store: Store, tmp_path: Path, rows, data
) -> None:
    lines = [f"2024-01-{d:02d},{c},{x},{'30.5' if x else ''},Al-Qurna" for d, c, x in rows]
    shuffled = data.draw(st.permutations(lines))

    def made(some: list[str]) -> set[str]:
        file = tmp_path / "o.csv"
        file.write_text("date,category,lon,lat,district\n" + "\n".join(some) + "\n")
        raw = child._read(file, Limits(), None)
        what = understand(Kind.INCIDENTS, raw, context_of(store, TODAY), Options())
        return {r["identity"] for r in what.made.records}

    whole = made(lines)
    assert len(whole) == len(lines)
    assert made(list(shuffled)) == whole
    assert made(lines[: len(lines) // 2]) <= whole
