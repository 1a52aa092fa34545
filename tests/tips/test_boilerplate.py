"""Thousands write under one appeal and begin alike: what says the same is found all the same."""

import random

from django.utils import timezone

from tests.factories import published, send
from tips.claims import index
from tips.matching import details
from tips.models import Claim, Tip

BOILERPLATE = (
    "I am writing to you because I saw your page on the internet and I want to help with what I "
    "know, as far as I can, and I ask you to treat what I say with care and to tell nobody that it "
    "comes from me. I have shared the picture with my colleagues and my family, and all of us have "
    "thought about it for a long time before we decided to send you this message today. In those "
    "years many shops and hotels of our region looked much like this, so please do not be angry if it "
    "turns out to be wrong, and contact us whenever you have questions about our message or picture."
)
COLOURS = "green brown violet turquoise beige".split()
THINGS = "bag carpet curtain tile soap bottle mug socket wallpaper towel lamp chair poster blanket".split()
WHERE = (
    "the kitchen of my aunt|a hotel near the station|the flea market|a school canteen|our old flat|"
    "a ferry cabin|the waiting room of a dentist|a camping shop|the garage of my neighbour"
)
SAID = [
    f"The {colour} {thing} hung in {where}."
    for colour in COLOURS for thing in THINGS for where in WHERE.split("|")
]  # fmt: skip
random.Random(5).shuffle(SAID)
TWINS = SAID[-9:]


def under_boilerplate(trace_object, said):
    """Store a tip as matching does, in a claim of its own, but without asking what else there is."""
    tip = Tip(object=trace_object, text=f"{BOILERPLATE} {said}", received_at=timezone.now())
    mine = index.read(tip)
    claim = Claim.objects.create(object=trace_object)
    tip.state, tip.claim, tip.relation, tip.account = "matched", claim, "first", details.dump(mine)
    tip.save()
    index.add(tip, index.find(tip, mine, index.keys(tip, mine)).keys)


def with_typo(said):
    """Swap two letters of the colour."""
    colour = said.split()[1]
    return said.replace(colour, colour[:2] + colour[3] + colour[2] + colour[4:])


def missed(trace_object, said):
    """Send twins, the second with a typo; return how many were not joined."""
    twins = [
        [
            send(trace_object, f"{BOILERPLATE} {text}", trust="proven")
            for text in (each, with_typo(each))
        ]
        for each in said
    ]
    assert all(one.relation in ("first", "related") for one, _ in twins)
    return sum(other.claim != one.claim for one, other in twins)


def test_twins_are_found_under_boilerplate_that_more_tips_share_than_are_compared(monkeypatch):
    trace_object = published(pictures=0)
    for said in SAID[:600]:
        under_boilerplate(trace_object, said)
    assert missed(trace_object, TWINS[:6]) == 0
    # That is so because the words that all share are left out in a second search.
    monkeypatch.setattr(index, "MAX_REST", 0)
    assert missed(trace_object, TWINS[6:]) > 0
