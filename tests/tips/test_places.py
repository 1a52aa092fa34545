"""Countries in a text: found in many languages, and not where the text names none."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stack import manage
from tips.geography.mentions import find, suggest

FOUND = [
    ("I bought this bag at a shop in Seville", "ES", "sold"),
    ("compré esta bolsa en una tienda de Sevilla", "ES", "sold"),
    ("Ich habe die Tasche in Köln gesehen", "DE", "seen"),
    ("J'ai vu ce sac au Portugal", "PT", "seen"),
    ("Gezien in Rotterdam", "NL", "seen"),
    ("Widziałem tę torbę w Hiszpanii", "ES", "seen"),
    ("Бачив цю сумку в Польщі", "PL", "seen"),
    ("رأيت هذه الحقيبة في إسبانيا", "ES", "seen"),
    ("made in Turkey", "TR", "made"),
    ("fabriqué au Maroc", "MA", "made"),
    ("在日本见过", "JP", "unknown"),
    ("สินค้านี้ขายในประเทศไทย", "TH", "unknown"),
    ("https://www.shop.pt/bag", "PT", "sold"),
    ("call +34 600 123 456", "ES", "unknown"),
    ("seen in the UK", "GB", "seen"),
    ("We stayed at a hotel in Nice", "FR", "seen"),
    ("i bought it in rotterdam", "NL", "sold"),
    ("SEEN IN LONDON", "GB", "seen"),
]

NONE = [
    "",
    "No idea, sorry",
    "a nice bag, I was reading about it on my mobile",
    "Ich mag Essen und Worms",
    "The turkey was good, on a china plate",
    "Georgia Smith told me about it",
    "Most people have this in their bath",
    "Tell us more",
    "12345",
    "The Orange one, with Rice",
]


@pytest.mark.parametrize(("text", "country", "relation"), FOUND)
def test_a_country_is_found_with_its_relation(text, country, relation):
    best = suggest(text)[0]
    assert (best["country"], best["relation"]) == (country, relation)
    assert 0 < best["score"] <= 1
    assert best["evidence"]


@pytest.mark.parametrize("text", NONE)
def test_a_text_without_places_has_no_suggestions(text):
    assert suggest(text) == []


def test_each_of_several_countries_has_its_own_relation():
    found = {s["country"]: s["relation"] for s in suggest("made in Turkey, sold in Poland")}
    assert found == {"TR": "made", "PL": "sold"}


def test_a_country_that_is_ruled_out_is_not_suggested():
    assert [s["country"] for s in suggest("Seen in Portugal, never in Spain")] == ["PT"]
    assert {m.country for m in find("never in Spain") if m.denied} == {"ES"}


def test_a_city_of_two_countries_means_the_one_that_is_named_too():
    assert [s["country"] for s in suggest("Valencia, España")] == ["ES"]
    assert {s["country"] for s in suggest("bolsa de Valencia")} == {"ES", "VE"}


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_well_formed_suggestions(text):
    for suggestion in suggest(text):
        assert len(suggestion["country"]) == 2
        assert 0 < suggestion["score"] <= 1
        assert suggestion["relation"] in {"seen", "sold", "made", "unknown"}


def test_the_command_prints_json_and_needs_no_server():
    done = manage("suggest_countries", "Bought in Lisbon")
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["country"] == "PT"
    assert json.loads(manage("suggest_countries", "nothing here").stdout) == []
    assert (
        json.loads(manage("suggest_countries", "-", stdin=b"Lisbon \xff\x00").stdout)[0]["country"]
        == "PT"
    )
