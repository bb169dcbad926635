"""The scenario form: what it would ask for, what can't be right, what is kept under a title."""

import re

import pytest

from optimizer.problem import DEFAULT_TIERS, TierName
from optimizer.staff import Gender, Unit
from service.app import create_app
from service.pages.form_reading import Reading
from service.pages.scenario_form import Choices, read_scenario, typed_from
from service.scenario import ClanArrival, Hires, Scenario, SitesFrom, presets
from service.settings import Settings
from service.store import open_store
from tests.service.homes import lay_out, the_demo
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import PASSWORD, Role, TestClient, add_account

NOWHERE = Choices(areas=frozenset({"A"}), candidates=frozenset(), crossings=frozenset())


def ask(client, act, **typed):
    data = {"title_en": "Mine", "use_incidents": "on", "act": act} | typed
    return client.post("/scenarios", data=data, headers=ORIGIN, follow_redirects=False)


@pytest.mark.parametrize("preset", ["today", "ten-women", "drought", "growth-2031", "women-20"])
def test_a_form_that_shows_a_scenario_reads_it_back(preset):
    scenario = presets()[preset]
    assert read_scenario(Reading(typed_from(scenario)), NOWHERE) == scenario


def test_finer_choices_go_into_the_scenario_and_come_back():
    scenario = Scenario(
        name="own",
        need_weights={"influx": 0.6},
        assumptions={
            "incidents.domestic_violence.kappa": 3.0,
            "policies.women_unit_share": 0.6,
            "travel.speed_kmh": 45.0,
        },
    )
    typed = typed_from(scenario) | {"eps_T3_unmet": "1.5", "as_travel.detour": "1.3"}
    assert typed["as_policies.women_unit_share"] == "60"
    found = read_scenario(Reading(typed), NOWHERE)
    assert found.need_weights == scenario.need_weights
    assert found.assumptions == scenario.assumptions  # 1.3 is the default: no change
    assert {rule.name.value: rule.eps for rule in found.tiers}["T3_unmet"] == 0.015


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("eps_T3_unmet", "90"),
        ("weight_growth", "-1"),
        ("as_travel.speed_kmh", "0"),
        ("as_policies.women_unit_share", "101"),
        ("as_incidents.other.kappa", "many"),
        ("hire_women_woman", "-1"),
        ("governorate", "Atlantis"),
    ],
)
def test_what_the_model_can_not_work_with_is_told_at_its_field(field, value):
    reading = Reading(typed_from(presets()["today"]) | {field: value})
    assert read_scenario(reading, NOWHERE) is None
    assert set(reading.faults) == {field}


def test_more_arrivals_than_the_form_has_rows_are_kept():
    typed = typed_from(presets()["today"])
    for row in range(7):
        typed |= {f"arrival_area_{row}": "A", f"arrival_families_{row}": str(10 + row)}
    found = read_scenario(Reading(typed), NOWHERE)
    assert [one.families for one in found.arrivals] == list(range(10, 17))
    assert read_scenario(Reading(typed_from(found)), NOWHERE) == found


def test_a_scenario_is_kept_under_its_title_found_again_and_removed(house, as_role):
    client = as_role("director")
    saved = ask(client, "save", title_en="Two & a <half>", vehicles="2")
    assert saved.status_code == 200
    assert "Saved." in saved.text
    again = client.get("/scenarios", params={"saved": "Two & a <half>"}).text
    assert re.search(r'name="vehicles"[^>]*value="2"', again)
    revision = re.search(r'name="revision" value="(\d+)"', again)[1]
    edit = {"chosen": "saved:Two & a <half>", "title_en": "Two & a <half>"}
    assert ask(client, "save", **edit, revision=revision, vehicles="3").status_code == 200
    # Whoever still shows the first revision is told, and nothing is lost.
    late = ask(client, "save", **edit, revision=revision, vehicles="9")
    assert late.status_code == 409
    assert "somebody saved this one meanwhile" in late.text
    assert '"vehicles":3' in house[1].scenarios.find("Two & a <half>").document
    gone = client.post(
        "/scenarios/forget",
        data={"name": "Two & a <half>"},
        headers=ORIGIN,
        follow_redirects=False,
    )
    assert gone.status_code == 303
    assert house[1].scenarios.list() == []
    assert client.get("/scenarios", params={"saved": "gone"}).status_code == 404


def test_a_scenario_without_a_title_is_not_saved(house, as_role):
    answer = ask(as_role("director"), "save", title_en=" ")
    assert answer.status_code == 422
    assert "Give a title" in answer.text
    assert house[1].scenarios.list() == []


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    own = Settings(home=tmp_path_factory.mktemp("demo"))
    lay_out(own.home, the_demo)
    store = open_store(own)
    for role in Role:
        add_account(store, role.value, role)
    client = TestClient(create_app(own, store=store), raise_server_exceptions=False)
    client.cookies.set("mizan_lang", "en")
    client.post("/login", data={"name": "director", "password": PASSWORD}, headers=ORIGIN)
    yield client, store
    store.close()


TEN_WOMEN = {
    name: value
    for name, value in typed_from(presets()["ten-women"]).items()
    if not name.startswith("title_")
}


def estimated(client, **typed):
    data = {"use_incidents": "on"} | typed
    answer = client.post("/scenarios/estimate", data=data, headers=ORIGIN)
    assert answer.status_code == 200
    return answer.text


def test_the_estimate_follows_what_is_typed(demo):
    client, _ = demo
    today = estimated(client)
    more = estimated(client, hire_women_woman="10")
    there = "<dt>Women officers there are</dt><dd><b>{}</b>"
    assert there.format(7) in today
    assert there.format(17) in more
    assert "+326" in more  # ten officers of 32.65 hours
    doubled = estimated(client, incident_factor="2", arrival_factor="2")
    hours = re.search(r"<dt>Demand, officer-hours a week</dt><dd>(.*?)</dd>", doubled)[1]
    assert "+" in hours
    assert 'class="up"' not in hours, "more that is asked for is no gain"
    assert 'class="up"' in more


def test_the_estimate_says_what_its_shares_are_of(demo):
    """More working hours than hours asked is no promise: a plan serves less, and the page says so."""
    text = estimated(demo[0])
    assert re.search(r"working hours of all officers are \d+% of the hours asked for", text)
    assert "A plan serves less" in text
    assert "at most" not in text


def test_what_was_reckoned_is_shown_at_once_and_reckoned_once(demo, monkeypatch):
    client, _ = demo
    estimated(client, title_en="One", **TEN_WOMEN)
    made = []

    def counted(*asked):
        made.append(asked)
        raise AssertionError

    monkeypatch.setattr("service.pages.estimates.assemble_from", counted)
    again = estimated(client, title_en="Another title", **TEN_WOMEN)
    assert 'class="facts"' in again
    text = client.get("/scenarios?preset=ten-women").text
    assert 'class="facts"' in text
    assert 'hx-trigger="input delay' in text, "nothing is asked for that is there"
    assert made == []
    later = client.get("/scenarios?preset=drought").text
    assert 'class="facts"' not in later, "a page waits for nothing"
    assert 'hx-trigger="load, input delay' in later


def test_forms_that_take_their_time_say_so(demo):
    text = demo[0].get("/scenarios").text
    assert len(re.findall(r'data-busy="[^"]+ …"', text)) == 2
    assert "js/busy.js" in text


def test_the_estimate_says_what_can_not_be_right(demo):
    client, _ = demo
    text = estimated(client, hire_women_woman="-50")
    assert 'data-field="hire_women_woman"' in text
    assert "no more than are there can leave" in text


def test_a_scenario_that_can_not_be_assembled_is_refused_before_a_job_is_made(demo):
    client, store = demo
    answer = ask(client, "solve", hire_women_woman="-50")
    assert answer.status_code == 422
    assert store.jobs.list() == []


def test_the_form_can_say_everything_that_a_scenario_holds():
    """A field that is added to scenarios must come to the form as well, or be named here."""
    full = Scenario(
        name="own",
        title_ar="كل شيء",
        title_en="Everything",
        governorate="G",
        hires=(Hires(unit=Unit.WOMEN, gender=Gender.WOMAN, count=-1),),
        vehicles=2,
        offices_open=("c",),
        max_opened=3,
        propose_sites=4,
        propose_from=SitesFrom.CELLS,
        arrivals=(ClanArrival(area="A", families=9, clan=False),),
        crossings_closed=("x",),
        horizon_year=2030,
        max_moves=0,
        women_share_target=0.2,
        patrol_share_cap=0.4,
        incident_factor=1.5,
        arrival_factor=0.0,
        use_incidents=False,
        need_weights={"influx": 0.6},
        assumptions={"travel.speed_kmh": 45.0},
        tiers=tuple(
            rule.model_copy(update={"eps": 0.01 * (rule.name is TierName.UNMET)})
            for rule in DEFAULT_TIERS
        ),
    )
    usual = Scenario()
    told = {name for name in Scenario.model_fields if getattr(full, name) != getattr(usual, name)}
    assert told == set(Scenario.model_fields) - {"seed"}, "the seed is no choice of a director"
    choices = Choices(
        areas=frozenset({"A"}),
        candidates=frozenset({"c"}),
        crossings=frozenset({"x"}),
        governorates=frozenset({"G"}),
        posts={(Unit.WOMEN, Gender.WOMAN): 5},
    )
    reading = Reading(typed_from(full))
    assert read_scenario(reading, choices) == full, reading.faults


@pytest.mark.parametrize("leaving", ["-50", "-٥٠", "\u221250"])
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_no_more_can_leave_than_are_there(as_role, lang, leaving):
    answer = ask(as_role("planner", lang), "solve", hire_women_woman=leaving)
    assert answer.status_code == 422
    field = re.search(r'name="hire_women_woman"[^>]*>', answer.text)[0]
    assert 'aria-invalid="true"' in field
    assert 'id="fault_hire_women_woman"' in answer.text


def test_the_estimate_looks_for_no_sites(demo, monkeypatch):
    """Siting takes seconds and changes neither demand nor staff."""

    def never(*_):
        raise AssertionError

    monkeypatch.setattr("service.assemble.propose", never)
    usual = estimated(demo[0])
    assert estimated(demo[0], propose_sites="5", propose_from="cells") == usual


def test_a_key_of_the_form_stands_before_no_work_of_our_own(as_role, house):
    client = as_role("planner")
    sent = [ask(client, "solve", key="letter:some-plan:mine") for _ in range(2)]
    first, again = (answer.headers["location"] for answer in sent)
    assert first == again  # pressed twice, it is one job
    assert house[1].jobs.newest_keyed("letter:") is None
