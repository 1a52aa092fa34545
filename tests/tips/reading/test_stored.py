"""Accounts and details are stored whole, and what an older version stored is read anew."""

import json

import pytest
from hypothesis import given, settings

from tests.tips.reading.test_properties import TEXTS
from tips.matching import details
from tips.reading import read, stored


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_a_stored_account_says_what_was_read(text):
    account = read(text)
    assert stored.load(json.loads(json.dumps(stored.dump(account)))) == account


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_stored_details_are_those_that_were_read(text):
    mine = details.read_details(text, country="ES", url="https://shop.example/a")
    assert details.load(json.loads(json.dumps(details.dump(mine)))) == mine


def test_what_another_version_stored_is_not_used():
    kept = details.dump(details.read_details("Seen in Porto"))
    for version in ([details.VERSION, 0], [0, stored.VERSION], None):
        assert details.load({**kept, "version": version}) is None
    assert details.load(None) is None


def test_the_country_that_the_sender_chose_stands_first_and_is_certain():
    account = read("Made in Turkey, sold in Poland").with_chosen("PL")
    assert account.countries[0].code == "PL"
    assert account.countries[0].relation == "sold"
    assert account.countries[0].score == 1
    assert len(account.countries) == 2
    assert [c.code for c in read("no idea").with_chosen("ES").suggested] == ["ES"]


@pytest.mark.parametrize(
    "damage",
    [{"words": None}, {"account": {"version": stored.VERSION, "names": [[1]]}}, {"links": 3}],
)
def test_damaged_details_are_as_good_as_none(damage):
    kept = details.dump(details.read_details("Seen in Porto"))
    assert details.load({**kept, **damage}) is None
    assert details.load_account({**kept, **damage}) is None
