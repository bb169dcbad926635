"""Signs on the map: offices with their people, crossings with their state."""

from dataclasses import dataclass, replace

import pytest

from service.locale.words import Words
from service.pages.map_points import map_points
from tests.service.web_house import FakeAtlas


@dataclass
class Flooded(FakeAtlas):
    def crossings(self):
        return tuple(one.model_copy(update={"open": False}) for one in super().crossings())


class Manned:
    """A newest plan that knows who is on duty."""

    def women_on_duty(self, words):
        return {"tanuma": ((words.say("Day"), 3),)}


def signs(atlas, lang, plan=None):
    return {(one.code, one.kind): one for one in map_points(atlas, Words(lang), plan)}


@pytest.mark.parametrize(("lang", "state"), [("ar", "مفتوح"), ("en", "open")])
def test_a_crossing_says_its_state_by_sign_and_in_words(lang, state):
    is_open = signs(FakeAtlas(), lang)["tanuma", "open"]
    closed = signs(Flooded(), lang)["tanuma", "closed"]
    assert state in " ".join(is_open.lines[0] + is_open.lines[-1])
    assert closed.lines != is_open.lines
    assert replace(closed, kind="open", lines=is_open.lines) == is_open


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_an_office_says_its_officers_its_women_and_who_is_on_duty(lang):
    words = Words(lang)
    quiet = signs(FakeAtlas(), lang)
    told = signs(FakeAtlas(), lang, Manned())
    office = told["tanuma", "sub"]
    assert (office.figure, office.women) == (words.number(20), words.number(4))
    added = set(office.lines) - set(quiet["tanuma", "sub"].lines)
    assert added == {(words.say("Women on duty, {shift}", shift=words.say("Day")), words.number(3))}
    assert told["ashar", "main"].lines == quiet["ashar", "main"].lines
    assert (told["qurna", "candidate"].figure, told["qurna", "candidate"].women) == ("+", "")
