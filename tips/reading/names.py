"""Names of shops, brands, people, streets and hotels, and their keys across scripts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tips.reading import entries
from tips.reading import text as texts
from tips.reading.analysis import Analysis

COMMON_ZIPF = 4.7  # of a word with a capital within a sentence
_PARTICLES = frozenset("da do das dos della delle degli dei du des der den ten".split())
_QUOTED = re.compile(r"[«“„\"「『]([^«»“”„\"」』\n]{2,40})[»”“\"」』]")
_JOINED = frozenset({"&", "-", "'", "’", "."})


@dataclass(slots=True)
class Mention:
    """A name: tokens ``first`` to ``last`` (exclusive), as written, and how certain it is."""

    name: str
    first: int
    last: int
    score: float


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """Return a key by which a name in any script can be compared: its Latin letters, plainly.

    Doubled letters count once, and letters that alphabets interchange count as one. Compare keys
    with a tolerance: alphabets such as Arabic leave out vowels.
    """
    from anyascii import anyascii

    plain = re.sub(r"[^a-z0-9]", "", anyascii(texts.fold(name)).lower())
    for one, other in (
        ("kh", "h"),
        ("ph", "f"),
        ("ck", "k"),
        ("ch", "h"),
        ("x", "ks"),
        ("q", "k"),
        ("w", "v"),
        ("y", "i"),
        ("j", "i"),
        ("c", "k"),
        ("z", "s"),
    ):
        plain = plain.replace(one, other)
    return re.sub(r"(.)\1+", r"\1", plain)


def skeleton(key: str) -> str:
    """Return the consonants of a key."""
    return re.sub(r"[aeiou]", "", key)


def find(found: Analysis, taken: set[int]) -> list[Mention]:
    """Return names in order of the text. ``taken`` are the tokens of places, numbers and links."""
    mentions: list[Mention] = []
    tokens = found.tokens
    used = set(taken)
    for match in _QUOTED.finditer(found.text):
        inside = [i for i, t in enumerate(tokens) if match.start(1) <= t.start < match.end(1)]
        words = [i for i in inside if tokens[i].kind == "word"]
        if not inside or not words or len(words) > 4 or used.intersection(inside):
            continue
        first = tokens[inside[0]]
        if first.text.lower() != first.text.upper() and not first.is_capital:
            continue
        if any("copula" in found.classes[i] for i in words):
            continue
        mentions.append(Mention(match.group(1), inside[0], inside[-1] + 1, 0.8))
        used.update(inside)
    if found.is_shouting:
        return mentions
    mentions += _chinese_brands(found, used)
    index = 0
    while index < len(tokens):
        mention = (
            _at(found, index, used) if index not in used and tokens[index].kind == "word" else None
        )
        if mention:
            mentions.append(mention)
            index = mention.last
        else:
            index += 1
    return sorted(mentions, key=lambda m: m.first)


def _chinese_brands(found: Analysis, used: set[int]) -> list[Mention]:
    """Return what stands before 牌: 海鸥牌的手表. Its tokens are added to ``used``."""
    mentions = []
    for match in _BRAND.finditer(found.text) if found.language == "zh" else ():
        inside = [i for i, t in enumerate(found.tokens) if match.start(1) <= t.start < match.end(1)]
        if inside and not used.intersection(inside):
            mentions.append(Mention(match.group(1), inside[0], inside[-1] + 1, 0.75))
            used.update(inside)
    return mentions


_BRAND = re.compile(
    r"(?:^|[是的个款用买有块只把台，。、；：\s])([\u4e00-\u9fff]{2,3})牌(?![子照号坊匾楼示])"
)
_LODGINGS = (
    "hotel",
    "pension",
    "hostel",
    "pensjonat",
    "ξενοδοχ",
    "отель",
    "готель",
    "пансион",
    "пансіон",
)


def _is_named(found: Analysis, index: int) -> bool:
    """Return whether a German noun is a name: a shop, firm or person is said to be one before it."""
    before = index - 1
    if found.has(before, "hotel") or found.has(before, "person") or found.has(before, "street"):
        return True
    token = found.tokens[index]
    frequencies = found.table.frequencies(token.folded)
    rare = frequencies.get("de", 0.0) < 3.0 and len(token.text) <= 10
    # What is known in many languages, and is no word of the grammar, is a brand: Aldi, Lego.
    known = len(frequencies) >= 4 and frequencies.get("de", 0.0) < 4.5 and not found.classes[index]
    return (
        (rare or known)
        and before >= 0
        and found.tokens[before].folded
        in (
            "bei",
            "von",
            "kein",
            "keine",
            "sondern",
            "ein",
            "einem",
            "einen",
            "heisst",
            "marke",
            "nicht",
        )
    )


def _is_common(found: Analysis, index: int) -> bool:
    token = found.tokens[index]
    zipf = found.table.frequencies(token.folded).get(found.language, 0.0)
    limit = 3.0 if found.language == "de" else COMMON_ZIPF
    return zipf >= limit or (bool(found.classes[index] - {"street", "hotel"}) and zipf > 3)


def _at(found: Analysis, index: int, used: set[int]) -> Mention | None:
    tokens = found.tokens
    token = tokens[index]
    if token.text.lower() == token.text.upper():
        rare = found.table.frequencies(token.folded).get(found.language, 0.0) < 4.5
        cue = found.has(index - 1, "hotel") and not found.classes[index]
        if found.language == "ar" and cue and rare and len(token.text) >= 3:
            return Mention(token.text, index, index + 1, 0.6)
        return None
    if not token.is_capital:
        return None
    kinds = {m.kind for m in found.table.meanings(token.folded)}
    joined = index + 1 < len(tokens) and tokens[index + 1].text == "&"
    if not joined and kinds & {
        entries.LANGUAGE,
        entries.DEMONYM,
        entries.CURRENCY_NOUN,
        entries.MONTH,
    }:
        return None
    starts = (
        index == 0
        or tokens[index - 1].text in ".!?…\n"
        or (tokens[index - 1].text == ":" and not found.has(index - 2, "hotel"))
        or (found.clause[index - 1] == -1 and tokens[index - 1].text in '"„«(-–')
    )
    last = index + 1
    while last < len(tokens) and last not in used:
        if (
            tokens[last].kind == "word"
            and tokens[last].is_capital
            and found.clause[last] == found.clause[index]
        ):
            last += 1
        elif (
            tokens[last].text in _PARTICLES
            and last + 1 < len(tokens)
            and tokens[last + 1].is_capital
            and last + 1 not in used
        ):
            last += 2  # Feira da Ladra
        elif (
            tokens[last].text in _JOINED
            and last + 1 < len(tokens)
            and tokens[last + 1].kind == "word"
            and tokens[last + 1].is_capital
            and last + 1 not in used
            and (tokens[last].text != "." or len(tokens[last - 1].text) == 1)
            and tokens[last].end - tokens[last].start == 1
        ):
            last += 2
        else:
            break
    words = [i for i in range(index, last) if tokens[i].kind == "word"]
    if starts and len(words) == 1:
        if (
            _is_common(found, index)
            or found.table.frequencies(token.folded).get(found.language, 0.0) >= 3.0
            or len(token.text) < 3
        ):
            return None
        return Mention(token.text, index, last, 0.5)
    if (
        starts
        and len(words) > 1
        and _is_common(found, words[0])
        and not found.has(words[0], "hotel")
        and not found.has(words[0], "street")
    ):
        index = words[1]
        words = words[1:]
    if all(_is_common(found, i) for i in words) and not (len(words) > 1 and found.language != "de"):
        cue = index > 0 and (found.has(index - 1, "hotel") or found.has(index - 1, "person"))
        branded = found.language == "de" and len(words) == 1 and not _is_named(found, index)
        if (not cue and found.language != "de") or branded:
            return None
    if len(words) == 1 and len(tokens[words[0]].text) < 2:
        return None
    if found.language == "de":
        # 'Nähmaschine Marke Melano' is Melano: German nouns have capitals, too.
        cues = [
            i
            for i in words[:-1]
            if found.has(i, "hotel") and not tokens[i].folded.startswith(_LODGINGS)
        ]
        if cues:
            words = [i for i in words if i > cues[-1]]
            index = words[0]
    # 'Brauerei Hartmoser' is Hartmoser, but a hotel's name has the word hotel in it.
    while (
        len(words) > 1
        and (found.has(words[0], "hotel") or found.has(words[0], "person"))
        and not tokens[words[0]].folded.startswith(_LODGINGS)
    ):
        words = words[1:]
        index = words[0]
    if found.language == "de" and len(words) == 1 and not _is_named(found, index):
        return None
    if (
        index
        and index - 1 not in used
        and tokens[index - 1].folded.startswith(_LODGINGS)
        and tokens[index - 1].end + 1 == tokens[index].start
    ):
        index -= 1
    first = index
    if (
        found.has(index - 1, "street")
        and not tokens[index - 1].is_capital
        and index - 1 not in used
        and tokens[index - 1].kind == "word"
    ):
        first = index - 1
    name = found.text[tokens[first].start : tokens[last - 1].end]
    return Mention(name, first, last, 0.75)
