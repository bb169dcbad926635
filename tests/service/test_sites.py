"""Proposed sites become candidate offices of a scenario's problem, and are told as proposed."""

from functools import cache
from itertools import combinations

import numpy as np
import orjson
import pytest

from geo.places import OfficeKind
from optimizer.audit import audit
from optimizer.plan import Status
from optimizer.problem import Problem
from optimizer.siting.aims import Aim, SitingKind
from optimizer.solve import solve
from service.assemble import assemble_from, site_search
from service.assembly.sites import PREFIX, SiteSearch, propose
from service.cli import main
from service.exports.plan_features import plan_geojson
from service.exports.shapes import Scene
from service.exports.site_files import sites_reading
from service.layerbook import LayerBook
from service.locale.words import Words
from service.scenario import Scenario
from service.settings import Settings
from service.store import open_store
from tests.service.homes import lay_out, the_demo
from tests.service.small_town import book

UNSERVED_MIN = 240.0


@cache
def town() -> LayerBook:
    return book()


def asked(**changes: object) -> Problem:
    return assemble_from(town(), Scenario.model_validate(changes))


def test_a_scenario_gets_the_sites_that_it_asks_for() -> None:
    problem = asked(propose_sites=2)
    sites = [one for one in problem.offices if one.proposed]
    # Of the two places one is the candidate that the register knows.
    candidates = [one.code for one in problem.offices if one.is_candidate]
    assert len(candidates) == 2
    assert len(sites) == 1
    assert problem.policies.max_opened == 2
    for site in sites:
        assert site.kind is OfficeKind.CANDIDATE
        assert site.code.startswith(PREFIX)
        assert site.lon is not None
        assert any(way.office == site.code and way.travel_min < 1 for way in problem.travel)
    told = {one.key: one.value for one in problem.assumptions}
    assert set(str(told["sites.proposed"]).split(", ")) == set(candidates)
    assert told["sites.gap"] == 0
    assert float(told["sites.after_min"]) < float(told["sites.before_min"])


def test_the_plan_chooses_among_the_proposed_within_the_limit() -> None:
    problem = asked(propose_sites=3, max_opened=1)
    outcome = solve(problem, time_limit_s=120)
    assert outcome.status is Status.PROVEN
    assert outcome.plan is not None
    assert audit(problem, outcome.plan).passed
    sites = {one.code for one in problem.offices if one.is_candidate}
    assert len(sites & set(outcome.plan.open_offices)) <= 1
    scene = Scene()
    drawn = orjson.loads(
        plan_geojson(problem, outcome.plan, areas=scene.areas, offices=scene.offices).body
    )
    flags = {
        one["properties"]["code"]: (one["properties"]["proposed"], one["properties"]["travel"])
        for one in drawn["features"]
        if one["properties"]["kind"] == "office"
    }
    proposed = {one.code for one in problem.offices if one.proposed}
    assert proposed
    assert {code for code, said in flags.items() if said == (True, "estimated")} == proposed


def test_a_scenario_without_the_wish_has_none() -> None:
    assert not any(one.proposed for one in asked().offices)
    assert "proposed" not in asked().offices[0].model_dump_json()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("demo"))
    lay_out(settings.home, the_demo)
    return settings


@pytest.fixture(scope="module")
def search(home: Settings) -> SiteSearch:
    with open_store(home, make=False) as store:
        return site_search(store, Scenario(propose_sites=2))


def total(search: SiteSearch, columns: tuple[int, ...]) -> float:
    minutes = np.where(np.isnan(search.minutes), np.inf, search.minutes)[:, list(columns)]
    return float((np.minimum(minutes.min(axis=1), UNSERVED_MIN) * search.weight).sum())


def test_the_proposal_is_the_best_of_all_pairs(search: SiteSearch) -> None:
    found = propose(search, 2)
    assert found.found.result.is_proven
    free = [j for j in range(len(search.places)) if j not in search.fixed]
    best = min(total(search, (*search.fixed, *pair)) for pair in combinations(free, 2))
    assert total(search, (*search.fixed, *found.found.sites)) == pytest.approx(best)
    assert found.found.result.value == pytest.approx(best)


def test_todays_offices_stay_and_no_place_is_there_twice(search: SiteSearch) -> None:
    fixed = {search.places[j].code for j in search.fixed}
    assert fixed == {"asmai", "ashar", "shatt-al-arab"}
    assert len({one.code for one in search.places}) == len(search.places)
    assert "site-IQG02Q05N03" not in {one.code for one in search.places}  # Al-Qurna is a candidate


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_command_proposes_and_writes(
    lang: str,
    home: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MIZAN_HOME", str(home.home))
    path = tmp_path_factory.mktemp("sites") / "sites.geojson"
    words = ("--lang", lang, "siting", "today", "-n", "2", "--from", "cells", "-o", str(path))
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert ("Proven best" if lang == "en" else "بإثبات") in out
    written = orjson.loads(path.read_bytes())
    assert written["metadata"]["status"] == "proven"
    assert [one["properties"]["rank"] for one in written["features"]] == [1, 2]
    assert {one["properties"]["travel"] for one in written["features"]} <= {
        "estimated",
        "registered",
    }


def test_more_sites_than_places_are_told(
    home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MIZAN_HOME", str(home.home))
    with pytest.raises(SystemExit) as end:
        main(("--lang", "en", "siting", "today", "-n", "20"))
    assert end.value.code == 0
    said = capsys.readouterr()
    assert "Only 17 sites can be proposed" in said.err
    ways = ("as registered", "estimated")
    assert sum(line.rstrip().endswith(ways) for line in said.out.splitlines()) == 17


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("center",), "The farthest area would be"),
        (("covering", "--radius", "30"), "lie within 30 minutes of an office"),
        (("backup", "--radius", "45"), "lie within 45 minutes of two offices"),
        (("capacitated", "--capacity", "2500"), "more than 2,500 officer-hours a week"),
        (("capacitated", "--capacity", "10"), "No choice of that many sites"),
    ],
)
def test_every_question_is_answered_in_a_sentence(
    search: SiteSearch, options: tuple[str, ...], told: str
) -> None:
    kind, *more = options
    figures = dict(zip(more[::2], map(float, more[1::2]), strict=True))
    aim = Aim(
        SitingKind(kind),
        radius_min=figures.get("--radius"),
        capacity=figures.get("--capacity"),
    )
    assert told in sites_reading(propose(search, 2, aim=aim), Words("en"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--kind", "covering"), "covering needs --radius."),
        (("--kind", "capacitated"), "capacitated needs --capacity."),
        (("--radius", "3"), "median knows no --radius."),
        (("--kind", "center", "--capacity", "3"), "center knows no --capacity."),
    ],
)
def test_an_option_that_lacks_or_is_too_much_is_named(
    options: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(("--lang", "en", "siting", "today", *options))
    assert end.value.code == 2
    assert told in capsys.readouterr().err
