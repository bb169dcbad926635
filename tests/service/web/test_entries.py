"""Forms without any file: a version, an entry in the log, a way back; the second planner is told."""

import html
import re

import pytest

from geo.places import Level
from service.store import Kind
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import squares

CLAN = {
    "date": "2025-03-01",
    "area": "T01N1",
    "families": "٣٠٠",
    "origin": "ذي قار",
    "clan": "yes",
    "source": "مكتب القرنة",
}
OFFICE = {"name_ar": "مكتب <b>القرنة</b>", "name_en": "Al-Qurna", "kind": "sub", "area": "T01N1"}
KINDS = ("arrivals", "requests", "offices", "forums", "crossings", "staff")


@pytest.fixture(autouse=True)
def _grounds(house):
    from service.imports.run import import_file

    units = squares(Level.SUBDISTRICT).reset_index()
    units = units[["code", "name_ar", "name_en", "geometry"]]
    file = house[1].home / "squares.geojson"
    file.write_text(units.to_json(), "utf-8")
    import_file(house[1], Kind.BOUNDARIES, file)


def seen_by(client, kind):
    text = client.get(f"/data/forms/{kind}").text
    return re.search(r'name="seen" value="(\w+)"', text)[1]


def save(client, kind, values, seen=None, **more):
    data = values | {"seen": seen or seen_by(client, kind)} | more
    return client.post(f"/data/forms/{kind}", data=data, headers=ORIGIN)


def test_a_clan_arrives(house, as_role):
    client = as_role("planner", "ar")
    answer = save(client, "arrivals", CLAN)
    assert answer.status_code == 200
    assert "arrivals-2" in answer.text
    row = house[1].arrivals().iloc[0]
    assert (row["area"], row["families"], row["clan"], row["registered"]) == (
        "T01N1", 300, True, False,
    )  # fmt: skip
    assert row["origin"] == "ذي قار"
    entry = house[1].audit.list(limit=1)[0]
    assert (entry.action, entry.actor, entry.subject) == ("imported", "planner", "arrivals-2")
    data = {"back": "/data/forms/arrivals"}
    back = client.post("/data/versions/2/undo", data=data, headers=ORIGIN)
    assert back.url.path == "/data/forms/arrivals"
    assert house[1].arrivals().empty
    said = "تم التراجع عن \u2068arrivals-2\u2069"  # told on the page that follows the button
    assert said in back.text
    assert said in client.get("/data?undone=2").text
    for never in ("1", "99", "x", "9" * 40):
        assert "تم التراجع" not in client.get(f"/data?undone={never}").text
    entry = house[1].audit.list(limit=1)[0]
    assert (entry.action, entry.actor) == ("import_undone", "planner")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(house, as_role, lang):
    client = as_role("planner", lang)
    answer = save(client, "arrivals", CLAN | {"families": "0", "date": "2999-01-01"})
    assert answer.status_code == 422
    assert 'id="fault_families1"' in answer.text
    assert 'id="fault_date1"' not in answer.text  # the form's own limits come first
    assert "ذي قار" in answer.text
    answer = save(client, "arrivals", CLAN | {"date": "2999-01-01"})
    assert 'id="fault_date1"' in answer.text
    assert "--" not in re.sub(r"<!--.*?-->", "", answer.text)
    assert house[1].arrivals().empty


def test_the_same_again_is_told(as_role):
    client = as_role("planner")
    save(client, "arrivals", CLAN)
    assert "there already" in save(client, "arrivals", CLAN).text


def test_an_office_without_a_coordinate_stands_at_the_seat_as_estimated(house, as_role):
    client = as_role("planner")
    answer = save(client, "offices", OFFICE)
    (office,) = house[1].offices()
    assert office.standing == "estimated"
    assert office.area == "T01N1"
    units = house[1].units()
    assert (office.lon, office.lat) == tuple(units.loc["T01N1", ["seat_lon", "seat_lat"]])
    assert "مكتب &lt;b&gt;القرنة&lt;/b&gt;" in client.get("/data/forms/offices?lang=ar").text
    assert "<b>القرنة" not in answer.text


def test_an_office_is_changed_and_taken_out(house, as_role):
    client = as_role("planner")
    save(client, "offices", OFFICE)
    save(client, "offices", OFFICE | {"name_en": "Second", "lon": "47.3", "lat": "30.9"})
    shown = client.get("/data/forms/offices?code=Second").text
    assert 'value="47.3"' in shown
    values = OFFICE | {"name_en": "Second", "lon": "47.4", "lat": "30.9", "vehicles": "2"}
    save(client, "offices", values, code="Second")
    offices = {office.code: office for office in house[1].offices()}
    assert (offices["Second"].lon, offices["Second"].vehicles) == (47.4, 2)
    data = {"code": "Al-Qurna", "seen": seen_by(client, "offices")}
    client.post("/data/forms/offices/remove", data=data, headers=ORIGIN)
    assert [office.code for office in house[1].offices()] == ["Second"]
    assert client.get("/data/forms/offices?code=Al-Qurna").status_code == 404


def test_a_crossing_is_closed_by_one_button(house, as_role):
    client = as_role("planner")
    save(client, "crossings", {"name_en": "Tanuma", "lon": "47.3", "lat": "30.9", "open": "yes"})
    text = client.get("/data/forms/crossings").text
    form = re.search(r'<form method="post" action="/data/forms/crossings">(.*?)</form>', text)[1]
    data = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)
    }
    client.post("/data/forms/crossings", data=data, headers=ORIGIN)
    (bridge,) = house[1].crossings()
    assert not bridge.open
    assert bridge.name_en == "Tanuma"


def test_posts_come_and_go_by_group(house, as_role):
    client = as_role("planner")
    save(client, "offices", OFFICE)
    row = {"office": "Al-Qurna", "unit": "women", "gender": "woman", "skills": ["referral"]}
    save(client, "staff", row | {"count": "3"})
    assert {post.skills for post in house[1].posts()} == {("women", "referral")}
    data = row | {"count": "2", "seen": seen_by(client, "staff")}
    client.post("/data/forms/staff/remove", data=data, headers=ORIGIN)
    assert len(house[1].posts()) == 1
    data |= {"count": "9", "seen": seen_by(client, "staff")}
    answer = client.post("/data/forms/staff/remove", data=data, headers=ORIGIN)
    assert answer.status_code == 422
    assert "from 1 to 1" in answer.text
    data |= {"count": "²"}
    assert client.post("/data/forms/staff/remove", data=data, headers=ORIGIN).status_code == 422


def test_a_number_without_end_is_a_fault(as_role):
    answer = save(as_role("planner"), "offices", OFFICE | {"capacity": "1e999"})
    assert answer.status_code == 422
    assert 'id="fault_capacity1"' in answer.text


def test_of_two_planners_who_save_at_once_the_second_is_told_by_whom(house, as_role):
    first, second = as_role("planner"), as_role("director")
    seen = seen_by(first, "offices")
    assert save(first, "offices", OFFICE, seen).status_code == 200
    answer = save(second, "offices", OFFICE | {"name_en": "Mine"}, seen)
    assert answer.status_code == 409
    assert "planner changed the data" in answer.text
    assert 'value="Mine"' in answer.text
    assert [office.code for office in house[1].offices()] == ["Al-Qurna"]
    # Looked at again, the same form is saved.
    again = re.search(r'name="seen" value="(\w+)"', answer.text)[1]
    assert save(second, "offices", OFFICE | {"name_en": "Mine"}, again).status_code == 200
    assert [office.code for office in house[1].offices()] == ["Al-Qurna", "Mine"]


def test_while_an_import_of_the_kind_is_at_work_the_form_waits(house, as_role):
    from service.imports.turns import turn

    client = as_role("planner")
    with turn(house[1], Kind.ARRIVALS):
        answer = save(client, "arrivals", CLAN)
    assert answer.status_code == 409
    assert "importing data of this kind" in answer.text
    assert save(client, "arrivals", CLAN).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["ar", "en"])
def test_every_form_opens_in_both_languages(as_role, kind, lang):
    answer = as_role("planner", lang).get(f"/data/forms/{kind}")
    assert answer.status_code == 200
    assert "{" not in re.sub(r"<meta.*?>", "", answer.text)


@pytest.mark.parametrize("kind", ["incidents", "travel", "x"])
def test_other_kinds_have_no_form(as_role, kind):
    client = as_role("planner")
    assert client.get(f"/data/forms/{kind}").status_code == 404
    answer = client.post(f"/data/forms/{kind}", data=CLAN, headers=ORIGIN)
    assert answer.status_code == 404


def test_a_viewer_writes_nothing(house, as_role):
    client = as_role("viewer")
    assert client.get("/data/forms/arrivals").status_code == 403
    data = CLAN | {"seen": ""}
    answer = client.post("/data/forms/arrivals", data=data, headers=ORIGIN)
    assert answer.status_code == 403
    assert house[1].arrivals().empty


@pytest.mark.parametrize("typed", ["2025-03-01", "٢٠٢٥-٠٣-٠١", "1/3/2025", "1 آذار 2025"])
def test_a_day_is_understood_as_people_here_write_it(house, as_role, typed):
    client = as_role("planner", "ar")
    assert 'type="date"' not in client.get("/data/forms/arrivals").text
    assert save(client, "arrivals", CLAN | {"date": typed}).status_code == 200
    assert str(house[1].arrivals().iloc[0]["date"])[:10] == "2025-03-01"
