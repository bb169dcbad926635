"""A scenario on a small town becomes a problem; the figures say where they come from."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from geo.checks import FaultsError
from geo.layers import LayerSet
from geo.notes import Note
from geo.places import OfficeKind
from optimizer.audit import audit
from optimizer.plan import Status
from optimizer.problem import Assumption, Problem, Term
from optimizer.solve import solve
from optimizer.staff import Gender, Post, Unit
from service.assemble import assemble_from
from service.assembly.assumptions import choose
from service.assembly.refusals import check
from service.layerbook import LayerBook
from service.locale.assumption_words import ASSUMPTION_WORDS
from service.locale.words import Words
from service.scenario import ClanArrival, Hires, Scenario, read_scenario, scenario_faults
from tests.service.small_town import AREAS, SmallTown, book


@cache
def town() -> LayerBook:
    """One book for all questions: its layers are made once."""
    return book()


def asked(**changes: object) -> Problem:
    return assemble_from(town(), Scenario.model_validate(changes))


def hours(problem: Problem, **which: object) -> float:
    return sum(
        item.hours_week
        for item in problem.demand
        if all(getattr(item, name) == value for name, value in which.items())
    )


def minutes(problem: Problem, area: str, office: str) -> float | None:
    found = [t.travel_min for t in problem.travel if (t.area, t.office) == (area, office)]
    return found[0] if found else None


def test_today_has_every_area_and_no_candidate() -> None:
    problem = asked()
    assert len(problem.areas) == 6
    assert {area.district for area in problem.areas} == {"T1", "T2"}
    assert [office.code for office in problem.offices] == ["east", "main"]
    assert problem.head_count() == 24
    assert problem.data_version == "v1"


def test_every_term_of_demand_is_there() -> None:
    terms = {item.term for item in asked().demand}
    assert terms == set(Term)


def test_the_assembled_problem_is_solved_and_passes_the_audit() -> None:
    problem = asked()
    outcome = solve(problem, time_limit_s=60)
    assert outcome.status is Status.PROVEN
    assert outcome.plan is not None
    assert audit(problem, outcome.plan).passed


def test_equal_data_give_equal_problems() -> None:
    assert assemble_from(book(), Scenario()).digest == asked().digest


def test_a_clan_asks_for_tribal_hours_where_it_arrives() -> None:
    more = asked(arrivals=[ClanArrival(area="T2N3", families=300)])
    where = {"area": "T2N3", "unit": Unit.TRIBAL, "term": Term.ARRIVALS}
    assert hours(asked(), **where) == 0
    assert hours(more, **where) == pytest.approx(300 * 0.05)
    assert more.hours_week_today == pytest.approx(sum(one.hours_week for one in asked().demand))
    assert asked().hours_week_today is None


def test_a_closed_bridge_leaves_the_far_bank_without_a_way() -> None:
    assert minutes(asked(), "T2N1", "main") is not None
    assert minutes(asked(crossings_closed=["bridge"]), "T2N1", "main") is None
    assert minutes(asked(crossings_closed=["bridge"]), "T2N1", "east") is not None


def test_ways_between_areas_follow_the_same_bridges() -> None:
    ways = {(w.area, w.other) for w in asked().between}
    assert len(ways) == 6 * 5 / 2
    closed = {(w.area, w.other) for w in asked(crossings_closed=["bridge"]).between}
    banks = {(a, b) for a, b in ways if a[:2] == b[:2]}
    assert closed == banks


def test_an_imported_table_is_believed() -> None:
    class Measured(SmallTown):
        def travel(self) -> pd.DataFrame:
            return pd.DataFrame({"area": ["T1N1"], "office": ["main"], "travel_min": [7.5]})

    problem = assemble_from(book(Measured()), Scenario())
    assert minutes(problem, "T1N1", "main") == 7.5
    assert minutes(problem, "T1N2", "main") is None
    assert minutes(problem, "T1N2", "east") is not None


def test_a_closed_bridge_leaves_the_loaded_times_aside_and_says_so() -> None:
    class Measured(SmallTown):
        def travel(self) -> pd.DataFrame:
            rows = [(area, "main", 7.0) for area in AREAS]
            return pd.DataFrame(rows, columns=["area", "office", "travel_min"])

    def notes(problem: Problem) -> dict[str, Assumption]:
        return {one.key: one for one in problem.assumptions if one.key.startswith("travel.")}

    open_ = notes(assemble_from(book(Measured()), Scenario()))
    closed = notes(assemble_from(book(Measured()), Scenario(crossings_closed=("bridge",))))
    assert "travel.table_left_aside" not in open_
    assert closed["travel.way"].value == "land routes"
    assert closed["travel.table_left_aside"].value == 1
    assert "which crossings their ways take" in closed["travel.table_left_aside"].reason
    assert "travel.table_left_aside" not in notes(asked(crossings_closed=("bridge",)))


def test_hires_come_and_leavers_go() -> None:
    problem = asked(
        hires=[
            Hires(unit=Unit.WOMEN, gender=Gender.WOMAN, count=3),
            Hires(unit=Unit.PATROL, gender=Gender.MAN, count=-2),
        ]
    )
    assert problem.head_count(Gender.WOMAN) == 4 + 3
    assert problem.head_count(Gender.MAN) == 20 - 2


def test_new_officers_learn_outreach_beside_the_unit_they_are_hired_for() -> None:
    problem = asked(
        hires=[
            Hires(unit=Unit.WOMEN, gender=Gender.WOMAN, count=3),
            Hires(unit=Unit.OUTREACH, gender=Gender.MAN, count=1),
        ]
    )
    assert {lot.skills for lot in problem.hires} == {
        (Unit.WOMEN, Unit.OUTREACH),
        (Unit.OUTREACH,),
    }
    (told,) = [a for a in problem.assumptions if a.key == "hires.basic_training"]
    assert (told.value, told.unit) == (1, "share")
    assert {told.reason, told.unit, told.source} <= set(ASSUMPTION_WORDS)
    assert not any(a.key == told.key for a in asked().assumptions)


def test_how_many_recruits_learn_outreach_is_the_directors_to_say() -> None:
    hires = [Hires(unit=Unit.WOMEN, gender=Gender.WOMAN, count=3)]
    lots = {
        share: [
            (lot.skills, lot.count)
            for lot in asked(hires=hires, assumptions={"hires.basic_training": share}).hires
        ]
        for share in (0.0, 0.5, 1.0)
    }
    own, both = (Unit.WOMEN,), (Unit.WOMEN, Unit.OUTREACH)
    assert lots == {0.0: [(own, 3)], 0.5: [(both, 2), (own, 1)], 1.0: [(both, 3)]}
    assert choose({"hires.basic_training": 1.5})[1]


def test_a_candidate_opens_only_when_the_director_allows_it() -> None:
    problem = asked(offices_open=["new"])
    new = next(office for office in problem.offices if office.code == "new")
    assert new.kind is OfficeKind.CANDIDATE
    assert new.forced_open
    assert problem.policies.max_opened == 0  # none beside the one that was named


def test_a_later_year_has_more_people_and_more_work() -> None:
    later = asked(horizon_year=2031)
    assert sum(a.residents for a in later.areas) > 1.15 * sum(a.residents for a in asked().areas)
    assert hours(later, term=Term.SESSIONS) > 1.15 * hours(asked(), term=Term.SESSIONS)


def test_an_assumption_is_replaced_by_its_key() -> None:
    problem = asked(assumptions={"incidents.drug_abuse.kappa": 3.0, "reach.patrol": 45.0})
    listed = {a.key: a.value for a in problem.assumptions}
    assert listed["incidents.drug_abuse.kappa"] == 3.0
    assert next(u for u in problem.units if u.unit is Unit.PATROL).reach_min == 45.0
    assert hours(problem, term=Term.INCIDENTS) > hours(asked(), term=Term.INCIDENTS)


def test_every_listed_number_can_be_replaced_under_its_key() -> None:
    changed = {
        a.key: float(a.value) * 1.5
        for a in asked().assumptions
        if isinstance(a.value, float)
        and a.key.split(".")[0] not in {"need", "residents", "shifts"}
        and not a.key.endswith(("share", "omega"))
        and a.value > 0
    }
    assert len(changed) > 50
    listed = {a.key: a.value for a in asked(assumptions=changed).assumptions}
    wrong = {key: (listed[key], value) for key, value in changed.items() if listed[key] != value}
    assert wrong == {}


def test_need_without_incidents_stands_on_the_other_components() -> None:
    keys = {a.key for a in asked(use_incidents=False).assumptions}
    assert "need.weight.influx" in keys
    assert "need.weight.incidents" not in keys


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"arrivals": [{"area": "X9", "families": 3}]}, "arrivals"),
        ({"crossings_closed": ["x"]}, "crossings_closed"),
        ({"offices_open": ["x"]}, "offices_open"),
        ({"need_weights": {"x": 1.0}}, "need_weights"),
        ({"need_weights": {"incidents": 0, "severe": 0, "influx": 0, "growth": 0}}, "need_weights"),
        ({"assumptions": {"x": 1.0}}, "assumptions"),
        ({"assumptions": {"incidents.drug_abuse.kappa": 0.5}}, "assumptions"),
        ({"hires": [{"unit": "women", "gender": "woman", "count": -99}]}, "hires.0.count"),
    ],
)
def test_an_unknown_word_is_refused_with_a_remedy(change: dict[str, object], column: str) -> None:
    with pytest.raises(FaultsError) as error:
        asked(**change)
    (fault,) = error.value.faults
    assert fault.column == column
    assert fault.advice


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(FaultsError) as error:
        asked(crossings_closed=["x"], offices_open=["y"], assumptions={"z": 1.0})
    assert len(error.value.faults) == 3


class Quiet(SmallTown):
    """Nothing was counted yet but people."""

    def incidents(self, *_: object, **__: object) -> pd.DataFrame:
        return super().incidents().iloc[:0]

    def arrivals(self) -> pd.DataFrame:
        return super().arrivals().iloc[:0]

    def requests(self) -> pd.DataFrame:
        return super().requests().iloc[:0]


def test_a_place_without_any_event_gets_a_plan_all_the_same() -> None:
    problem = assemble_from(book(Quiet()), Scenario())
    assert {item.term for item in problem.demand} == {Term.FORUMS, Term.SESSIONS, Term.PRESENCE}
    assert solve(problem, time_limit_s=60).status is Status.PROVEN


def test_a_place_without_residents_is_refused_with_the_remedy() -> None:
    class Empty(Quiet):
        def population(self) -> pd.DataFrame:
            return super().population().iloc[:0]

    with pytest.raises(FaultsError, match="mizan import population"):
        assemble_from(book(Empty()), Scenario())


def test_a_place_without_staff_is_refused_with_the_remedy() -> None:
    class Nobody(SmallTown):
        def posts(self) -> tuple[Post, ...]:
            return ()

    with pytest.raises(FaultsError, match="mizan import staff"):
        assemble_from(book(Nobody()), Scenario())


def test_an_unknown_governorate_is_refused() -> None:
    with pytest.raises(FaultsError, match="governorate"):
        asked(governorate="IQG99")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"hires": [{"unit": "women", "gender": "woman", "count": -9000}]}, "hires.0.count"),
        ({"hires": [{"unit": "women", "gender": "woman", "count": 1.5}]}, "hires.0.count"),
        ({"hires": [{"unit": "nurses", "gender": "woman", "count": 1}]}, "hires.0.unit"),
        ({"women_share_target": 1.2}, "women_share_target"),
        ({"need_weights": {"influx": -1}}, "need_weights.influx"),
        ({"tiers": [{"name": "T3_unmet"}, {"name": "T3_unmet"}]}, "tiers"),
        ({"tiers": []}, "tiers"),
        ({"arrivals": [{"area": "T1N1", "families": 0}]}, "arrivals.0.families"),
        ({"horizon_year": 1900}, "horizon_year"),
        ({"wishes": 3}, "wishes"),
    ],
)
def test_what_no_data_could_make_possible_is_refused_at_its_field(
    change: dict[str, object], column: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Scenario.model_validate(change)
    (fault,) = scenario_faults(caught.value, "own.json")
    assert (fault.column, fault.file) == (column, "own.json")
    why = fault.params["why"]
    assert isinstance(why, Note)
    assert Words("ar").say(why.key, **why.params) != why


def no_layers(*_asked: object) -> LayerSet:
    raise AssertionError("a layer was built")


def test_what_these_data_make_impossible_is_refused_before_any_layer_is_built() -> None:
    women = Hires(unit=Unit.WOMEN, gender=Gender.WOMAN, count=3)
    leaving = women.model_copy(update={"count": -50})
    fresh = book()
    fresh.layers = no_layers
    checked = check(fresh, Scenario(hires=(women, leaving), crossings_closed=("nowhere",)))
    assert {fault.column for fault in checked.faults} == {"hires.1.count", "crossings_closed"}
    assert check(fresh, Scenario(hires=(women,))).faults == []


def test_a_scenario_that_is_no_document_is_told_without_a_field(tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text("hello {")
    with pytest.raises(FaultsError) as caught:
        read_scenario(str(file))
    (fault,) = caught.value.faults
    assert str(fault.problem) == "The scenario does not hold: it is no JSON."
    file.write_text('{"name": "own", "propose_from": "moon"}')
    with pytest.raises(FaultsError) as caught:
        read_scenario(str(file))
    assert "propose_from does not hold: it is one of: settlements / cells." in str(
        [str(one.problem) for one in caught.value.faults]
    )
