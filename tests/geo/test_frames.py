"""Canonical frames: every fault is found at once and said with row, column and remedy."""

import pandas as pd
import pytest

from geo.arrivals import ARRIVALS, check_arrivals
from geo.checks import Fault, FaultsError
from geo.incidents import CATEGORIES, INCIDENTS, SEVERE, check_incidents
from geo.notes import Note
from geo.population import check_population
from geo.requests import REQUESTS, check_requests
from geo.travel import check_travel, travel_matrix


def test_all_faults_of_a_file_come_together():
    frame = pd.DataFrame(
        {
            "date": ["2024-01-02", "31/31/2024", None, "2024-01-05"],
            "category": ["drug_abuse", "other", "witchcraft", "other"],
            "lon": [47.8, 247.8, 47.8, None],
            "lat": [30.5, 30.5, "north", 30.5],
        },
        index=["a", "b", "c", "c"],
    )
    with pytest.raises(FaultsError) as caught:
        check_incidents(frame, file="x.csv", rows=[2, 3, 4, 5])
    found = {(f.row, f.column) for f in caught.value.faults}
    assert found == {
        (3, "date"),
        (4, "date"),
        (4, "category"),
        (3, "lon"),
        (4, "lat"),
        (5, "lon"),
        (5, "incident_id"),
    }
    assert all(f.file == "x.csv" and f.problem and f.advice for f in caught.value.faults)


def test_a_missing_column_is_one_fault_and_names_it():
    with pytest.raises(FaultsError) as caught:
        check_incidents(pd.DataFrame({"date": ["2024-01-01"]}, index=["a"]))
    (fault,) = caught.value.faults
    assert (fault.column, fault.row) == ("category", None)


def test_canonical_incidents_have_fixed_columns_order_and_types():
    frame = pd.DataFrame(
        {"category": "other", "date": pd.Timestamp("2024-03-01 23:59"), "extra": 1}, index=["a"]
    )
    clean = check_incidents(frame)
    assert list(clean.columns) == [c.name for c in INCIDENTS.columns]
    assert clean.index.name == "incident_id"
    assert clean["date"].iloc[0] == pd.Timestamp("2024-03-01")
    assert clean["repeat"].dtype == bool
    assert clean["lon"].dtype == float
    assert pd.isna(clean["area_given"].iloc[0])
    pd.testing.assert_frame_equal(check_incidents(clean), clean)


@pytest.mark.parametrize("value", ["inf", "nan", "-inf"])
def test_a_coordinate_that_is_no_number_is_refused_or_empty(value):
    frame = pd.DataFrame(
        {"date": ["2024-01-01"], "category": ["other"], "lon": [value], "lat": [30.0]}, index=["a"]
    )
    with pytest.raises(FaultsError):
        check_incidents(frame)


def test_categories_name_the_severe_ones():
    assert {
        "domestic_violence",
        "electronic_extortion",
        "sexual_violence",
        "child_abuse",
    } == SEVERE
    assert all(c.name_ar and c.name_en for c in CATEGORIES.values())


def test_arrivals_keep_their_band_and_household():
    frame = pd.DataFrame(
        {"date": ["2024-05-01"] * 2, "area": ["A", "B"], "families": [300, 10], "low": [200, None]},
        index=["x", "y"],
    )
    clean = check_arrivals(frame)
    assert clean["household_size"].tolist() == [6.0, 6.0]
    assert clean[["low", "high"]].to_numpy().tolist() == [[200, 300], [10, 10]]
    with pytest.raises(FaultsError, match="outside their own band"):
        check_arrivals(frame.assign(high=[250, None]))


def test_population_refuses_two_figures_of_one_day_and_source():
    rows = {"area": ["A", "A"], "as_of": ["2024-11-20"] * 2, "residents": [10, 11]}
    with pytest.raises(FaultsError, match="two figures"):
        check_population(pd.DataFrame({**rows, "source": "s"}))
    assert len(check_population(pd.DataFrame({**rows, "source": ["s", "t"]}))) == 2


def test_empty_tables_are_canonical():
    assert len(ARRIVALS.empty()) == 0
    assert list(check_requests(REQUESTS.empty()).columns)[:3] == ["date", "area", "unit"]


def test_travel_without_minutes_is_no_way_and_never_a_number():
    table = pd.DataFrame(
        {"area": ["A", "B"], "office": ["o", "o"], "travel_min": [12.5, float("nan")]}
    )
    clean = check_travel(table)
    assert clean["area"].tolist() == ["A"]
    wide = travel_matrix(clean, ["A", "B"], ["o", "p"])
    assert wide.isna().sum().sum() == 3
    with pytest.raises(FaultsError):
        check_travel(table.assign(travel_min=[float("inf"), 1.0]))


def test_a_note_is_its_sentence_and_remembers_its_parts():
    note = Note("{n} rows of {file}", n=3, file="a")
    assert note == "3 rows of a"
    assert (note.key, note.params["n"]) == ("{n} rows of {file}", 3)
    import pickle

    assert pickle.loads(pickle.dumps(note)).key == note.key


def test_a_fault_says_where_it_is():
    fault = Fault("{value} is odd.", "Mend {column}.", {"value": 3, "column": "c"}, "c", 7, "f.csv")
    assert str(fault) == "f.csv, row 7, c: 3 is odd. Mend c."
