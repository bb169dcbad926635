"""The official boundaries of all Iraq and 2,891 real events, through the real child."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.locate import place_incidents
from geo.places import Level
from service.imports.run import import_file
from service.store import Kind, Store, open_store

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("MIZAN_SHARED", ROOT.parent / "shared")) / "data"
pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real data are not here; set MIZAN_SHARED to their folder"
)


@pytest.fixture(scope="module")
def iraq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("iraq") / "mizan.db") as store:
        file = SHARED / "boundaries" / "irq_cod_ab_2019_adm3.geojson"
        found, _ = import_file(store, Kind.BOUNDARIES, file)
        assert (found.read, found.kept, found.rejected) == (294, 294, 0)
        yield store


def test_all_of_iraq(iraq: Store) -> None:
    units = iraq.units()
    assert units["level"].value_counts().to_dict() == {
        "subdistrict": 294, "district": 101, "governorate": 18,
    }  # fmt: skip
    basra = units[units["parent"] == "IQG02"]
    assert len(basra) == 7
    assert units.loc["IQG02", "name_ar"] == "البصرة"
    assert abs(units[units["parent"].isin(basra.index)]["area_km2"].sum() - 18_905) < 5


def test_every_event_is_accounted_for_and_a_second_time_adds_nothing(iraq: Store) -> None:
    file = SHARED / "incidents" / "basra_events_2006_2008.csv"
    first, _ = import_file(iraq, Kind.INCIDENTS, file)
    assert (first.read, first.kept, first.already, first.rejected) == (2891, 2891, 0, 0)
    assert first.flagged == 534
    version = iraq.data_version()
    second, _ = import_file(iraq, Kind.INCIDENTS, file, name="renamed.csv")
    assert (second.read, second.kept, second.already) == (2891, 0, 2891)
    assert iraq.data_version() == version
    frame = iraq.incidents()
    assert len(frame) == 2891
    assert int(frame["repeat"].sum()) == 534
    placed = place_incidents(frame, iraq.units())
    assert placed["placement"].value_counts().sum() == 2891
    # The district that the source gave overrides the official river line.
    assert int((placed["district"] == "IQG02Q07").sum()) == 564


def test_another_governorate_works_just_the_same(iraq: Store, tmp_path: Path) -> None:
    units = iraq.units(Level.DISTRICT)
    names = iraq.units(Level.GOVERNORATE)["name_en"]
    code = next(code for code, name in names.items() if "Qar" in name)
    thi_qar = units[units["parent"] == code]
    assert len(thi_qar) >= 5
    lines = ["date,governorate,district,category,longitude,latitude"]
    for n, unit in enumerate(thi_qar.itertuples(), start=1):
        lines.append(
            f"2024-01-{n:02d},Dhi Qar,{unit.name_ar},مخدرات,{unit.seat_lon},{unit.seat_lat}"
        )
    file = tmp_path / "thi-qar.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found, _ = import_file(iraq, Kind.INCIDENTS, file)
    assert found.kept == len(thi_qar)
    frame = iraq.incidents()
    mine = frame[frame["area_given"].isin(thi_qar.index)]
    assert set(mine["area_given"]) == set(thi_qar.index)
    iraq.datasets.undo(found.dataset or 0)


def test_the_p_code_list_with_an_hxl_row_is_no_incident_file(iraq: Store) -> None:
    from geo.checks import FaultsError

    file = SHARED / "pcodes" / "irq_pcodes_adm1_2.csv"
    with pytest.raises(FaultsError, match="category"):
        import_file(iraq, Kind.INCIDENTS, file)
    with pytest.raises(FaultsError, match="no polygons"):
        import_file(iraq, Kind.BOUNDARIES, file)
