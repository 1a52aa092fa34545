"""Countries in a text: found in many languages, and not where the text names none."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stack import manage
from tips.matching.details import read_account
from tips.reading import read, stored


def suggest(text):
    return stored.suggestions(read_account(text))


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
    ("在日本见过", "JP", "seen"),
    ("สินค้านี้ขายในประเทศไทย", "TH", "unknown"),
    ("https://www.shop.pt/bag", "PT", "unknown"),
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
    "Ich mag Essen und Trinken",
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
    assert [c.code for c in read("never in Spain").ruled_out] == ["ES"]


def test_a_city_of_two_countries_means_the_one_that_is_named_too():
    assert [s["country"] for s in suggest("Valencia, España")] == ["ES"]
    assert [s["country"] for s in suggest("Valencia, Venezuela")] == ["VE"]


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


def test_a_file_is_answered_line_by_line(tmp_path):
    lines = tmp_path / "tips.txt"
    lines.write_text("Bought in Lisbon\n\nSeen in Kraków\n")
    answers = [
        json.loads(line)
        for line in manage("suggest_countries", "--lines", str(lines)).stdout.splitlines()
    ]
    assert [[each["country"] for each in answer] for answer in answers] == [["PT"], [], ["PL"]]


def test_a_missing_file_and_a_missing_text_are_named_in_one_line():
    for asked, said in ((["--lines", "/nowhere"], "/nowhere"), ([], "TEXT"), (["a", "b"], "TEXT")):
        done = manage("suggest_countries", *asked)
        assert done.returncode == 1
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_tip_is_read_as_json():
    read_tip = json.loads(
        manage(
            "read_tip", "Made in Turkey, bought in Kraków for 20 zł in May 2016. Not from Spain."
        ).stdout
    )
    assert {c["country"]: c["relation"] for c in read_tip["countries"] if not c["denied"]} == {
        "TR": "made",
        "PL": "sold",
    }
    assert [c["country"] for c in read_tip["countries"] if c["denied"]] == ["ES"]
    assert [p["name"] for p in read_tip["places"]] == ["Kraków"]
    assert {(n["value"], n["kind"], n["unit"]) for n in read_tip["numbers"]} >= {
        ("20", "price", "PLN")
    }
    assert read_tip["language"] == "en"
    assert not read_tip["is_empty"]
    assert json.loads(manage("read_tip", "No idea, good luck!").stdout)["is_empty"]


def test_two_tips_are_compared_as_json(tmp_path):
    pairs = tmp_path / "pairs.tsv"
    rows = [
        (
            "I bought this bag at the Lidl in Porto",
            "I bought this bag at the Lidl in Porto, thanks!",
        ),
        (
            "I saw this bag in a Lidl in Seville in 2016",
            "vi esta bolsa en un Lidl de Sevilla en 2016",
        ),
        (
            "I saw this bag in a Lidl in Seville in 2016",
            "vi esta bolsa en un Lidl de Sevilla en 2017",
        ),
        ("My grandmother has this lamp", "Seen on a bus in Oslo"),
    ]
    pairs.write_text("".join(f"{a}\t{b}\n" for a, b in rows))
    done = manage("compare_tips", "--lines", str(pairs))
    relations = [json.loads(line)["relation"] for line in done.stdout.splitlines()]
    assert relations[0] == "duplicate"
    assert relations[1] in (
        "proposed",
        "related",
    )  # related where the wheel of embeddings is absent
    assert relations[2] in ("related", "new")
    assert relations[3] == "new"
