"""Decades: the eighties, die 80er, les années 60. Pure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from tips.reading.analysis import Analysis
from tips.reading.figures import YEARS, Raw


def decade(found: Analysis, raw: Raw) -> int | None:
    """Return the first year of a decade that a number means, or None."""
    tokens = found.tokens
    try:
        value = int(Decimal(raw.value))
    except InvalidOperation:
        return None
    if value % 10 or raw.to or raw.value.startswith("-"):
        return None
    century = (
        value
        if value in YEARS
        else 1900 + value
        if 20 <= value <= 90
        else 2000
        if raw.value in ("0", "00")
        else None
    )
    if century is None:
        return None
    if raw.form == "decade":
        return century
    before = raw.first - 1
    while before >= 0 and tokens[before].text in "'’ʼ`":
        before -= 1
    bare = (
        raw.last >= len(tokens)
        or tokens[raw.last].kind == "sign"
        or found.is_function_word(raw.last)
    )
    if (
        (raw.form == "word" or (raw.form == "digits" and len(raw.value) == 2))
        and bare
        and before >= 0
        and tokens[before].folded in ("los", "os")
    ):
        return century  # en los 80
    for each in (before, before - 1, before - 2):
        if (
            found.has(each, "decade_before")
            and (each == before or found.is_function_word(each + 1))
            and (
                (raw.form == "digits" and len(raw.value) == 2)
                or raw.form in ("word", "ordinal")
                or (value in YEARS and found.language in ("pl", "ro", "it", "es", "fr", "pt", "nl"))
            )
        ):
            return century
    after = raw.last
    while after < len(tokens) and tokens[after].text in "'’-‑–.":
        after += 1
    if after < len(tokens) and after - raw.last <= 2:
        word = tokens[after].folded
        glued = tokens[after].start - tokens[raw.last - 1].end <= 1
        if word in found.grammar.decade_after and glued and raw.form == "digits":
            return century
        if (
            found.language == "zh"
            and word == "年"
            and after + 1 < len(tokens)
            and tokens[after + 1].folded == "代"
        ):
            return century
        if raw.form == "ordinal" and (
            found.has(after, "decade_before") or _is_plural_ordinal(found, raw)
        ):
            return century
    elif raw.form == "ordinal" and _is_plural_ordinal(found, raw):
        return century
    return None


def _is_plural_ordinal(found: Analysis, raw: Raw) -> bool:
    """Return whether 'восьмидесятые' is the plural that names a decade."""
    word = found.tokens[raw.last - 1].folded
    return found.language in ("ru", "uk", "pl", "cs", "sk", "bg") and word.endswith(
        ("ые", "ых", "ті", "тих", "те", "ые", "te", "tych", "ych", "те")
    )
