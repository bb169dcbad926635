"""What people type or paste without seeing it is read, or told at its field with nothing lost."""

import pytest

from geo.checks import FaultsError
from service.imports.entries import add_entry
from service.imports.values import is_empty, parse_numbers, plain
from service.pages.form_reading import Reading
from service.store import Kind
from tests.service.web.conftest import ORIGIN

MARKS = "\u200f", "\u200e", "\u202b", "\u2067", "\u061c", "\ufeff"


@pytest.mark.parametrize("mark", MARKS)
def test_marks_of_direction_around_a_figure_are_not_seen(mark):
    assert parse_numbers([f"{mark}٣٠٠{mark}"]).figures == [300]
    assert plain(f"{mark} 47٫8 {mark}") == "47.8"
    assert is_empty(mark)
    assert Reading({"n": f"{mark}٣٠"}).whole("n", 0, 99) == 30


def test_a_text_that_is_too_long_is_told_and_not_cut(house, grounds):
    store = house[1]
    values = {"name_ar": "م" * 300, "name_en": "", "lon": "47.8", "lat": "30.5"}
    with pytest.raises(FaultsError) as error:
        add_entry(store, Kind.FORUMS, values, actor="planner")
    assert [fault.column for fault in error.value.faults] == ["name_ar"]
    assert store.forums() == ()
    add_entry(store, Kind.FORUMS, values | {"name_ar": "م" * 80}, actor="planner")
    assert [len(one.name_ar) for one in store.forums()] == [80]


def test_a_bad_name_of_an_account_stays_where_it_was_typed(as_role):
    client = as_role("admin", "ar")
    sent = {"name": "محمد<b>", "role": "planner", "office": ""}
    answer = client.post("/accounts", data=sent, headers=ORIGIN)
    assert answer.status_code == 422
    assert 'value="محمد&lt;b&gt;"' in answer.text
    assert 'value="planner" selected' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_who_sees_no_map_is_not_sent_to_it(as_role):
    admin = as_role("admin").get("/plans")
    assert admin.status_code == 403
    assert 'class="button" href="/account"' in admin.text
    viewer = as_role("viewer").get("/plans")
    assert viewer.status_code == 403
    assert 'class="button" href="/"' in viewer.text
