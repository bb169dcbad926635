"""The demo: equal seed, equal bytes; what is known stands in it; what is made up says so."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest

from geo.locate import place_incidents
from geo.places import Level, OfficeKind, Standing
from optimizer.staff import Gender
from service.demo import facts
from service.demo.generate import all_files
from service.demo.load import ORDER, is_empty, load_demo, reset_demo
from service.imports.run import import_file
from service.settings import checkout_data
from service.store import Kind, Store, StoreError, open_store

DATA = checkout_data()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("demo") / "mizan.db") as store:
        assert is_empty(store)
        load_demo(store, DATA)
        yield store


def test_the_committed_files_are_what_the_seed_gives() -> None:
    units = gpd.read_file(DATA / "boundaries" / "basra_subdistricts.geojson").set_index("code")
    for kind, text in all_files(units).items():
        file = DATA / "demo" / f"{kind.value}.csv"
        assert file.read_text(encoding="utf-8") == text, f"run data/demo/generate.py: {kind.value}"
    assert all_files(units, seed=1) != all_files(units)


def test_what_iom_says(demo: Store) -> None:
    offices = demo.offices()
    assert sum(o.kind is not OfficeKind.CANDIDATE for o in offices) == 3
    assert [o.code for o in offices if o.referral_centre] == ["shatt-al-arab"]
    assert sum(o.vehicles for o in offices) == 5
    assert len(demo.forums()) == 9
    assert [f.code for f in demo.forums() if f.chaired_by_woman] == ["forum-maqil"]
    posts = demo.posts()
    assert len(posts) == 90
    assert sum(p.gender is Gender.WOMAN for p in posts) == 7
    assert {p.office for p in posts} <= {o.code for o in offices}
    assert {"tanuma", "italian", "khalid"} <= {c.code for c in demo.crossings()}


def test_the_estimates_add_up_to_the_official_total(demo: Store) -> None:
    frame = demo.population()
    assert frame[frame["area"] != facts.GOVERNORATE]["residents"].sum() == 3_063_059
    assert frame["area"].nunique() == 19
    official = frame[frame["area"] == facts.GOVERNORATE]
    assert list(official["residents"]) == [2_468_328, 2_908_491, 3_063_059]
    assert set(official["standing"]) == {"official"}
    assert set(frame[frame["area"] != facts.GOVERNORATE]["standing"]) == {"estimated"}


def test_the_arrivals_are_anchored_in_dtm(demo: Store) -> None:
    frame = demo.arrivals()
    until = frame[frame["registered"] & (frame["date"] <= "2024-01-31")]
    assert until["families"].sum() == 950
    assert frame[frame["clan"]]["families"].min() >= 40
    unregistered = frame[~frame["registered"]]
    assert (unregistered["low"] < unregistered["families"]).all()


def test_24_months_of_incidents_inside_the_units(demo: Store) -> None:
    frame = demo.incidents()
    assert frame["date"].dt.to_period("M").nunique() == 24
    assert frame["date"].max().date() < date(2025, 1, 1)
    assert frame["category"].nunique() == 10
    assert frame["repeat"].sum() > 0
    assert frame["lon"].isna().any()
    placed = place_incidents(frame, demo.units())
    assert set(placed["placement"]) <= {"placed", "border"}
    assert placed["subdistrict"].nunique() == 18


def test_everything_made_up_says_so(demo: Store) -> None:
    for dataset in demo.datasets.list(active=True):
        assert dataset.demo
        assert dataset.standing in {
            Standing.SYNTHETIC, Standing.ESTIMATED, Standing.GENERALISED,
        }  # fmt: skip
    for frame in (demo.incidents(), demo.arrivals(), demo.requests()):
        assert frame["source"].str.contains("SYNTHETIC").all()
    for office in demo.offices():
        assert office.kind is not OfficeKind.CANDIDATE or office.standing is Standing.SYNTHETIC
    assert sum(f.standing is Standing.SYNTHETIC for f in demo.forums()) == 8


def test_a_second_load_changes_nothing(demo: Store) -> None:
    version, head = demo.data_version(), demo.audit.head()
    loaded = load_demo(demo, DATA)
    assert len(loaded.summaries) == len(ORDER)
    assert (demo.data_version(), demo.audit.head()) == (version, head)


def test_the_tree_has_its_names(demo: Store) -> None:
    units = demo.units()
    assert units["level"].value_counts().to_dict() == {
        "subdistrict": 18, "district": 7, "governorate": 1,
    }  # fmt: skip
    assert units.loc["IQG02", "name_ar"] == "البصرة"
    assert (units["name_ar"] != "").all()
    assert set(demo.units(Level.DISTRICT)["parent"]) == {"IQG02"}


def test_own_data_are_left_alone_and_put_the_demos_aside(tmp_path: Path) -> None:
    with open_store(tmp_path / "mizan.db") as store:
        load_demo(store, DATA)
        others = [kind for kind in Kind if kind is not Kind.INCIDENTS]
        demo_version, others_version = store.data_version(), store.datasets.version(*others)
        incidents = store.incidents()
        file = tmp_path / "mine.csv"
        file.write_text("date,category,district\n2024-01-01,drugs,Al-Qurna\n")
        found, _ = import_file(store, Kind.INCIDENTS, file)
        assert found.retired_demo
        assert len(store.incidents()) == 1
        loaded = load_demo(store, DATA)
        assert loaded.left_alone == (Kind.INCIDENTS,)
        assert len(store.incidents()) == 1
        reset_demo(store, DATA)
        # Incidents are named by the number of their version, never by content: a second load of
        # equal ones is another version. All else is named by content.
        assert store.datasets.version(*others) == others_version
        assert store.incidents().equals(incidents)
        assert store.data_version() != demo_version
        assert store.at(demo_version).incidents().equals(incidents)


def test_the_same_demo_has_the_same_version_in_every_new_store(demo: Store, tmp_path: Path) -> None:
    with open_store(tmp_path / "mizan.db") as store:
        load_demo(store, DATA)
        assert store.data_version() == demo.data_version()


def test_without_its_files_nothing_is_changed(tmp_path: Path) -> None:
    with open_store(tmp_path / "mizan.db") as store:
        with pytest.raises(StoreError, match="checkout"):
            load_demo(store, tmp_path)
        assert is_empty(store)
