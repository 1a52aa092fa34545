"""MinHash signatures (Broder 1997) and their bands: near-duplicates share at least one band. Pure.

The bands are of what weighs in a text, so that courtesy and endings do not tell apart. Six are of three
rows and four of two: texts whose pieces overlap by 0.7 (Jaccard) share one with probability 0.995, by 0.5
(a short text with two slips of the keyboard) with 0.86, and unlike ones (0.2) with 0.19.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from tips.geography.gazetteer import is_unspaced

BANDS = (3, 3, 3, 3, 3, 3, 2, 2, 2, 2)  # rows of each
SEED = 2017
MAX_LINKS = 3  # keys; a text with more is still found by its words


def shingles(words: Sequence[str]) -> list[str]:
    """Cut words into overlapping pieces of 4 letters, each word by itself: their order does not matter.

    Letters of a script without spaces (a word each) are taken in pairs with the next one.
    """
    found = []
    for index, word in enumerate(words):
        if is_unspaced(word[0]):
            following = words[index + 1] if index + 1 < len(words) else ""
            found.append(word + following[:1])
        elif len(word) <= 5:
            found.append(word)
        else:
            found += [word[start : start + 4] for start in range(len(word) - 3)]
    return found


def keys(words: Sequence[str], pages: Iterable[str] = (), *, space: int = 0) -> list[int]:
    """Give the index keys of a text: its bands, its exact words in any order, and its links' pages.

    Args:
        words: what weighs in the text (:attr:`guard.Details.content_words`).
        pages: what its links point to (:func:`normalise.page_key`).
        space: keys of two spaces (objects) never meet.

    Returns:
        Signed 64-bit integers, sorted, as PostgreSQL's bigint holds them.
    """
    from rensa import RMinHash

    found = [_key(space, "page", page) for page in sorted(pages)[:MAX_LINKS] if page]
    if words:
        sketch = RMinHash(num_perm=sum(BANDS), seed=SEED)
        sketch.update(shingles(words))
        digest = iter(sketch.digest())
        for band, rows in enumerate(BANDS):
            part = [next(digest) for _ in range(rows)]
            found.append(_key(space, f"band {band}", ",".join(map(str, part))))
        found.append(exact_key(words, space=space))
    return sorted(set(found))


def exact_key(words: Sequence[str], *, space: int = 0) -> int:
    """Give the key that only texts of the same words have."""
    return _key(space, "words", " ".join(sorted(words)))


def _key(space: int, kind: str, value: str) -> int:
    digest = hashlib.blake2b(f"{space}\x00{kind}\x00{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
