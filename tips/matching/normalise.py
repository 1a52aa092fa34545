"""Normalise a text: ignore spelling, case, accents, layout and email boilerplate. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import parse_qsl, urlencode, urlsplit

from tips.matching.stopwords import CLOSINGS, HEADERS, PHRASES
from tips.reading import known
from tips.reading import links as found_links
from tips.reading import text as texts
from tips.reading.links import LINK
from tips.reading.text import fold

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TRACKING = re.compile(
    r"^(utm_|fbclid|gclid|dclid|msclkid|igshid|igsh$|mc_|mkt_|ref$|ref_|src$|source$|si$|feature$|"
    r"share|s$|spm|_ga|yclid|ved$|sa$|usg$|sc_|wt_|cmpid|campaign)",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"^(www\d?|m|mobile|touch|amp)\.(?=[^.]+\.[^.]+)", re.IGNORECASE)
_EDITION = re.compile(r"^[a-z]{2}\.(?=[^.]+\.[^.]+)")
_EDITION_PATH = re.compile(r"^/[a-z]{2}([-_][a-z]{2})?(?=/)")
_QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_RULE = re.compile(r"^\W*[-_=*]{2,}.*$|^[-_=*\s]+$")
_WROTE = re.compile(
    r"^.{0,120}\b(wrote|writes|schrieb|a écrit|escribió|scrisse|schreef|napisał[a]?|написав|написал[аи]?|έγραψε)\s*:?\s*$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\W*([^\W\d_][\w-]{0,12})\s*[:：]\s")

# Letters that look like letters of another script: Unicode's confusables among the common letters
# of Latin, Cyrillic and Greek.
_LATIN = str.maketrans(
    "аеорсхуіјѕԁһѵԛԝӏкмтвнАЕОРСХУІЈЅКМТВНԌԚԜαορνικτυχεΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcxyijsdhvqwlkmtbhAEOPCXYIJSKMTBHGQWaopviktuxeABEZHIKMNOPTYX",
)
_CYRILLIC = str.maketrans("aeopcxyijskmtbhAEOPCXYIJSKMTBH", "аеорсхуіјѕкмтвнАЕОРСХУІЈЅКМТВН")
_GREEK = str.maketrans("aopvikuxeABEZHIKMNOPTYX", "αορνικυχεΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")


def clean(text: str) -> str:
    """Resolve HTML entities and compatibility forms; remove invisible characters and look-alikes."""
    resolved = unicodedata.normalize("NFKC", html.unescape(text))
    seen = "".join(char for char in resolved if unicodedata.category(char) != "Cf")
    return _unify_scripts(seen)


def _script(char: str) -> str:
    if char < "\u0250":
        return "latin" if char.isalpha() else ""
    if "\u0370" <= char <= "\u03ff" or "\u1f00" <= char <= "\u1fff":
        return "greek"
    if "\u0400" <= char <= "\u052f":
        return "cyrillic"
    return ""


_TO_SCRIPT = {"latin": _LATIN, "cyrillic": _CYRILLIC, "greek": _GREEK}


def _scripts(text: str) -> set[str]:
    return {script for char in text if (script := _script(char))}


def _transcribe(word: str, script: str) -> str | None:
    """Return a word with its look-alikes in a script, or None if a letter has none."""
    turned = word.translate(_TO_SCRIPT[script])
    return turned if _scripts(turned) == {script} else None


def _unify_scripts(text: str) -> str:
    """Write each word in one script by replacing letters that only look like letters of it.

    Each word is decided by itself. A word stays as it is if all its letters are of one script that
    the text really uses: some word of that script has a letter without look-alikes. Otherwise a
    word of look-alikes is written in one of the used scripts, the one with most letters first.
    """
    counts: dict[str, int] = {}
    for char in text:
        if script := _script(char):
            counts[script] = counts.get(script, 0) + 1
    if len(counts) < 2:
        return text
    by_use = sorted(counts, key=lambda script: -counts[script])
    used = {by_use[0]}
    for word in _WORD.findall(text):
        scripts = _scripts(word)
        if len(scripts) == 1 and not any(
            _transcribe(word, other) for other in counts if other not in scripts
        ):
            used |= scripts

    def whole(match: re.Match[str]) -> str:
        word = match.group()
        scripts = _scripts(word)
        if len(scripts) == 1 and scripts <= used:
            return word
        for target in (*by_use, "latin", "cyrillic", "greek"):
            if (len(scripts) > 1 or target in used) and (turned := _transcribe(word, target)):
                return turned
        return word

    return _WORD.sub(whole, text)


def strip_boilerplate(text: str) -> str:
    """Remove quoting, mail headers and a signature from a message.

    Only short parts that name nothing are removed. The stored tip keeps them.
    """
    return strip_clean(clean(text))


def strip_clean(cleaned: str) -> str:
    """Do the same with a text that :func:`clean` has returned."""
    lines = _QUOTE.sub("", cleaned).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = [line for line in lines if not _is_header(line)]
    return "\n".join(_strip_signature(kept)).strip() or cleaned.strip()


def _is_header(line: str) -> bool:
    if _RULE.match(line) and not LINK.search(line) and not any(char.isdigit() for char in line):
        return True
    if _WROTE.match(line):
        return True
    header = _HEADER.match(line)
    return header is not None and fold(header.group(1)) in HEADERS


def _strip_signature(lines: list[str]) -> list[str]:
    filled = [index for index, line in enumerate(lines) if line.strip()]
    for index in filled[1:][-5:]:
        tail = [line for line in lines[index:] if line.strip()]
        if _is_signature(tail):
            return lines[:index]
    if filled:  # 'Thanks, Jane' at the end of the last line
        last = lines[filled[-1]]
        cut = max((match.end() for match in re.finditer(r"(?<![.!?…])[.!?…]+\s+", last)), default=0)
        if cut and len(last[cut:].split()) <= 4 and _is_signature([last[cut:]]):
            return [*lines[: filled[-1]], last[:cut]]
    return lines


def _is_signature(tail: list[str]) -> bool:
    """Return whether lines are a closing and a name, without a number, link or known place."""
    if not fold(tail[0]).strip(" \t,.!-–—*").startswith(CLOSINGS):
        return False
    for line in tail:
        parts = line.split()
        if len(parts) > 6 or re.search(r"\d", line) or LINK.search(line):
            return False
        if any(len(word) >= 4 and known.is_place(word.strip(".,!")) for word in parts[1:]):
            return False
    return True


def is_unspaced(char: str) -> bool:
    """Return whether a letter is of a script without spaces, or with glued words (Korean)."""
    return texts.is_unspaced(char) or "\uac00" <= char <= "\ud7af"


def words(text: str) -> list[str]:
    """Return the folded words of a message without links.

    In a script without spaces, each letter is a word.
    """
    return list(body_words(strip_boilerplate(text)))


def body_words(body: str) -> tuple[str, ...]:
    """Return the folded words of a text without boilerplate, or of a part of one."""
    found: list[str] = []
    for match in _WORD.finditer(_without_phrases(LINK.sub(" ", body))):
        word = fold(match.group()).translate(_WITHOUT_MARKS)
        if any(is_unspaced(char) for char in word):
            found.extend(_split_unspaced(word))
        else:
            found.extend(_strip_arabic_prefix(part) for part in _split_elision(word))
    return tuple(found)


# People type Cyrillic without its marks, and no important words differ only in them.
_WITHOUT_MARKS = str.maketrans("йїёґ", "иіег")
_ELISION = re.compile(r"(l|d|j|m|t|s|c|n|qu|dell|nell|all|sull|un)['’](\w{2,})")


def _split_elision(word: str) -> list[str]:
    """Split what French and Italian join with an apostrophe. The negation *n'* becomes *ne*."""
    match = _ELISION.fullmatch(word)
    if match is None:
        return [word]
    return ["ne" if match.group(1) == "n" else match.group(1), match.group(2)]


def _without_phrases(text: str) -> str:
    if not any(is_unspaced(char) for char in text):
        return text
    for phrase in PHRASES:
        text = text.replace(phrase, " ")
    return text


def _split_unspaced(word: str) -> list[str]:
    """Split a run without spaces into letters with their marks (Thai). Latin parts stay whole."""
    found: list[str] = []
    for char in word:
        if is_unspaced(char):
            if found and unicodedata.category(char).startswith("M"):
                found[-1] += char
            else:
                found.append(char)
        elif found and not is_unspaced(found[-1][0]):
            found[-1] += char
        else:
            found.append(char)
    return found


def _strip_arabic_prefix(word: str) -> str:
    """Remove prefixes such as 'and', 'with' and 'the' from an Arabic word that is long enough."""
    if not "\u0600" <= word[0] <= "\u06ff":
        return word
    if word[0] in "وف" and len(word) > 4:
        word = word[1:]
    for glued in ("بال", "كال", "لل", "ال"):
        if word.startswith(glued) and len(word) - len(glued) >= 3:
            return word[len(glued) :]
    return word


def links(text: str, url: str = "") -> frozenset[str]:
    """Return the normalised links in a text and in the form's link field."""
    return clean_links(clean(text), url)


def clean_links(cleaned: str, url: str = "") -> frozenset[str]:
    """Do the same with a text that :func:`clean` has returned."""
    given = [link.evidence.words for link in found_links.find(cleaned)]
    return frozenset(link for link in map(normalise_link, [*given, url]) if link)


def normalise_link(link: str) -> str:
    """Remove scheme, mobile host, tracking parameters, fragment, case and trailing punctuation.

    Shortened links stay as they are. Nothing is ever fetched.
    """
    link = link.strip().rstrip(".,;:!?)]}'\"،。")
    if not link:
        return ""
    try:
        parts = urlsplit(link if "://" in link else f"http://{link}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return link.lower()
    while shorter := _MOBILE.match(host):
        host = host[shorter.end() :]
    query = urlencode(sorted(p for p in parse_qsl(parts.query) if not _TRACKING.match(p[0])))
    path = re.sub(r"/(index\.(html?|php))?$", "", parts.path)
    return f"{host}{path}{'?' + query if query else ''}".casefold()


def page_key(link: str) -> str:
    """Return the part of a normalised link that its editions for other countries share."""
    host, slash, path = link.partition("/")
    host = _EDITION.sub("", host)
    host = re.sub(r"(\.(com?|org|net|gov|edu))?\.[a-z]{2,}$", "", host)
    path = _EDITION_PATH.sub("", slash + path)
    return f"{host}{path}" if len(path) > 1 else ""
