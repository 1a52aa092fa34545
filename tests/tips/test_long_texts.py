"""Long and hostile texts: matching stays fast, and still finds what says the same."""

import random
import sys

import pytest

from tips.matching import guard, signature, typos
from tips.matching.details import read_details


def hostile_texts(number):
    """Return two texts of a number of words. Each word is a typo of one in the other text."""
    one = " ".join(
        f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}longer"
        for n in range(number)
    )
    return one, one.replace("longer", "longre")


def clear_caches():
    """Clear the caches of earlier comparisons."""
    for each in (typos.pair_up, guard._is_negation, guard._is_misspelt_stopword):
        each.cache_clear()


def calls_to_compare(number):
    """Return how many functions are called to read and compare two hostile texts."""
    one, other = hostile_texts(number)
    clear_caches()
    called = 0

    def count(frame, event, argument):
        nonlocal called
        called += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        compared = guard.compare(read_details(one), read_details(other))
    finally:
        sys.setprofile(None)
    assert compared.relation != "duplicate"
    return called


def test_long_hostile_texts_do_not_block_a_worker():
    read_details("Seen in Lyon")  # fill the caches that a process fills once
    assert calls_to_compare(500) < 2.5 * calls_to_compare(250)
    one, _ = hostile_texts(1500)
    same = read_details(one.upper())
    assert guard.compare(read_details(one), same).relation == "duplicate"


@pytest.mark.parametrize("number", [100, 199, 201, 1500])
def test_hostile_texts_cause_few_comparisons_of_words(monkeypatch, number):
    pairs = []
    real = typos.is_typo

    def count(word, twin, *names):
        pairs.append({word, twin} if names else None)  # without names: a word, and one of our lists
        return real(word, twin, *names)

    monkeypatch.setattr(typos, "is_typo", count)
    clear_caches()
    guard.compare(*map(read_details, hostile_texts(number)))
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
    first, second = read_details(" ".join(words)), read_details("Hello, " + " ".join(again))
    assert guard.compare(first, second).relation == "duplicate"
    assert set(signature.keys(first.content_words)) & set(signature.keys(second.content_words))


@pytest.mark.parametrize(
    "repeated", ["中国", "不是", "没有", "not from Spain ", "Spain or ", "1/", "½"]
)
def test_reading_what_repeats_itself_takes_no_time_that_grows_with_its_square(repeated):
    def calls(number):
        called = 0

        def count(frame, event, argument):
            nonlocal called
            called += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            read_details(repeated * number)
        finally:
            sys.setprofile(None)
        return called

    most = 3600 // len(repeated)
    read_details(repeated * most)  # fill the caches that a process fills once
    assert calls(most) < 5 * calls(most // 3)
