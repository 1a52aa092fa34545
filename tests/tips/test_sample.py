"""The sample data fits together, also the objects that the quick tests do not load."""

import itertools

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.text import slugify
from rapidfuzz import fuzz

from objects.models import TraceObject
from objects.sample.drawings import DRAWINGS
from tests.factories import published
from tips.matching.details import load_account
from tips.models import Claim, Proposal
from tips.reading.text import fold
from tips.sample import categories, load
from tips.sample.texts import ENDINGS, GREETINGS, HELD, SAMPLES, WAITING
from traceobject.outbox import queue as outbox

EVERY = [*SAMPLES, WAITING, HELD]


@pytest.mark.parametrize("sample", EVERY, ids=lambda sample: sample.reference)
def test_a_sample_object_has_a_drawing_a_category_and_texts_of_the_sites_languages(sample):
    languages = set(dict(settings.LANGUAGES))
    assert sample.drawing in DRAWINGS
    assert slugify(sample.category) in categories.NAMES
    assert sample.title
    assert sample.question
    assert sample.alt
    assert set(sample.translated) | set(sample.alt_translated) <= languages
    assert set(sample.translated) == set(sample.alt_translated)
    for fact in sample.facts:
        assert set(fact.words) <= set(GREETINGS) & set(ENDINGS)
        assert all(text for texts in fact.words.values() for text in texts)


def test_references_of_sample_objects_differ():
    assert len({sample.reference for sample in EVERY}) == len(EVERY)


def fact_of(sample, text):
    """Return which of a sample's facts a tip tells, by the words it was made from."""
    told = {
        number: max(
            fuzz.partial_ratio(fold(words), fold(text))
            for texts in fact.words.values()
            for words in texts
        )
        for number, fact in enumerate(sample.facts)
    }
    return max(told, key=lambda number: told[number])


def towns_of(claim):
    account = load_account(claim.tips.order_by("pk").first().account)
    return {place.name for place in account.places if place.kind == "city"}


def separate_groups(claims, proposed):
    """Return the claims in groups that proposals hold together."""
    groups = []
    for claim in claims:
        touched = [g for g in groups if any(frozenset((claim, other)) in proposed for other in g)]
        groups = [g for g in groups if g not in touched] + [[claim, *itertools.chain(*touched)]]
    return groups


def test_no_two_open_claims_of_the_sample_say_the_same_without_a_proposal(pgvector, monkeypatch):
    for sample in SAMPLES:
        made = published(pictures=0)
        TraceObject.objects.filter(pk=made.pk).update(reference=sample.reference)
    monkeypatch.setattr(load, "_photo", lambda *_: ())  # what counts here are words
    load.make_tips(timezone.now())
    outbox.drain(names=["match"])
    outbox.drain(names=["propose"])
    apart = []
    for sample in SAMPLES:
        told = {}
        for claim in Claim.objects.filter(object__reference=sample.reference, state="open"):
            first = claim.tips.order_by("pk").first()
            fact = fact_of(sample, first.text)
            if sample.facts[fact].country:  # those who know nothing name none
                told.setdefault(fact, []).append(claim)
        pairs = Proposal.objects.filter(tip__object__reference=sample.reference)
        proposed = {frozenset((each.tip.claim, each.other.claim)) for each in pairs}
        for claims in told.values():
            groups = separate_groups(claims, proposed)
            for one, other in itertools.combinations(groups, 2):
                if any(towns_of(a) == towns_of(b) for a in one for b in other):
                    apart.append((one[0].tips.first().text, other[0].tips.first().text))
    assert not apart
