"""Places in a text: countries, demonyms, regions, cities and airports. Pure."""

from __future__ import annotations

from tips.reading import entries
from tips.reading import text as texts
from tips.reading.analysis import Analysis
from tips.reading.inflections import inflected
from tips.reading.meanings import choose
from tips.reading.mentions import Mention

MAX_WORDS = 6


def find(found: Analysis, taken: set[int]) -> list[Mention]:
    """Return the places of a text in order; a longer name wins over the name inside it."""
    mentions: list[Mention] = []
    index = 0
    while index < len(found.tokens):
        mention = None
        token = found.tokens[index]
        if token.kind == "word" and index not in taken:
            mention = (
                _unspaced(found, index)
                if texts.is_unspaced(token.folded[:1])
                else _spaced(found, index, taken)
            )
        if mention:
            mentions.append(mention)
            index = mention.last
        else:
            index += 1
    return _supported(found, _narrow(found, [m for m in mentions if m.kind != "nothing"]))


def _supported(found: Analysis, mentions: list[Mention]) -> list[Mention]:
    """Leave out small towns that nothing else in the text speaks for.

    Most words are also the name of some village. A village is believed where the text names its
    country, or is in a language of its country, and where another place is named it must be there.
    """
    kept = []
    speakers = set(found.table.speakers.get(found.language, ()))
    for mention in mentions:
        if mention.kind == "city":
            population = found.table.place(mention.place).population
            others = {
                m.country for m in mentions
                if m is not mention and (m.kind != "city" or found.table.place(m.place).population > population)
            }  # fmt: skip
            first, tokens = mention.first, found.tokens
            introduced = (
                found.has(first - 1, "from")
                or found.has(first - 2, "from")
                or (first > 0 and tokens[first - 1].text in ",(:")
                or found.language in ("tr", "ar", "zh")
            )
            if (
                others
                and mention.country not in others
                and not introduced
                and population < 1_000_000
            ):
                continue
            if population < 100_000 and mention.country not in others:
                if others and population < 30_000 and mention.score < 0.9:
                    continue
                if (
                    mention.country not in speakers
                    and population < 15_000
                    and not found.has(mention.first - 1, "from")
                ):
                    continue
        kept.append(mention)
    return kept


def _spaced(found: Analysis, index: int, taken: set[int]) -> Mention | None:
    tokens = found.tokens
    parts: list[str] = []
    ends: list[int] = []
    last = index
    while last < len(tokens) and len(parts) < MAX_WORDS:
        token = tokens[last]
        if token.kind == "word" and last not in taken:
            parts.append(token.folded)
            ends.append(last + 1)
        elif (
            token.kind == "number"
            or token.text not in ".-'’‑&"
            or last in taken
            or (token.text == "." and len(tokens[last - 1].text) > 3)
        ):
            break
        last += 1
    for count in range(len(parts), 0, -1):
        key = " ".join(parts[:count])
        last = ends[count - 1]
        mention = choose(found, key, index, last)
        if mention is None and count <= 2:
            mention = inflected(found, parts[:count], index, last)
        if mention:
            return mention
    return None


def _unspaced(found: Analysis, index: int) -> Mention | None:
    tokens = found.tokens
    last = index
    while last < len(tokens) and last - index < 14 and texts.is_unspaced(tokens[last].folded[:1]):
        last += 1
    run = "".join(t.folded for t in tokens[index:last])
    for key in reversed(found.table.prefixes(run)):
        if len(key) < 2:
            continue
        last = index + len(key)
        if _is_katakana(key[-1]) and last < len(tokens) and _is_katakana(tokens[last].folded[:1]):
            continue  # タイル is a tile and not Thailand
        mention = choose(found, key, index, last)
        if mention and found.has(last, "fixed"):
            return Mention("nothing", "", index, last, 0.0)
        if (
            mention
            and mention.kind == "country"
            and last < len(tokens)
            and tokens[last].folded in "文语語"
        ):
            for meaning in found.table.meanings(key + "语"):
                if meaning.kind == entries.LANGUAGE and meaning.language == found.language:
                    return Mention("language", str(meaning.value), index, last + 1, 0.9)
        if mention:
            return mention
        if any(m.kind == entries.WORD for m in found.table.meanings(key)):
            continue
    return None


def _is_katakana(char: str) -> bool:
    return "\u30a0" <= char <= "\u30ff"


def _narrow(found: Analysis, mentions: list[Mention]) -> list[Mention]:
    """Let a country or region beside a city decide which city is meant."""
    named = {m.country for m in mentions if m.kind in ("country", "demonym")}
    for position, mention in enumerate(mentions):
        if mention.kind not in ("city", "region"):
            continue
        following = mentions[position + 1] if position + 1 < len(mentions) else None
        apposition = following is not None and _is_beside(found, mention, following)
        wanted: set[str] = set()
        region = 0
        if apposition and following is not None and following.kind in ("country", "region"):
            wanted, region = {following.country}, following.place
            options = [(p, s) for p, s in mention.options if found.table.place(p).country in wanted]
            if not options and following.kind == "region":
                # 'Paris, Texas': the region may be the one of that name in another country.
                continue
        else:
            code = _state_code(found, mention)
            if code:
                country, region = code
                options = [
                    (p, s) for p, s in mention.options if found.table.place(p).country == country
                ]
                mention.last += 0
            else:
                options = [
                    (p, s) for p, s in mention.options if found.table.place(p).country in named
                ]
                if options and options[0][1] < mention.options[0][1] - 2.2:
                    options = []
        inside = [(p, s) for p, s in options if region and found.table.place(p).region == region]
        if inside or options:
            chosen = (inside or options)[0][0]
            mention.place, mention.country = chosen, found.table.place(chosen).country
            mention.score = max(mention.score, 0.93 if apposition or inside else mention.score)
    return mentions


def _is_beside(found: Analysis, one: Mention, other: Mention) -> bool:
    between = found.tokens[one.last : other.first]
    return len(between) <= 2 and all(
        t.text in ",("
        or t.folded in ("in", "en", "im", "w", "в", "у", "i", "στη", "στην", "la", "في")
        for t in between
    )


def _state_code(found: Analysis, mention: Mention) -> tuple[str, int] | None:
    """Return the country and region of a code after a city: 'Buffalo, NY'."""
    index = mention.last
    if index + 1 >= len(found.tokens) or found.tokens[index].text not in ",":
        return None
    token = found.tokens[index + 1]
    if not token.text.isupper() or len(token.text) > 3:
        return None
    for meaning in found.table.meanings(token.folded):
        if meaning.kind == entries.CODE and ":" in str(meaning.value):
            country, _, place = str(meaning.value).partition(":")
            if any(found.table.place(p).country == country for p, _ in mention.options):
                return country, int(place)
    return None
