"""What moderators and officers see of what was read."""

import pytest

from tips.matching import details
from tips.models import Tip
from tips.triage.read_facts import facts_of


def facts(text, **fields):
    kept = details.dump(details.read_details(text, **fields))
    return {(fact.label, fact.value): fact.words for fact in facts_of(Tip(text=text, account=kept))}


@pytest.mark.parametrize(
    ("text", "label", "value", "words"),
    [
        ("Made in Turkey", "Country", "made in Türkiye", "Turkey"),
        ("Seen in Porto", "Place", "Porto", "Porto"),
        ("Not from Porto but from Faro", "Ruled out", "Porto", "Porto"),
        ("We saw it on 12 May 1999", "Date", "12 May 1999", "12 May 1999"),
        ("It is not from Poland", "Ruled out", "Poland", "Poland"),
        ("Bought in Kraków for 20 zł", "Price", "20 PLN", "20"),
        ("It hung in Porto in 1998", "Year", "1998", "1998"),
        ("I have never seen this", "Denies", "never", ""),
    ],
)
def test_each_kind_of_finding_is_named_with_the_words_that_say_so(text, label, value, words):
    assert facts(text)[label, value] == words


def test_a_country_that_is_chosen_and_ruled_out_is_shown_as_both():
    found = facts("Definitely not from Spain.", country="ES")
    assert ("Country", "Spain") in found
    assert ("Ruled out", "Spain") in found


def test_what_was_not_read_or_by_another_version_shows_nothing():
    assert facts_of(Tip(text="Seen in Porto")) == []
    assert facts_of(Tip(text="", account={"version": [0, 0]})) == []


def test_countries_that_are_merely_possible_are_one_line():
    found = facts("The label is in German")
    (value,) = (value for label, value in found if label == "Possibly")
    assert value.count(",") == 2
    assert " more" in value


def test_the_lead_form_takes_the_relation_of_the_country_that_it_ticks():
    from tests.factories import open_claim
    from tips.triage import claim_queue
    from tips.triage.admin import _draft

    claim = open_claim(text="Made in Turkey, and we have only seen it in Portugal, in Faro.")
    named = claim_queue.countries_of(claim)
    draft = _draft(claim, list(claim.tips.all()), named)
    relation = {"TR": "made", "PT": "seen"}[draft["countries"][0]]
    assert draft["relation"] == relation
