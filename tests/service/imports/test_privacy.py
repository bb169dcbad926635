"""Names, phones, papers, addresses, free text: dropped, counted, told, and nowhere on the disk."""

import csv
from pathlib import Path

import pytest

from service.imports.personal import is_personal, safe_texts
from service.imports.rejected import write_rejected
from service.locale.words import Words
from service.store import Store

from .conftest import TODAY, Bring

SECRETS = ("Zainab-Secret", "07701234567", "A-1234567", "Lane-9-House-3", "she-said-something")
TEXT = (
    "date,category,district,name,phone,id card,address,notes\n"
    f"2024-01-01,عنف أسري,Al-Qurna,{','.join(SECRETS)}\n"
    f"2024-99-01,عنف أسري,Al-Qurna,{','.join(SECRETS)}\n"
)


def test_nothing_of_a_person_reaches_the_disk(store: Store, bring: Bring, tmp_path: Path) -> None:
    found = bring("incidents", TEXT)
    assert found.personal_cells == 10
    store.engine.dispose()
    for file in (tmp_path / "home").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not [s for s in SECRETS if s.encode() in content], file.name


def test_the_file_of_rejected_rows_has_nothing_of_a_person_and_can_be_mended(
    store: Store, tmp_path: Path, bring: Bring
) -> None:
    from service.imports.options import Options
    from service.imports.run import import_file
    from service.store import Kind

    file = tmp_path / "in.csv"
    file.write_text(TEXT.replace("Al-Qurna", "=Al-Qurna"), encoding="utf-8")
    summary, what = import_file(store, Kind.INCIDENTS, file, options=Options(), today=TODAY)
    assert summary.rejected == 1
    target = tmp_path / "in.rejected.csv"
    assert write_rejected(target, what, Words("ar")) == 1
    text = target.read_text(encoding="utf-8-sig")
    assert not [s for s in SECRETS if s in text]
    assert text.splitlines()[0] == "date,category,district,row,problem,remedy"
    assert "'=Al-Qurna" in text
    mended = text.replace("2024-99-01", "2024-02-01").replace("'=Al-Qurna", "Al-Qurna")
    again = bring("incidents", mended)
    assert (again.read, again.kept) == (1, 1)


@pytest.mark.parametrize(
    "header",
    ["name", "Victim name", "grp/victim_name", "Phone", "phone_number", "اسم المشتكي", "رقم الهاتف",
     "National ID number", "address", "notes", "ملاحظات", "_submitted_by", "E-mail", "الاسم الثلاثي"],
)  # fmt: skip
def test_headers_of_a_person(header: str) -> None:
    assert is_personal(header)


@pytest.mark.parametrize("header", ["admin1Name", "location", "event_type", "fatalities", "القضاء"])
def test_other_headers(header: str) -> None:
    assert not is_personal(header)


def test_free_text_in_a_source_column_is_not_kept() -> None:
    texts, emptied = safe_texts([f"he said {n}" for n in range(100)])
    assert set(texts) == {""}
    assert emptied == 100
    assert safe_texts(["CSO", "call 0770 123 4567", "x@y.iq", None]) == (["CSO", "", "", ""], 2)


def test_no_cell_of_the_file_of_rejected_rows_is_run_by_a_spreadsheet(
    store: Store, tmp_path: Path, bring: Bring
) -> None:
    """Headers are the file's own words, and what is told of a cell may begin with it."""
    from service.imports.options import Options
    from service.imports.run import import_file
    from service.store import Kind

    bring("incidents", TEXT)  # boundaries are there
    file = tmp_path / "in.csv"
    file.write_text("=cmd|A0,+kind,@place\n=1+1,-2+3,@SUM(A1)\n", encoding="utf-8")
    columns = {"date": "=cmd|A0", "category": "+kind", "area": "@place"}
    _, what = import_file(
        store, Kind.INCIDENTS, file, options=Options(columns=columns), today=TODAY, dry_run=True
    )
    target = tmp_path / "rejected.csv"
    assert write_rejected(target, what, Words("en")) == 1
    with target.open(encoding="utf-8-sig", newline="") as read:
        cells = [cell for row in csv.reader(read) for cell in row]
    assert "'=cmd|A0" in cells
    assert "'@SUM(A1)" in cells
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]
