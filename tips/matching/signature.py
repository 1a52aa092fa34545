"""MinHash signatures (Broder 1997) and their bands: near-duplicates share at least one band. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

PERMUTATIONS = 64
BANDS = 16  # of 4 rows: texts of Jaccard similarity 0.7 share a band with probability 0.99
SEED = 2017


def shingles(words: list[str]) -> list[str]:
    """Cut the words' letters into overlapping pieces of 4, or the whole of a very short text."""
    joined = " ".join(words)
    size = 4 if len(joined) > 12 else 2
    return [joined[start : start + size] for start in range(max(1, len(joined) - size + 1))]


def keys(words: list[str], links: Iterable[str]) -> list[int]:
    """Give the index keys of a text: its bands, its exact words, and each of its links.

    Returns:
        Signed 64-bit integers, as PostgreSQL's bigint holds them.
    """
    from rensa import RMinHash

    found = [_key("link", link) for link in links]
    if words:
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update(shingles(words))
        digest = sketch.digest()
        rows = PERMUTATIONS // BANDS
        for band in range(BANDS):
            part = digest[band * rows : (band + 1) * rows]
            found.append(_key(f"band {band}", ",".join(map(str, part))))
        found.append(_key("words", " ".join(words)))
    return sorted(set(found))


def _key(kind: str, value: str) -> int:
    digest = hashlib.blake2b(f"{kind}\x00{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
