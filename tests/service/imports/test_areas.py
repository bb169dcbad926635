"""Areas by code and by name; a doubt is asked with its candidates, never guessed."""

import pytest

from service.store import Store

from .conftest import Bring


def _one(bring: Bring, header: str, cells: str, **options: object):
    return bring("requests", f"date,{header}\n2024-01-01,{cells}\n", **options)


@pytest.mark.parametrize(
    ("header", "cells", "code"),
    [
        ("area", "IQG02Q05", "IQG02Q05"),
        ("area", "Al Qurnah", "IQG02Q05"),
        ("district", "القرنه", "IQG02Q05"),
        ("district", "Shatt Al-Arab", "IQG02Q07"),
        ("adm2_pcode,adm2_en", "IQG02Q07,whatever", "IQG02Q07"),
        ("adm1_en,adm2_en,adm3_en", "Basra,Al-Qurna,Markaz Al-Qurna", "IQG02Q05N03"),
        ("adm2_en,adm3_en", "Basrah,", "IQG02Q02"),
        ("subdistrict", "Al Siba", "IQG02Q01N01"),
        ("adm2_pcode,adm2_en", "OLD-CODE,Al-Qurna", "IQG02Q05"),
    ],
)
def test_spellings_that_mean_one_unit(
    store: Store, bring: Bring, header: str, cells: str, code: str
) -> None:
    assert _one(bring, header, cells).kept == 1
    assert list(store.requests()["area"]) == [code]


def test_a_doubtful_name_is_a_fault_with_its_candidates(bring: Bring) -> None:
    found = _one(bring, "district", "Al-Qurrana")
    assert (found.kept, found.rejected) == (0, 1)
    (fault,) = found.faults
    assert fault.column == "district"
    assert "Al-Qurna (IQG02Q05)" in fault.problem
    assert "--alias 'Al-Qurrana=CODE'" in fault.advice
    assert _one(bring, "district", "Al-Qurrana", aliases={"Al-Qurrana": "IQG02Q05"}).kept == 1


def test_a_name_that_two_units_share_is_a_doubt(bring: Bring) -> None:
    # Governorate and district Al-Basrah have one name.
    found = _one(bring, "area", "Al-Basrah")
    assert found.rejected == 1
    assert "IQG02 " in found.faults[0].problem.replace(")", " ")


def test_an_unknown_unit_inside_a_known_one_is_placed_in_it_and_told(
    store: Store, bring: Bring
) -> None:
    found = _one(bring, "district,subdistrict", "Al-Qurna,Zzyzx")
    assert found.kept == 1
    assert list(store.requests()["area"]) == ["IQG02Q05"]
    assert any("1 rows name a unit that is not known" in n for n in found.notes)


def test_an_unknown_place_is_a_fault_where_an_area_is_needed(bring: Bring) -> None:
    found = _one(bring, "governorate", "Baghdad")
    assert found.rejected == 1
    assert "import the boundaries" in found.faults[0].advice


def test_without_boundaries_nothing_can_be_placed(tmp_path, in_process: None) -> None:
    from geo.checks import FaultsError
    from service.imports.run import import_file
    from service.store import Kind, open_store

    file = tmp_path / "f.csv"
    file.write_text("date,category,lon,lat\n2024-01-01,drugs,48,30\n")
    with (
        open_store(tmp_path / "empty" / "mizan.db") as store,
        pytest.raises(FaultsError, match="mizan import boundaries"),
    ):
        import_file(store, Kind.INCIDENTS, file)
