"""A promotion by the command: versions, names of lists that know the old or the new tree, undo."""

from datetime import date

import pytest

from service.imports import child, run
from service.imports.options import Options
from service.imports.run import import_file
from service.store import Kind

SAFWAN = (
    "units", "promote", "IQG02Q06N02", "--code", "IQG02-SAFWAN", "--name-ar", "سفوان",
    "--name-en", "Safwan", "--on", "2024-01-21", "--source", "Council of Ministers",
)  # fmt: skip
NEW = "IQG02Q06N02.20240121"


def listed(mizan, *words) -> dict[str, list[str]]:
    """Words of each row by its code (the terminal writes blanks for tabs)."""
    status, out, _ = mizan("units", "list", *words)
    assert status == 0
    return {row.split()[0]: row.split() for row in out.splitlines()}


def test_a_promotion_is_a_version_that_can_be_undone(mizan, store):
    before = store.data_version()
    assert mizan(*SAFWAN, "--dry-run")[0] == 0
    assert store.data_version() == before
    status, out, _ = mizan(*SAFWAN)
    assert status == 0
    assert "Kept as version boundaries-" in out
    assert len(listed(mizan, "--on", "2024-01-20")) == 7
    now = listed(mizan, "--on", "2024-01-21")
    assert len(now) == 8
    assert now["IQG02-SAFWAN"][1:] == ["سفوان", "Safwan", "IQG02", "2024-01-21"]
    assert "IQG02-SAFWAN" in listed(mizan, "--level", "subdistrict")[NEW]
    entry = store.audit.list(limit=1)[0]
    assert (entry.action, entry.subject.split("-")[0]) == ("imported", "boundaries")
    last = store.datasets.list(Kind.BOUNDARIES, active=True)[-1]
    assert mizan("data", "undo", last.id)[0] == 0
    assert len(listed(mizan)) == 7


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("IQG02Q06N99",), "no sub-district"),
        (("IQG02Q06N02", "IQG02Q07N01"), "more than one district"),
    ],
)
def test_a_promotion_that_makes_no_sense_is_refused(mizan, store, words, why):
    before = store.data_version()
    status, _, err = mizan("units", "promote", *words, *SAFWAN[3:])
    assert status == 1
    assert why in err
    assert store.data_version() == before


def test_lists_of_the_old_and_of_the_new_tree_find_their_areas(mizan, store, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "read_raw", child._read)
    assert mizan(*SAFWAN)[0] == 0

    def area_of(header: str, cells: str) -> str:
        file = tmp_path / "requests.csv"
        file.write_text(f"date,{header}\n2024-06-01,{cells}\n", encoding="utf-8")
        options = Options(source=cells[:80])
        summary, _ = import_file(
            store, Kind.REQUESTS, file, options=options, today=date(2025, 1, 1)
        )
        assert (summary.kept, summary.rejected) == (1, 0), summary.faults
        return str(store.records().requests()["area"].iloc[-1])

    assert area_of("subdistrict", "سفوان") == NEW
    assert area_of("district", "Safwan") == "IQG02-SAFWAN"
    assert area_of("adm3_pcode", "IQG02Q06N02") == "IQG02Q06N02"
    assert area_of("district,subdistrict", "Safwan,Safwan") == NEW
    # A list that does not know the new district yet.
    assert area_of("district,subdistrict", "Al-Zubair,Safwan") == "IQG02Q06N02"
    assert area_of("adm2_pcode,adm3_en", "IQG02Q06,Safwan") == "IQG02Q06N02"
    assert area_of("district,subdistrict", "Al-Zubair,Um Qasr") == "IQG02Q06N03.20240121"
