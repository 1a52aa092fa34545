"""Fold and tokenise text. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Letters that Unicode does not decompose, and Arabic letters that people interchange.
_LETTERS = str.maketrans(
    {
        **dict(
            zip("łŁøØđĐıİßæÆœŒþÞð", "l l o o d d i i ss ae ae oe oe th th d".split(), strict=True)
        ),
        **dict(zip("أإآٱىئةؤکیە", "ا ا ا ا ي ي ه و ك ي ه".split(), strict=True)),
        "ё": "е",
        "Ё": "Е",
        "ґ": "г",
        "Ґ": "Г",
        "ـ": "",
        "ʼ": "'",
        "’": "'",
        "`": "'",
        "´": "'",
    }
)
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_TOKEN = re.compile(
    rf"[{_UNSPACED}]|[^\W\d_\u02bc{_UNSPACED}]+(?:[\u0300-\u036f\u064b-\u0652]+[^\W\d_\u02bc{_UNSPACED}]*)*|\d+|[^\s\w]|_|\u02bc"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a run of digits or a sign.

    Attributes:
        text: as written.
        folded: without case, accents and variants of letters.
        start: offset in the text; ``end`` is exclusive.
        kind: ``word``, ``number`` or ``sign``.
    """

    text: str
    folded: str
    start: int
    end: int
    kind: str

    @property
    def is_capital(self) -> bool:
        """Whether the word begins with a capital letter."""
        return self.text[:1].isupper()


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Return a text without case, accents, width and variants of letters."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = []
    before = ""
    for char in decomposed:
        if unicodedata.combining(char):
            # й and ї are letters of their own; so are the voiced letters of Japanese.
            if ("Ѐ" <= before <= "ӿ" and char in "\u0306\u0308") or char in "\u3099\u309a":
                kept.append(char)
            continue
        before = char
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS)


def is_unspaced(char: str) -> bool:
    """Return whether a letter is of a script that writes no spaces between words."""
    return bool(char) and (
        "\u0e00" <= char <= "\u0eff"
        or "\u1000" <= char <= "\u109f"
        or "\u1780" <= char <= "\u17ff"
        or "\u3040" <= char <= "\u30ff"
        or "\u3400" <= char <= "\u9fff"
    )


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a text. A letter of a script without spaces is a token of its own."""
    tokens = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        first = word[0]
        kind = "number" if first.isdecimal() else "word" if first.isalpha() else "sign"
        tokens.append(Token(word, fold(word), match.start(), match.end(), kind))
    return tokens


@lru_cache(maxsize=16384)
def key(name: str) -> str:
    """Return a name as a key of the table: its folded words, joined by spaces.

    Words of scripts without spaces are joined without one.
    """
    return join([token.folded for token in tokenise(name) if token.kind != "sign"])


def join(words: list[str]) -> str:
    """Join folded words to a key."""
    parts: list[str] = []
    for word in words:
        if parts and not (is_unspaced(word[:1]) and is_unspaced(parts[-1][-1:])):
            parts.append(" ")
        parts.append(word)
    return "".join(parts)


def script(char: str) -> str:
    """Return the script of a letter: ``latin``, ``cyrillic``, ``greek``, ``arabic``, … or ``''``."""
    code = ord(char)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "latin" if char.isalpha() else ""
    if 0x370 <= code < 0x400 or 0x1F00 <= code < 0x2000:
        return "greek"
    if 0x400 <= code < 0x530:
        return "cyrillic"
    if 0x590 <= code < 0x600:
        return "hebrew"
    if 0x600 <= code < 0x780 or 0xFB50 <= code < 0xFE00 or 0xFE70 <= code < 0xFF00:
        return "arabic"
    if 0x900 <= code < 0x980:
        return "devanagari"
    if 0x980 <= code < 0xA00:
        return "bengali"
    if 0xB80 <= code < 0xC00:
        return "tamil"
    if 0xE00 <= code < 0xE80:
        return "thai"
    if 0x3040 <= code < 0x3100:
        return "kana"
    if 0x3400 <= code < 0xA000:
        return "han"
    if 0xAC00 <= code < 0xD7B0:
        return "hangul"
    return "other" if char.isalpha() else ""
