"""Units of sizes and durations beside a number. Pure."""

from __future__ import annotations

from tips.reading import entries
from tips.reading import text as texts
from tips.reading.analysis import Analysis

UNITS = {
    "kilo": "kg", "kilos": "kg", "кило": "kg", "кіло": "kg", "κιλα": "kg", "κιλο": "kg", "كيلو": "kg", "公斤": "kg",
    "斤": "kg", "سل": "cl", "مل": "ml", "سم": "cm", "liter": "l", "升": "l", "米": "m", "厘米": "cm", "公分": "cm", "克": "g",
    "annee": "year", "annees": "year", "chilo": "kg", "chili": "kg", "quilo": "kg", "quilos": "kg", "quilinho": "kg",
    "dag": "day", "dagar": "day", "dager": "day", "dage": "day", "星期": "week", "礼拜": "week", "小时": "hour", "钟头": "hour",
    "分钟": "minute", "毫升": "ml", "santim": "cm", "σαντιμ": "cm", "cc": "ml", "χρονια": "year", "χρονο": "year", "χρονοσ": "year", '"': "in", "″": "in", "″ ": "in",
}  # fmt: skip


DURATIONS = frozenset({"year", "month", "week", "day", "hour", "minute"})


# Adjectives of units: двадцатилитровая, 20-litrowy.
ADJECTIVES = {
    "ru": (("сантиметров", "cm"), ("миллиметров", "mm"), ("килограммов", "kg"), ("литров", "l"), ("метров", "m")),
    "uk": (("сантиметров", "cm"), ("міліметров", "mm"), ("кілограмов", "kg"), ("літров", "l"), ("метров", "m")),
    "pl": (("centymetrow", "cm"), ("milimetrow", "mm"), ("kilogramow", "kg"), ("litrow", "l"), ("metrow", "m")),
}  # fmt: skip


def unit_at(found: Analysis, index: int) -> tuple[str, int] | None:
    """Return the unit that tokens at an index name, and the token after it."""
    tokens = found.tokens
    hyphened = 0 < index < len(tokens) and tokens[index - 1].text in "-‑"
    for stem, unit in ADJECTIVES.get(found.language, ()) if hyphened else ():
        if tokens[index].folded.startswith(stem):
            return (unit, index + 1)
    if found.language == "ar" and index < len(tokens) and tokens[index].folded.endswith("ترا"):
        for meaning in found.table.meanings(tokens[index].folded[:-1]):
            if meaning.kind == entries.UNIT and meaning.language == "ar":
                return (str(meaning.value), index + 1)
    if index < len(tokens) and tokens[index].text in "°":
        return ("C", index + 1)
    if (
        index < len(tokens)
        and tokens[index].folded in UNITS
        and not texts.is_unspaced(tokens[index].folded)
    ) and (tokens[index].text not in '"' or not any(t.text in '"' for t in tokens[:index])):
        return (UNITS[tokens[index].folded], index + 1)
    if index < len(tokens) and found.language == "tr" and tokens[index].kind == "word":
        word = tokens[index].folded
        for length in range(len(word), 2, -1):
            if word[:length] in UNITS:
                return (UNITS[word[:length]], index + 1)
            for meaning in found.table.meanings(word[:length]):
                if (
                    meaning.kind == entries.UNIT
                    and meaning.language == "tr"
                    and (length == len(word) or length >= 3)
                ):
                    return (str(meaning.value), index + 1)
    for length in (3, 2, 1):
        part = tokens[index : index + length]
        if len(part) < length or not part or any(t.kind == "number" for t in part):
            continue
        if part[-1].kind == "sign" and part[-1].text not in '%"″':
            continue
        if texts.is_unspaced(part[0].folded[:1]):
            run = "".join(t.folded for t in tokens[index : index + 4])
            for key in reversed(found.table.prefixes(run)):
                for meaning in found.table.meanings(key):
                    if meaning.kind == entries.UNIT and meaning.language == found.language:
                        return (str(meaning.value), index + len(key))
            for size in (2, 1):
                if run[:size] in UNITS:
                    return (UNITS[run[:size]], index + size)
            return {"年": ("year", index + 1), "天": ("day", index + 1)}.get(part[0].folded)
        key = texts.join([t.folded for t in part if t.kind != "sign"])
        for meaning in found.table.meanings(key) if key else ():
            if meaning.kind == entries.UNIT and meaning.language in (found.language, "en"):
                if (
                    meaning.language == "en"
                    and found.language != "en"
                    and (meaning.value in DURATIONS or meaning.value in ("in", "C", "V"))
                ):
                    continue
                if meaning.value == "C" and key == "c":
                    continue
                if meaning.value in ("in", "C") and len(key) <= 2 and not glued_inch(found, index):
                    continue
                if (
                    texts.key(found.text[part[0].start : part[-1].end])
                    in ("c", "v", "d", "h", "u", "a", "t", "j", "g")
                    and part[0].start != tokens[index - 1].end
                    and meaning.value != "g"
                ):
                    continue
                return (str(meaning.value), index + length)
    return None


def glued_inch(found: Analysis, index: int) -> bool:
    """Return whether 'in' is glued to its number or ends the clause, and so means inches."""
    tokens = found.tokens
    glued = index > 0 and tokens[index - 1].end == tokens[index].start
    return glued or index + 1 >= len(tokens) or tokens[index + 1].kind == "sign"


_SHORT = frozenset("cm mm kg ml km cl dl см мм кг".split())


def sure_unit(found: Analysis, form: str, unit: tuple[str, int]) -> bool:
    """Return whether a unit's word cannot be another word: after spelt numbers one letter can."""
    word = found.tokens[unit[1] - 1].folded
    return form == "digits" or len(word) > 2 or word in _SHORT or texts.is_unspaced(word[:1])
