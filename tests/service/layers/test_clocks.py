"""Incidents, arrivals and residents keep clocks of their own: what came today counts today."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from geo.arrivals import check_arrivals
from geo.layers import Clearance, LayerCode, Period
from geo.places import Level
from geo.rates import Window
from service.assemble import assemble_from
from service.layerbook import LayerBook
from service.scenario import Scenario
from service.store import Kind
from tests.service.small_town import SmallTown

NEED, INFLUX, RATE = LayerCode.NEED, LayerCode.INFLUX, LayerCode.INCIDENT_RATE
CLAN_ON = date(2026, 3, 2)
Y2024, Y2026 = (Period(date(y, 1, 1), date(y + 1, 1, 1)) for y in (2024, 2026))


class LateTown(SmallTown):
    """A clan of 300 families came long after the newest incidents."""

    def __init__(self, *days: date, incidents: bool = True) -> None:
        super().__init__()
        self.days = days
        self.cases = incidents

    def incidents(self, *args: object, **kwargs: object) -> pd.DataFrame:
        rows = super().incidents(*args, **kwargs)
        return rows if self.cases else rows.iloc[:0]

    def arrivals(self) -> pd.DataFrame:
        before = super().arrivals()
        late = before.iloc[[0] * len(self.days)].assign(
            date=pd.to_datetime(list(self.days)), area="T2N1", families=300.0, low=300.0, high=300.0
        )
        late.index = pd.Index([f"late{n}" for n in range(len(late))], name=before.index.name)
        return check_arrivals(pd.concat([before, late]))


def book(*days: date, clearance: Clearance = Clearance.RELEASED, incidents: bool = True):
    return LayerBook(LateTown(*days, incidents=incidents), "v1", clearance, today=date(2026, 4, 1))


@pytest.fixture(scope="module", params=list(Clearance))
def late(request) -> LayerBook:
    return book(CLAN_ON, clearance=request.param)


def test_the_newest_period_of_influx_and_need_is_the_newest_arrivals(late):
    for level in (Level.DISTRICT, Level.SUBDISTRICT):
        for code in (NEED, INFLUX, LayerCode.RESIDENTS, LayerCode.GROWTH):
            assert late.periods(Window.YEAR, level, code)[0] == Y2026
        assert late.periods(Window.YEAR, level, RATE) == (Y2024,)
    assert late.periods() == (Y2024,)
    assert late.periods(Window.MONTH, Level.DISTRICT, INFLUX)[0].start == date(2026, 3, 1)
    assert late.periods(Window.MONTH, Level.DISTRICT, RATE)[0].end == date(2025, 1, 1)
    month = late.periods(Window.MONTH, Level.DISTRICT, INFLUX)[0]
    assert late.layer(INFLUX, Level.DISTRICT, None, month).values.loc["T2", "count"] == 1800


def test_the_clan_of_today_counts_in_the_pressure_and_in_the_need(late):
    influx = late.layer(INFLUX, Level.SUBDISTRICT)
    assert influx.period == Y2026
    assert influx.values.loc["T2N1", ["count", "clans"]].tolist() == [1800, 1]
    # Twelve months up to the month of the newest arrival: those of June 2024 are long ago.
    assert influx.values.loc["T1N1", "count"] == 0
    assert any("2026-03-31" in note for note in influx.caveats)
    need = late.layer(NEED, Level.SUBDISTRICT)
    then = late.layer(NEED, Level.SUBDISTRICT, None, Y2024)
    assert (need.period, then.period) == (Y2026, Y2024)
    assert need.values.loc["T2N1", "score_influx"] > then.values.loc["T2N1", "score_influx"]
    assert need.values.loc["T2N1", "value"] > then.values.loc["T2N1", "value"]


def test_years_after_the_newest_incidents_are_no_years_without_cases(late):
    several = Period(date(2024, 1, 1), date(2027, 1, 1))
    rate, one = (late.layer(RATE, Level.DISTRICT, None, p) for p in (several, Y2024))
    assert rate.period == Y2024
    pd.testing.assert_frame_equal(rate.values, one.values)
    assert late.layer(INFLUX, Level.DISTRICT, None, several).period == several


def test_need_tells_the_day_of_each_component_and_takes_the_newest_incidents(late):
    need = late.layer(NEED, Level.SUBDISTRICT)
    assert need.caveats[0] == (
        "Days that it stands on: incidents up to 2024-12-31, arrivals up to 2026-03-02, "
        "figures of residents up to 2020-07-01."
    )
    rate = late.layer(RATE, Level.SUBDISTRICT)
    assert rate.period == Y2024
    figures = need.values["figure_incidents"]
    pd.testing.assert_series_equal(figures, rate.values["value"], check_names=False)
    # Whoever asks for rates of the new period is given the newest there are, under their own name.
    assert late.layer(RATE, Level.SUBDISTRICT, None, Y2026).period == Y2024
    assert late.layer(LayerCode.HOTSPOTS, Level.SUBDISTRICT, None, Y2026).period == Y2024


def test_a_late_arrival_moves_nothing_of_the_incidents_and_of_past_years():
    before, after = book(), book(CLAN_ON)
    for code in (NEED, INFLUX, RATE):
        for level in (Level.DISTRICT, Level.SUBDISTRICT):
            old, new = (one.layer(code, level, None, Y2024) for one in (before, after))
            if code is RATE:
                pd.testing.assert_frame_equal(old.values, new.values)
            same = old.values.drop(columns="latest", errors="ignore").columns
            pd.testing.assert_frame_equal(old.values[same], new.values[same])


def test_few_late_cases_are_not_told_by_the_clock():
    """Nine cases of the arrival's month are fewer than a band: the released book knows none."""

    class WithLateCases(LateTown):
        def incidents(self, *args: object, **kwargs: object) -> pd.DataFrame:
            rows = super().incidents(*args, **kwargs)
            late = rows.iloc[:9].assign(date=pd.Timestamp(2026, 3, 1))
            late.index = pd.Index([f"late{n}" for n in range(9)], name=rows.index.name)
            return pd.concat([rows, late])

    without = book(CLAN_ON)
    with_them = LayerBook(WithLateCases(CLAN_ON), "v1", Clearance.RELEASED, today=date(2026, 4, 1))
    for level in (Level.DISTRICT, Level.SUBDISTRICT):
        for code in without.layer_codes(level):
            windows = without.windows(level, code)
            assert with_them.windows(level, code) == windows
            for window in windows:
                listed = without.periods(window, level, code)
                assert with_them.periods(window, level, code) == listed
    for code in (NEED, INFLUX, RATE):
        one, other = (b.layer(code, Level.DISTRICT, None, Y2026) for b in (without, with_them))
        pd.testing.assert_frame_equal(one.values, other.values)
        assert (one.caveats, one.period) == (other.caveats, other.period)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((2025, 1), (2025, 8)),
        ((2024, 10), (2025, 5)),
        ((2025, 3), (2025, 6)),
        ((2024, 1), (2027, 1)),
    ],
)
def test_late_cases_are_in_no_run_of_months_either(start, end):
    """Months with too few cases to be told of must not add up in a longer run."""

    class WithLateCases(LateTown):
        def incidents(self, *args: object, **kwargs: object) -> pd.DataFrame:
            rows = super().incidents(*args, **kwargs)
            days = [pd.Timestamp(2025, 3 + n % 3, 1) for n in range(27)]
            late = rows.iloc[[0] * 27].assign(date=days)
            late.index = pd.Index([f"late{n}" for n in range(27)], name=rows.index.name)
            return pd.concat([rows, late])

    run = Period(date(*start, 1), date(*end, 1))
    without = book(CLAN_ON)
    with_them = LayerBook(WithLateCases(CLAN_ON), "v1", Clearance.RELEASED, today=date(2026, 4, 1))

    def told(one, code):
        try:
            layer = one.layer(code, Level.DISTRICT, None, run)
        except KeyError:
            return None
        return layer.period, layer.values["value"].tolist()

    for code in (NEED, RATE):
        assert told(without, code) == told(with_them, code)
    if run.end > date(2026, 1, 1):
        assert told(without, NEED) is not None


def test_without_any_incident_the_clock_of_arrivals_is_the_only_one():
    alone = book(CLAN_ON, incidents=False)
    assert alone.periods(code=INFLUX)[0] == Y2026
    assert alone.layer(INFLUX, Level.SUBDISTRICT).values.loc["T2N1", "count"] == 1800
    assert alone.layer(NEED, Level.SUBDISTRICT).values.loc["T2N1", "score_influx"] > 0


@pytest.mark.parametrize(
    ("as_of", "newest", "ends"),
    [(date(2025, 11, 30), 2025, "2025-11-30"), (date(2031, 1, 1), 2024, "")],
)
def test_a_file_that_says_of_when_it_is_moves_the_clock_without_any_late_arrival(
    as_of, newest, ends
):
    files = [
        SimpleNamespace(kind=Kind.ARRIVALS, as_of=as_of, summary={}),
        SimpleNamespace(kind=Kind.INCIDENTS, as_of=None, summary={}),
    ]
    told = LayerBook(LateTown(), "v1", Clearance.EXACT, datasets=files, today=date(2026, 4, 1))
    influx = told.layer(INFLUX, Level.SUBDISTRICT)
    assert influx.period.start.year == newest
    if ends:  # nobody came in those twelve months, and that is known
        assert influx.values["count"].sum() == 0
        assert any("arrivals up to " + ends in n for n in told.layer(NEED, Level.DISTRICT).caveats)


def test_the_plan_stands_on_the_same_need():
    before, after = (assemble_from(one, Scenario()) for one in (book(), book(CLAN_ON)))
    need = [{area.code: area.need for area in one.areas} for one in (before, after)]
    assert need[1]["T2N1"] > need[0]["T2N1"]
    hours = [
        sum(item.hours_week for item in one.demand if item.area == "T2N1")
        for one in (before, after)
    ]
    assert hours[1] > hours[0]
