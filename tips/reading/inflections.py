"""Names of places with an ending of a case or a glued preposition. Pure."""

from __future__ import annotations

from tips.reading import entries
from tips.reading.analysis import Analysis
from tips.reading.countries import demonym_of, is_fixed
from tips.reading.meanings import choose
from tips.reading.mentions import Mention

_ARABIC_PREFIXES = (
    "وبال",
    "وال",
    "بال",
    "كال",
    "فال",
    "لل",
    "ال",
    "وب",
    "ول",
    "و",
    "ب",
    "ل",
    "ف",
    "ك",
)
_NISBA = ("يين", "يون", "يات", "يه", "ية", "ي")


def inflected(found: Analysis, parts: list[str], first: int, last: int) -> Mention | None:
    """Return the place whose name stands here with a case ending or a glued preposition."""
    word = parts[-1]
    rules = found.grammar
    if found.language == "ar" and len(parts) <= 2:
        return _arabic(found, parts, first, last)
    if len(word) < 4:
        return None
    if len(parts) == 1:
        demonym = _adjective(found, word, first, last)
        if demonym:
            return demonym
    if not rules.case:
        return None
    if (
        not found.tokens[first].is_capital
        and not found.is_quiet
        and found.tokens[first].text.lower() != found.tokens[first].text.upper()
    ):
        return None
    if len(parts) == 2:
        return _inflected_pair(found, parts, first, last)
    best: Mention | None = None
    for ending, instead in rules.case:
        if not word.endswith(ending) or len(word) - len(ending) < 3:
            continue
        key = " ".join([*parts[:-1], word[: len(word) - len(ending)] + instead])
        for form in dict.fromkeys((key, *_alternations(key, found.language))):
            if not found.table.meanings(form):
                continue
            mention = choose(found, form, first, last, 0.08)
            if mention and mention.kind in ("city", "region"):
                population = found.table.place(mention.place).population
                if mention.kind == "city" and population < 20_000:
                    continue
                starts = first == 0 or found.tokens[first - 1].text in ".!?…:"
                if starts and found.table.frequencies(word).get(found.language, 0.0) > 2.9:
                    continue
            if (
                mention
                and mention.kind != "nothing"
                and (best is None or _weight(found, mention) > _weight(found, best))
            ):
                best = mention
    return best


def _inflected_pair(found: Analysis, parts: list[str], first: int, last: int) -> Mention | None:
    """Return the country or town of two words that are both inflected: Північної Македонії."""
    endings = ("a", "y", "i", "а", "ая", "ий", "ый", "я", "")
    pairs = [*found.grammar.case, *found.grammar.adjective]
    forms: list[dict[str, None]] = []
    for word in parts:
        known: dict[str, None] = {word: None}
        for ending, instead in pairs:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                stem = word[: len(word) - len(ending)]
                known[stem + instead] = None
                if len(ending) > 1:
                    known.update(dict.fromkeys(stem + each for each in endings))
        forms.append(known)
    for one in forms[0]:
        for other in forms[1]:
            key = f"{one} {other}"
            if (one, other) != tuple(parts) and found.table.meanings(key):
                mention = choose(found, key, first, last, 0.05)
                if mention and (
                    mention.kind != "city" or found.table.place(mention.place).population >= 20_000
                ):
                    return mention
    return None


def _adjective(found: Analysis, word: str, first: int, last: int) -> Mention | None:
    """Return the country of an adjective that only its ending keeps from the table."""
    for ending, instead in found.grammar.adjective:
        if not word.endswith(ending) or len(word) - len(ending) < 4:
            continue
        stem = word[: len(word) - len(ending)] + instead
        if code := found.grammar.demonyms.get(stem):
            return demonym_of(found, code, first, last)
        for meaning in found.table.meanings(stem):
            if meaning.language != found.language or not meaning.value:
                continue
            if meaning.kind in (entries.DEMONYM, entries.LANGUAGE) or (
                meaning.kind == entries.COUNTRY and instead
            ):
                country = str(meaning.value)
                if meaning.kind == entries.LANGUAGE:
                    continue
                if any("label" in found.classes[i] for i in found.near(first)):
                    languages = [
                        m
                        for m in found.table.meanings(stem)
                        if m.kind == entries.LANGUAGE and m.language == found.language
                    ]
                    if languages:
                        return Mention("language", str(languages[0].value), first, last, 0.85)
                if is_fixed(found, first, last):
                    return Mention("nothing", "", first, last, 0.0)
                return Mention("demonym", country, first, last, 0.88)
    return None


def _weight(found: Analysis, mention: Mention) -> float:
    if mention.kind == "country":
        return 9.0
    if mention.kind == "demonym":
        return 8.0
    return mention.options[0][1] if mention.options else 5.0


def _alternations(key: str, language: str) -> tuple[str, ...]:
    """Return a stem as it stands in the nominative: Львов- is Львів, Харков- is Харків."""
    if language == "uk" and len(key) > 4:
        at = max(key.rfind("о"), key.rfind("е"))
        if at > 0:
            return (f"{key[:at]}і{key[at + 1 :]}",)
    if language == "pl" and "o" in key[-3:]:
        return ()
    return ()


def _arabic(found: Analysis, parts: list[str], first: int, last: int) -> Mention | None:
    word = parts[0]
    stems = [word]
    for prefix in _ARABIC_PREFIXES:
        if (
            word.startswith(prefix)
            and len(word) - len(prefix) >= 3
            and not found.table.frequencies(word).get("ar", 0) >= 4.0
        ):
            stems += [word[len(prefix) :], "ال" + word[len(prefix) :]]
    glued = stems[1:]
    for stem in glued:
        key = " ".join([stem, *parts[1:]])
        mention = choose(found, key, first, last, 0.03)
        if mention:
            prefixed = word[0] in "بلف" or word.startswith("وب")
            if mention.kind in ("city", "region"):
                population = found.table.place(mention.place).population
                if (
                    population < (30_000 if prefixed else 200_000)
                    or len(stem.removeprefix("ال")) < 4
                ):
                    continue
            return mention
    if len(parts) == 1:
        for stem in stems:
            for ending in _NISBA:
                if not stem.endswith(ending) or len(stem) - len(ending) < 3:
                    continue
                root = stem[: -len(ending)].removeprefix("ال")
                for name in (root, root + "ا", root + "يا", root + "ه", "ال" + root, root + "ان"):
                    for meaning in found.table.meanings(name):
                        if meaning.kind == entries.COUNTRY and meaning.language == "ar":
                            if any(
                                "label" in found.classes[i] for i in found.near(first)
                            ) and ending in ("يه", "ية"):
                                continue
                            return Mention("demonym", str(meaning.value), first, last, 0.85)
    return None
