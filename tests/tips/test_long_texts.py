"""Long and hostile texts: matching stays fast, and still finds what says the same."""

import random
import sys

import pytest

from tips.matching import guard, signature, typos


def hostile(number):
    """Two texts of so many words, each of them a slip of one in the other text."""
    one = " ".join(
        f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}longer"
        for n in range(number)
    )
    return one, one.replace("longer", "longre")


def forget():
    """Have what was worked out for other texts be worked out again."""
    for each in (typos.pair_up, guard._is_negation, guard._is_misspelt_stopword):
        each.cache_clear()


def calls_to_compare(number):
    """How many functions are called to read two hostile texts and to compare them."""
    one, other = hostile(number)
    forget()
    called = 0

    def count(frame, event, argument):
        nonlocal called
        called += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        compared = guard.compare(guard.details(one), guard.details(other))
    finally:
        sys.setprofile(None)
    assert compared.relation != "duplicate"
    return called


def test_long_hostile_texts_do_not_block_a_worker():
    guard.details("Seen in Lyon")  # what is made once a process is made
    assert calls_to_compare(500) < 2.5 * calls_to_compare(250)
    one, _ = hostile(1500)
    same = guard.details(one.upper())
    assert guard.compare(guard.details(one), same).relation == "duplicate"


@pytest.mark.parametrize("number", [100, 199, 201, 1500])
def test_hostile_texts_cause_few_comparisons_of_words(monkeypatch, number):
    pairs = []
    real = typos.is_typo

    def count(word, twin, *names):
        pairs.append({word, twin} if names else None)  # without names: a word, and one of our lists
        return real(word, twin, *names)

    monkeypatch.setattr(typos, "is_typo", count)
    forget()
    guard.compare(*map(guard.details, hostile(number)))
    assert len([pair for pair in pairs if pair]) <= 40_000


def test_a_tip_of_two_thousand_words_matches_despite_typos():
    rng = random.Random(1)
    words = [
        "".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randrange(5, 11))) for _ in range(2000)
    ]
    again = [
        word[:2] + word[3] + word[2] + word[4:] if n % 100 == 0 else word
        for n, word in enumerate(words)
    ]
    first, second = guard.details(" ".join(words)), guard.details("Hello, " + " ".join(again))
    assert guard.compare(first, second).relation == "duplicate"
    assert set(signature.keys(first.content_words)) & set(signature.keys(second.content_words))
