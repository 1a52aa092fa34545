"""MinHash signatures (Broder 1997) in bands: near-duplicates share at least one band. Pure.

Only content words count, so greetings make no difference. Six bands have three rows and four have
two. Texts whose shingles overlap by 0.7 (Jaccard) share a band with probability 0.995, by 0.5 (a
short text with two typos) with 0.86, and different ones (0.2) with 0.19.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from tips.matching.normalise import is_unspaced

BANDS = (3, 3, 3, 3, 3, 3, 2, 2, 2, 2)  # rows of each band
SEED = 2017
MAX_LINKS = 3  # a text with more links is still found by its words


def shingles(words: Sequence[str]) -> list[str]:
    """Cut words into overlapping pieces of 4 letters, each word by itself.

    So word order does not matter. Letters of a script without spaces (one word each) are paired
    with the next one.
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


def own_words(words: Sequence[str], others: Iterable[Sequence[str]]) -> list[str]:
    """Return the words that a text does not share with most of the others: what is not boilerplate."""
    known = [set(other) for other in others]
    common = Counter(word for other in known for word in other)
    return [word for word in words if 2 * common[word] <= len(known)]


def keys(
    words: Sequence[str], pages: Iterable[str] = (), *, space: int = 0, layer: str = ""
) -> list[int]:
    """Return the index keys of a text: its bands, its exact words, and its linked pages.

    Args:
        words: the content words (:attr:`details.Details.content_words`).
        pages: the linked pages (:func:`normalise.page_key`).
        space: keys of two spaces (objects) never meet.
        layer: neither do keys of two layers (whole texts, and texts without boilerplate).

    Returns:
        Signed 64-bit integers, sorted, as PostgreSQL's bigint holds them.
    """
    from rensa import RMinHash

    found = [_key(space, f"{layer}page", page) for page in sorted(pages)[:MAX_LINKS] if page]
    if words:
        sketch = RMinHash(num_perm=sum(BANDS), seed=SEED)
        sketch.update(shingles(words))
        digest = iter(sketch.digest())
        for band, rows in enumerate(BANDS):
            part = [next(digest) for _ in range(rows)]
            found.append(_key(space, f"{layer}band {band}", ",".join(map(str, part))))
        found.append(_key(space, f"{layer}words", " ".join(sorted(words))))
    return sorted(set(found))


def _key(space: int, kind: str, value: str) -> int:
    digest = hashlib.blake2b(f"{space}\x00{kind}\x00{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
