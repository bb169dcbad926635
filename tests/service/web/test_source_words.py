"""Sources that we know bear their Arabic name on Arabic pages; all other text stays as given."""

import re

import pytest

from geo.notes import Note
from service.demo import facts
from service.locale.source_words import source_name
from service.locale.words import make_words
from tests.service.homes import lay_out, the_demo

ARABIC, ENGLISH = make_words("ar"), make_words("en")
INSTITUTION = "CSO", "Ministry of Planning", "IOM DTM", "UN OCHA", "DTM", "IOM", "OCHA/CSO"


@pytest.mark.parametrize("text", [*INSTITUTION, facts.SYNTHETIC, f"{facts.SYNTHETIC}; total: DTM"])
def test_known_sources_have_arabic_names_and_keep_the_english_ones(text):
    told = source_name(ARABIC, text)
    assert not re.search("[A-Za-z]", told)
    assert source_name(ENGLISH, text) == text


@pytest.mark.parametrize("text", ["ACLED", "UCDP GED", "GeoNames", "OpenStreetMap", "WorldPop"])
def test_projects_are_named_in_arabic_beside_their_own_name(text):
    told = source_name(ARABIC, text)
    assert re.search("[\u0621-\u064a]", told)
    assert told != text


def test_case_other_names_years_and_lists_are_seen_through():
    ministry = source_name(ARABIC, "Ministry of Planning")
    assert source_name(ARABIC, "ministry  of planning") == ministry
    assert source_name(ARABIC, "COSIT") == source_name(ARABIC, "CSO")
    assert source_name(ARABIC, "Ministry of Planning, 2020") == f"{ministry}، 2020"
    assert source_name(ARABIC, "Ministry of Planning (2020)") == f"{ministry}، 2020"
    assert source_name(ARABIC, "Ministry of Planning; my list") == f"{ministry}؛ my list"


@pytest.mark.parametrize(
    "text", ["", "My own list {x}", "CSO list of our office", "قائمتنا", "a;; b", "2020", "CSO 99"]
)
def test_what_we_do_not_know_stays_as_its_writer_has_it(text):
    assert source_name(ARABIC, text) == text
    assert source_name(ENGLISH, text) == text


def test_a_note_as_source_is_said_as_a_note():
    note = Note("generalised, not official")
    assert source_name(ARABIC, note) == ARABIC.say("generalised, not official")


def test_every_source_of_the_demo_has_an_arabic_name(tmp_path):
    from service.settings import Settings
    from service.store import open_store

    settings = Settings(home=tmp_path)
    lay_out(tmp_path, the_demo)
    store = open_store(settings)
    tables = store.incidents(), store.arrivals(), store.population(), store.requests()
    found = {text for table in tables for text in table["source"]} - {""}
    found |= {one.licence for one in store.datasets.list()} - {""}
    store.close()
    assert {facts.SYNTHETIC, "CSO"} <= found
    for text in found:
        assert re.search("[\u0621-\u064a]", source_name(ARABIC, text)), text
