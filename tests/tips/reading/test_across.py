"""Two texts in different languages, by their accounts."""

import pytest

from tips.reading import read
from tips.reading.across import compare


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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A bottle of 0.75 litres from Ljubljana.", "Eine Flasche aus Laibach, 750 ml."),
        ("Die Lampe ist von Brauner.", "Лампа фирмы «Браунер»."),
        ("We saw it between '72 and '76 in Riga.", "Wir sahen es 1972-1976 in Riga."),
        ("Купили на улице Садовой, 7.", "Bought at 7 Sadovaya Street."),
    ],
)
def test_the_same_in_another_unit_script_or_writing_is_no_difference(one, other):
    assert possible(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The lamp is a Torvik, from Bergen.", "Lampan är en Tarvik, från Bergen."),
        ("Die Lampe ist von der Firma Postex.", "Lampa je od firmy Potex."),
        ("It is from Frankfurt am Main.", "Die Dose ist aus Frankfurt an der Oder."),
        ("Le sac vient du Niger.", "The bag is from Nigeria."),
        ("이 컵은 대전에서 만들었어요.", "The cup was made by my aunt."),
    ],
)
def test_another_vowel_consonant_or_namesake_is_another_thing(one, other):
    assert not possible(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("We had it in Riga until 1975.", "Seit 1975 gab es das in Riga."),
        ("До 1983 года такие были в Риге.", "On en voyait à Riga depuis 1983."),
        ("In the summer of 2004 it hung in Turin.", "Nell'inverno del 2004 era appeso a Torino."),
        ("Bought in Riga for 40 euros.", "Куплено в Риге за 40 долларов."),
    ],
)
def test_another_time_or_currency_is_another_thing(one, other):
    assert not possible(one, other)


def test_a_range_of_years_has_no_side():
    assert possible("Sold in Riga from 1970 to 1975.", "In Riga von 1970 bis 1975 verkauft.")
