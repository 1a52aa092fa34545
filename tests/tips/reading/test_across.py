"""Two texts in different languages, by their accounts."""

import pytest

from tips.reading import read
from tips.reading.across import compare

pytestmark = pytest.mark.xdist_group("reading")  # one process builds the table


def possible(one: str, other: str) -> bool:
    return compare(read(one), read(other), (one, other)).is_possible


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bought in Cologne for twenty euros.", "Gekauft in Köln für 20 Euro."),
        ("Un verre hongrois de 1980.", "A glass from Hungary, 1980."),
        ("In the nineties every school in Athens had it.", "Στη δεκαετία του '90 το είχε κάθε σχολείο στην Αθήνα."),
        ("Never seen in Norway.", "Das habe ich in Norwegen nie gesehen."),
        ("Not from Spain but from Portugal.", "Не из Испании, а из Португалии."),
    ],
)  # fmt: skip
def test_what_is_the_same_may_be_proposed(one, other):
    assert possible(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bought in Cologne for 20 euros.", "Gekauft in Köln für 30 Euro."),
        ("It is from Slovenia.", "Das ist aus der Slowakei."),
        ("Room 12 in Gdańsk.", "Zimmer 21 in Danzig."),
        ("We saw it in May 1999.", "Wir sahen es im Juni 1999."),
        ("The label says Hartwin.", "На этикетке написано «Мартвин»."),
        ("I have seen this in Norway.", "Das habe ich in Norwegen nie gesehen."),
        ("Made in Vietnam.", "Vendu au Vietnam."),
        ("Not from Spain but from Portugal.", "Nicht aus Portugal, sondern aus Spanien."),
    ],
)
def test_what_differs_is_never_proposed(one, other):
    verdict = compare(read(one), read(other), (one, other))
    assert not verdict.is_possible
    assert verdict.reasons
