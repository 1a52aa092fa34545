"""Match words despite typos: pair up the words of two texts. Pure."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

MAX_PAIRS = 40_000  # pairs of words compared for typos; beyond, the texts differ anyway


@lru_cache(maxsize=64)  # a comparison needs the result twice
def pair_up(
    one: tuple[str, ...], other: tuple[str, ...], names: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of each text that the other lacks, even with a typo."""
    left, right = set(one) - set(other), set(other) - set(one)
    if len(left) * len(right) > MAX_PAIRS:
        return frozenset(left), frozenset(right)
    for word in sorted(left):
        twins = [twin for twin in right if is_typo(word, twin, names)]
        if twins:
            left.discard(word)
            right.discard(min(twins, key=lambda twin: (OSA.distance(word, twin), twin)))
    _join_split_words(left, right, set(one), set(other))
    _join_split_words(right, left, set(other), set(one))
    return frozenset(left), frozenset(right)


def _join_split_words(left: set[str], right: set[str], one: set[str], other: set[str]) -> None:
    """Match a word that the other text writes as two: 'super market'."""
    for word in sorted(left):
        for cut in range(2, len(word) - 1):
            first, second = word[:cut], word[cut:]
            if first in other and second in other and (first in right or second in right):
                left.discard(word)
                right.difference_update({first, second})
                break


def is_typo(word: str, twin: str, names: frozenset[str] = frozenset()) -> bool:
    """Return whether one word is the other with a typo.

    In words of three letters, two letters may be swapped. Words of four or more letters may have
    one typo, from nine on two: a letter left out, doubled or swapped with its neighbour, and in
    longer words that are no names a replaced letter. The first letter stays or is swapped: Marks
    and Parks, Lublin and Dublin are different names. A word with a digit has no typos.
    """
    if any(char.isdigit() for char in word + twin):
        return False
    shorter = min(len(word), len(twin))
    if len(word) == len(twin) == 3:  # 'teh': only swapped letters
        swapped = sorted(word) == sorted(twin) and OSA.distance(word, twin) == 1
        return swapped and not {word, twin} & names
    if shorter < 4 or (word[0] != twin[0] and word[:2] != twin[1::-1]):
        return False
    most = 2 if shorter >= 9 else 1
    slips = OSA.distance(word, twin, score_cutoff=most)
    if slips > most:
        return False
    if sorted(word) == sorted(twin) or abs(len(word) - len(twin)) == slips:
        return True  # swapped, left out or doubled; no letter is replaced
    is_name = word in names or twin in names
    return shorter >= (9 if is_name else 6)
