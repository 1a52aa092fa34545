"""The form of a text in which spelling, case, accents and layout do not matter. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit

from tips.places.gazetteer import fold, is_unspaced

LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'()]+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TRACKING = re.compile(r"^(utm_|fbclid|gclid|igshid|mc_|ref$|ref_)", re.IGNORECASE)


def plain(text: str) -> str:
    """Resolve HTML entities and compatibility forms, and drop characters without a width."""
    resolved = unicodedata.normalize("NFKC", html.unescape(text))
    return "".join(char for char in resolved if unicodedata.category(char) != "Cf")


def words(text: str) -> list[str]:
    """Split a text into folded words; a script without spaces gives one word a letter. Links are left out."""
    found: list[str] = []
    for match in _WORD.finditer(LINK.sub(" ", plain(text))):
        word = fold(match.group())
        if any(is_unspaced(char) for char in word):
            found.extend(word)
        else:
            found.append(word)
    return found


def links(text: str, url: str = "") -> frozenset[str]:
    """Give the links in a text and a form's link field, without what does not matter in them."""
    given = [match.group() for match in LINK.finditer(plain(text))]
    return frozenset(link for link in map(normal_link, [*given, url]) if link)


def normal_link(link: str) -> str:
    """Drop scheme, ``www.`` and ``m.``, tracking parameters, fragment and trailing punctuation."""
    link = link.strip().rstrip(".,;:!?)]}'\"")
    if not link:
        return ""
    try:
        parts = urlsplit(link if "://" in link else f"http://{link}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return link.lower()
    host = re.sub(r"^(www|m|mobile)\.", "", host)
    query = urlencode(sorted(p for p in parse_qsl(parts.query) if not _TRACKING.match(p[0])))
    return f"{host}{parts.path.rstrip('/')}{'?' + query if query else ''}"
