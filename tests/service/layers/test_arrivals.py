"""Files shaped like DTM's and HDX's, from the import to the layer, against figures made by hand."""

import io
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from geo.arrivals import check_arrivals
from geo.choices import assumed
from geo.influx import as_events
from geo.layers import Clearance, LayerCode, Period
from geo.places import Level
from service.imports import child, run
from service.imports.options import Options
from service.imports.run import import_file
from service.layerbook import LayerBook
from service.store import Kind, Store, open_store
from tests.service.imports.conftest import town

YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))
QURNA, BASRAH, SHATT = "IQG02Q05N03", "IQG02Q02N02", "IQG02Q07N02"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import json

    monkeypatch.setattr(run, "read_raw", child._read)
    with open_store(tmp_path / "home" / "mizan.db") as opened:
        file = tmp_path / "town.geojson"
        file.write_text(json.dumps(town()), encoding="utf-8")
        import_file(opened, Kind.BOUNDARIES, file)
        rows = [f"{code},2024-07-01,{n}" for code, n in PEOPLE.items()]
        bring(opened, tmp_path, "population", "area,date,residents\n" + "\n".join(rows) + "\n")
        yield opened


PEOPLE = {"IQG02Q01N01": 10_000, BASRAH: 500_000, QURNA: 60_000, SHATT: 30_000}


def bring(store: Store, folder: Path, kind: str, content: str | bytes, name="x.csv", **options):
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_file(store, Kind(kind), file, options=Options(**options))[0]


def dtm_round(number: int, *rows: tuple) -> bytes:
    """A DTM location assessment: a title on row 1, the header on row 2, ``Full Dataset``."""
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    sheet = book.create_sheet("Full Dataset")
    sheet.append([f"DTM Iraq, Master List Round {number}"])
    sheet.append(["LocationID", "PlaceID", "Governorate", "District", "Sub-district", "LocationType",
                  "Latitude", "Longitude", "Families", "Individuals", "Thi-Qar", "Missan"])  # fmt: skip
    for n, (district, sub, families, thi_qar, missan) in enumerate(rows):
        sheet.append([n, 100 + n, "Basrah", district, sub, "Urban", None, None, families,
                      6 * families, thi_qar, missan])  # fmt: skip
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def influx(store: Store, level=Level.SUBDISTRICT, **choices) -> pd.DataFrame:
    version = store.data_version()
    book = LayerBook(
        store.at(version),
        version,
        Clearance.RELEASED,
        datasets=store.datasets.list(active=True),
        choices=assumed({}, **choices),
    )
    layer = book.layer(LayerCode.INFLUX, level, None, YEAR)
    return layer.values.assign(told=" ".join(layer.caveats))


def test_a_round_that_counts_nobody_says_that_they_left(store, tmp_path):
    rounds = (
        (130, date(2023, 9, 1), ("Al-Qurna", "Markaz Al-Qurna", 100, 100, 0)),
        (131, date(2024, 6, 1), ("Al-Qurna", "Markaz Al-Qurna", 0, 0, 0)),
    )
    for number, day, row in rounds:
        content = dtm_round(number, row, ("Al-Basrah", "Markaz Al-Basrah", 10, 10, 0))
        name, source = f"{number}.xlsx", f"DTM {number}"
        found = bring(store, tmp_path, "arrivals", content, name, day=day, source=source)
        assert (found.read, found.rejected) == (2, 0)
    values = influx(store)
    assert values.loc[QURNA, "stock"] == 0
    assert values.loc[BASRAH, "stock"] == 60
    assert values.loc[QURNA, "value"] == 0
    events = bring(store, tmp_path, "arrivals", "date,area,families\n2024-01-05,Al-Qurna,0\n")
    assert events.rejected == 1


def test_two_rounds_of_a_matrix_are_not_two_arrivals(store, tmp_path):
    first = dtm_round(
        130,
        ("Al-Qurna", "Markaz Al-Qurna", 100, 90, 10),
        ("Al-Qurna", "Markaz Al-Qurna", 50, 50, 0),
        ("Al-Basrah", "Markaz Al-Basrah", 300, 200, 100),
    )
    second = dtm_round(
        131,
        ("Al-Qurna", "Markaz Al-Qurna", 130, 120, 10),
        ("Al-Qurna", "Markaz Al-Qurna", 80, 80, 0),
        ("Shat Al-Arab", "Markaz Shat Al-Arab", 20, 20, 0),
    )
    found = bring(
        store, tmp_path, "arrivals", first, "a.xlsx", day=date(2023, 6, 1), source="DTM 130"
    )
    assert any("present on a day" in note for note in found.notes)
    bring(store, tmp_path, "arrivals", second, "b.xlsx", day=date(2024, 6, 1), source="DTM 131")
    values = influx(store)
    # Stock: the last count of each area; the one that the second round leaves out keeps its own.
    assert values["stock"].to_dict() == {
        "IQG02Q01N01": 0, QURNA: 210 * 6, BASRAH: 300 * 6, SHATT: 20 * 6,
    }  # fmt: skip
    # Twelve months to June 2024, the newest round: (210 - 150) families were added; a first count
    # stands whole.
    assert values.loc[QURNA, "value"] == pytest.approx(60 * 6 / 60_000 * 1_000)
    assert values.loc[BASRAH, "value"] == 0
    assert values.loc[SHATT, "value"] == pytest.approx(20 * 6 / 30_000 * 1_000)
    assert "In 1 areas a first count" in values.loc[SHATT, "told"]
    assert influx(store, Level.DISTRICT).loc["IQG02Q05", "stock"] == 1260


def test_the_order_of_the_rounds_does_not_matter(store, tmp_path):
    for number, families, day in ((131, 210, date(2024, 6, 1)), (130, 150, date(2024, 1, 1))):
        content = dtm_round(number, ("Al-Qurna", "Markaz Al-Qurna", families, families, 0))
        bring(store, tmp_path, "arrivals", content, f"{number}.xlsx", day=day, source="DTM")
    assert influx(store).loc[QURNA, "stock"] == 210 * 6
    again = dtm_round(131, ("Al-Qurna", "Markaz Al-Qurna", 210, 210, 0))
    found = bring(store, tmp_path, "arrivals", again, "c.xlsx", day=date(2024, 6, 1), source="DTM")
    assert (found.kept, found.already) == (0, 1)


def test_hdx_rows_with_their_tags_count_persons_round_by_round(store, tmp_path):
    """admin names, P-codes, an HXL row; persons become families of six, and it is said."""
    head = (
        "admin1Name,admin2Name,admin2Pcode,numPresentIdpInd,reportingDate,roundNumber\n"
        "#adm1+name,#adm2+name,#adm2+code,#affected+idps,#date+reported,#round+code\n"
    )
    rows = (
        "Basrah,Al-Qurna,IQG02Q05,600,2024-01-31,130\nBasrah,Al-Qurna,IQG02Q05,540,2024-09-30,131\n"
    )
    found = bring(store, tmp_path, "arrivals", head + rows)
    assert (found.read, found.kept) == (2, 2)
    assert any("6.0 persons" in note for note in found.notes)
    values = influx(store, Level.DISTRICT)
    assert values.loc["IQG02Q05", "stock"] == 540
    assert values.loc["IQG02Q05", "count"] == 540
    assert values.loc["IQG02Q05", "largest"] == 540
    assert "not in it" in influx(store).loc[QURNA, "told"]  # a district says nothing of parts


def test_events_with_a_clan_a_band_and_families_whom_no_register_knows(store, tmp_path):
    text = (
        "date,area,families,household_size,low,high,clan,registered,origin\n"
        f"2024-03-01,{QURNA},300,7,,,yes,yes,Thi-Qar\n"
        f"2024-05-01,{QURNA},100,6,80,150,no,yes,Missan\n"
        f"2024-08-01,{QURNA},50,6,25,100,no,no,Missan\n"
        f"2023-05-01,{QURNA},40,6,,,no,yes,Missan\n"
    )
    found = bring(store, tmp_path, "arrivals", text)
    assert not any("present on a day" in note for note in found.notes)
    row = influx(store).loc[QURNA]
    best, low, high = 2100 + 600 + 300, 2100 + 480 + 150, 2100 + 900 + 600
    assert row["count"] == best
    np.testing.assert_allclose(
        [row["value"], row["low"], row["high"]], np.array([best, low, high]) / 60
    )
    assert row["stock"] == best + 240
    assert (row["largest"], row["clans"]) == (2100, 1)
    assert row["lumpiness"] == pytest.approx(2100 / best)
    row = influx(store, unregistered=(1.0, 1.5, 2.0)).loc[QURNA]
    # The factor is for those whom no register knows: it multiplies the registered only.
    best, low, high = 1.5 * 2700 + 300, 2580 + 150, 2 * 3000 + 600
    np.testing.assert_allclose(
        [row["value"], row["low"], row["high"]], np.array([best, low, high]) / 60
    )
    assert "Assumed families for each registered one: 1 to 2, 1.5 taken." in row["told"]


def test_a_file_of_arrival_days_is_no_count_of_those_present(store, tmp_path):
    text = (
        "LocationID,Arrival date,adm3_pcode,Families\n"
        f"7,2024-01-31,{QURNA},10\n8,2024-02-29,{QURNA},10\n"
    )
    bring(store, tmp_path, "arrivals", text)
    assert not store.records().present_arrivals()
    assert influx(store).loc[QURNA, "count"] == 120


def present(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["date", "area", "families", "source"])
    frame["date"] = pd.to_datetime(frame["date"])
    frame.index = pd.Index([f"a{n}" for n in range(len(frame))], name="arrival_id")
    return check_arrivals(frame).assign(present=True)


def test_net_change_of_the_national_caseload():
    """10,464 - 3,358 families in 184 days are 38.62 a day, net (references)."""
    made = as_events(
        present(("2022-03-15", "IQ", 3_358, "DTM R1"), ("2022-09-15", "IQ", 10_464, "DTM R2"))
    )
    assert list(made["families"]) == [3_358, 7_106]
    assert list(made["first"]) == [True, False]
    assert made["families"].iloc[1] / 184 == pytest.approx(38.62, abs=0.005)


def test_two_sources_do_not_follow_one_another():
    made = as_events(
        present(("2024-01-01", "A", 100, "DTM 1"), ("2024-02-01", "A", 40, "Ministry"))
    )
    assert list(made["families"]) == [100, 40]
