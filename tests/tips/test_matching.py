"""What says the same is folded; what differs where it matters never is, and nothing is deleted."""

import threading

import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import published, send
from tips.intake.accept import accept
from tips.matching import guard, normalise, signature
from tips.matching.claims import match
from tips.models import Claim, Tip
from traceobject.audit.models import Entry

BASE = "I am sure this bag is sold at the Lidl market in Sevilla, we bought one there in 2017."

SAME = [
    BASE,
    BASE.upper(),
    BASE.lower(),
    "Hello, " + BASE + " Thanks!",
    BASE.replace("market", "makret"),
    BASE.replace("Sevilla", "Sevila"),
    BASE.replace(" ", "  ").replace(",", " ,"),
    "\u200b".join(BASE.split("x")) + "\u200b\ufeff",
    BASE.replace("&", "&amp;") + "\n\n",
    "I am sure this bag\nis sold at the Lidl market in Sevilla,\nwe bought one there in 2017.",
]

SAME += [BASE + " I hpoe this helps.", "Helo, " + BASE + " Regrads"]

DIFFERENT = [
    BASE.replace("Sevilla", "Porto"),
    BASE.replace("Sevilla", "Málaga"),
    BASE.replace("2017", "2018"),
    BASE.replace("Lidl", "Aldi"),
    BASE.replace("is sold", "is not sold"),
    BASE + " https://shop.example/1",
    BASE.replace("Lidl", "Mercadona"),
    BASE + " It cost 3 euros.",
]


@pytest.mark.parametrize("text", SAME)
def test_the_same_in_other_words_is_a_duplicate(text):
    assert guard.compare(guard.details(BASE), guard.details(text)).relation == "duplicate"


@pytest.mark.parametrize("text", DIFFERENT)
def test_a_difference_that_matters_is_never_a_duplicate_and_is_named(text):
    compared = guard.compare(guard.details(BASE), guard.details(text))
    assert compared.relation == "related"
    assert any(reason.startswith("differs") for reason in compared.reasons)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lidl Spain", "Lidl Portugal"),
        ("Marks shop", "Parks shop"),
        ("seen in Lublin", "seen in Dublin"),
        ("у Кракові, Польща", "у Варшаві, Польща"),
        ("这是日本大阪的", "这是日本东京的"),
        ("see https://shop.es/bag", "see https://shop.pt/bag"),
        ("It is from Spain", "It is not from Spain"),
        ("Austria", "Australia"),
        ("room 12", "room 21"),
    ],
)
def test_short_tips_that_differ_are_kept_apart(one, other):
    assert guard.compare(guard.details(one), guard.details(other)).relation != "duplicate"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SAME + DIFFERENT), st.sampled_from(SAME + DIFFERENT))
def test_comparing_is_symmetric(one, other):
    first, second = guard.details(one), guard.details(other)
    assert guard.compare(first, second).relation == guard.compare(second, first).relation


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared(one, other):
    guard.compare(guard.details(one), guard.details(other))
    assert signature.keys(normalise.words(one)) == signature.keys(normalise.words(one))


def test_links_are_the_same_whatever_their_tracking():
    assert normalise.normal_link(
        "https://www.shop.es/bag/?utm_source=x#top"
    ) == normalise.normal_link("http://m.shop.es/bag")


def test_forty_tips_become_three_claims_and_every_tip_stays_readable():
    trace_object = published(pictures=0)
    texts = [
        BASE,
        BASE.replace("Sevilla", "Porto"),
        "My aunt knits tablecloths with such birds in Hungary.",
    ]
    for number in range(40):
        text = texts[number % 3]
        send(trace_object, text.lower() if number % 2 else f"Hello, {text}")
    assert Claim.objects.count() == 3
    assert Tip.objects.count() == 40
    assert all(tip.reasons for tip in Tip.objects.all())
    duplicate = Tip.objects.filter(relation="duplicate").first()
    assert "% same words" in duplicate.reasons[0]


def test_a_related_tip_opens_its_own_claim_and_says_what_differs():
    trace_object = published(pictures=0)
    first = send(trace_object, BASE)
    other = send(trace_object, BASE.replace("Sevilla", "Porto"))
    assert other.relation == "related"
    assert other.related_to == first
    assert other.claim != first.claim
    assert any("differs in countries: PT / ES" in reason for reason in other.reasons)


def test_the_country_that_the_sender_chose_counts_as_said():
    trace_object = published(pictures=0)
    first = send(trace_object, "We have this one at home", country="ES")
    other = send(trace_object, "We have this one at home", country="PT")
    assert first.claim != other.claim
    assert other.countries == ["PT"]


def test_the_same_words_about_another_object_are_another_claim():
    one, other = send(published(pictures=0), BASE), send(published(pictures=0), BASE)
    assert one.claim != other.claim
    assert other.relation == "first"


def test_matching_twice_changes_nothing():
    tip = send(published(pictures=0), BASE)
    match(tip.pk)
    assert Claim.objects.count() == 1
    assert Entry.objects.filter(action="tip.matched").count() == 1


def test_concurrent_workers_do_not_make_two_claims_of_one(own_database):
    trace_object = published(pictures=0)
    for number in range(24):
        accept(trace_object, text=BASE, nonce=f"n{number}", now=timezone.now())
    tips = list(Tip.objects.values_list("pk", flat=True))

    def work(mine):
        try:
            for pk in mine:
                match(pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[tips[n::4]]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Claim.objects.count() == 1
    assert Tip.objects.filter(relation="first").count() == 1
