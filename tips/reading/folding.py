"""Keys of names in bulk: the same as :func:`tips.reading.text.key`, several times as fast.

The table has a million names, most of them one or two plain words. For those a key needs no
tokens: letters fold one by one. Everything else goes the usual way.
"""

from __future__ import annotations

import re

from tips.reading import text

# Where letters fold each for itself: alphabets below Thai, and kana and Chinese characters.
_ALPHABETS = re.compile("[\0-\u02bb\u02bd-\u0dff]+")
_CHARACTERS = re.compile("[\u3040-\u30ff\u4e00-\u9fff]+")


class _Letters(dict[int, str]):
    """What each letter folds to, filled as letters come."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = text.fold(chr(code))
        return folded


_letters = _Letters()


def key(name: str) -> str:
    """Return a name as a key of the table."""
    if name.isalpha() and (_ALPHABETS.fullmatch(name) or _CHARACTERS.fullmatch(name)):
        return name.translate(_letters)
    if name.isascii() and name.replace(" ", "").isalpha():
        return " ".join(name.lower().split())
    return text.key(name)
