"""What bare digits are by a cue near them: a house, a road, a telephone, an age, an article. Pure."""

from __future__ import annotations

from tips.reading.beside import Beside, is_noun

# Languages that leave out the word for street, and tell it by the case of its name.
_INFLECTING = frozenset("pl ru uk cs sk bg el sv da nb".split())
_REACH = 6  # tokens between a street's first word and its house


def by_cue(beside: Beside) -> str:
    """Return the kind of a number that a word nearby tells, or ''."""
    if beside.said_before("gate") or (
        beside.found.language in ("tr", "zh", "hu") and beside.said_after("gate")
    ):
        return "other"
    if _is_age(beside):
        return "age"
    if _is_numbered_place(beside):
        return "other"
    if _is_chinese_house(beside):
        return "address"
    if beside.raw.form != "digits":
        return ""
    for kind, rule in _RULES:
        if rule(beside):
            return kind
    return ""


def _is_numbered_place(beside: Beside) -> bool:
    """Return whether the numbered thing follows: 'the 42 bus', 'на 3 платформе'."""
    found, raw = beside.found, beside.raw
    if raw.form != "digits" or not found.has(raw.last, "gate"):
        return False
    if found.language == "en":
        single = found.tokens[raw.last].folded in ("bus", "tram", "train", "line")
        return single and raw.first > 0 and found.tokens[raw.first - 1].folded == "the"
    return found.language in ("ru", "uk", "pl", "cs", "sk") and found.has(raw.first - 1, "at")


def _is_age(beside: Beside) -> bool:
    """Return whether years are not said: 'my aunt, 84, has one', 'she was 12', 'con 84'."""
    found, raw, after = beside.found, beside.raw, beside.after
    if not raw.value.isdigit() or not 1 < int(raw.value) <= 110 or is_noun(found, after):
        return False
    closes = after >= len(found.tokens) or found.tokens[after].kind == "sign"
    comma = beside.before >= 0 and found.tokens[beside.before].text == ","
    if raw.form == "digits" and beside.is_of_relative() and (closes or not comma):
        return closes or found.tokens[beside.before].kind == "word"
    if found.has(beside.before, "age"):
        return True
    if closes and found.language in ("ru", "uk") and beside.is_of_relative() and not comma:
        return True  # сыну семь
    return beside.is_said_of_person(after) and (raw.form == "digits" or int(raw.value) > 3)


def _is_road(beside: Beside) -> bool:
    """Return whether a road's own word stands right before: Highway 61, Bundesstraße 3."""
    found, before = beside.found, beside.before
    cues = [i for i in beside.cues_before()[:2] if found.has(i, "road")]
    if not cues or not beside.raw.value.isdigit() or len(beside.raw.value) > 4:
        return False
    if found.has(cues[0], "street") and found.tokens[cues[0]].is_capital:
        named = cues[0] > 0 and found.tokens[cues[0] - 1].is_capital
        if named and beside.same_sentence(cues[0] - 1):
            return False  # Elm Road 9 is a house
    return cues[0] == before or found.has(before, "numero") or found.is_function_word(before)


def _is_address(beside: Beside) -> bool:
    return _is_after_street(beside) or _is_before_street(beside) or _is_after_own_name(beside)


def _is_after_street(beside: Beside) -> bool:
    """Return whether a street comes before the number, with only its name between."""
    found, raw = beside.found, beside.raw
    if not raw.value.isdigit() or len(raw.value) > 4:
        return False
    tokens = found.tokens
    for at in range(raw.first - 1, max(-1, raw.first - 1 - _REACH), -1):
        token = tokens[at]
        if found.has(at, "street") or (
            found.has(at, "address") and at < raw.first - 1 + token.is_capital
        ):
            return beside.same_sentence(at) or token.folded in (
                "ul",
                "str",
                "ул",
                "вул",
                "st",
                "al",
            )
        named = token.is_capital or token.text.lower() == token.text.upper()
        small = token.kind == "word" and (found.has(at, "numero") or len(token.text) <= 3)
        if not (named or small or token.text in ",.№:"):
            return False
    return False


def _is_before_street(beside: Beside) -> bool:
    """Return whether a street follows: '45 Fleet Street', '15 rue des Lilas', '8, avenue Foch'."""
    found, after = beside.found, beside.after
    if not beside.raw.value.isdigit():
        return False
    tokens = found.tokens
    if found.has(beside.before, "numero"):  # no. 7 in the street of that name
        reach = range(after, min(after + 5, len(tokens)))
        if any(found.has(i, "street") and not found.has(i, "road") for i in reach):
            return True
    if found.language not in ("en", "fr", "tr"):
        return False
    if found.language == "fr" and after < len(tokens) and tokens[after].text == ",":
        after += 1
    if found.language == "fr" and after < len(tokens) and tokens[after].folded in ("bis", "ter"):
        after += 1
    if found.has(after, "street"):
        return found.language == "fr" or (after < len(tokens) and tokens[after].is_capital)
    reach = range(after + 1, min(after + 4, len(tokens)))
    capital = after < len(tokens) and tokens[after].is_capital
    return found.language == "en" and capital and any(
        found.has(i, "street") and tokens[i].is_capital for i in reach
    )  # fmt: skip


def _is_after_own_name(beside: Beside) -> bool:
    """Return whether a name and a place surround the number: 'Ermou 8, Athens'."""
    found, raw, before = beside.found, beside.raw, beside.before
    tokens = found.tokens
    if before != raw.first - 1 or before < 0 or len(raw.value) > 3 or not raw.value.isdigit():
        return False
    if tokens[before].kind != "word" or not tokens[before].is_capital or found.classes[before]:
        return False
    after = raw.last
    first = before
    while first > 0 and tokens[first - 1].kind == "word" and tokens[first - 1].is_capital:
        first -= 1
    if found.language in _INFLECTING and found.has(first - 1, "from") and not is_noun(found, after):
        return True  # на Садовой 7, στην Ερμού 8
    if after + 1 >= len(tokens) or tokens[after].text != ",":
        return False
    return tokens[after + 1].is_capital and tokens[after + 1].kind == "word"


def _is_chinese_house(beside: Beside) -> bool:
    found, after = beside.found, beside.after
    if found.language != "zh":
        return False
    if any(
        "门牌" in "".join(t.folded for t in found.tokens[max(0, i - 3) : i + 1])
        for i in (beside.before,)
    ):
        return True
    houses = after < len(found.tokens) and found.tokens[after].folded in ("号", "號", "弄")
    return houses and any(found.has(i, "street") for i in (beside.before, beside.before - 1))


def _is_chinese_number(beside: Beside) -> bool:
    found, after = beside.found, beside.after
    if found.language != "zh" or after >= len(found.tokens):
        return False
    rest = "".join(t.folded for t in found.tokens[after : after + 2])
    return rest[:1] in ("号", "號") or rest in ("路车", "路公", "路巴", "路电")


def _is_telephone(beside: Beside) -> bool:
    found, raw, after = beside.found, beside.raw, beside.after
    if raw.first > 0 and beside.said_before("phone") and len(raw.value) >= 5:
        return found.has(beside.before, "phone") or not beside.said_before("model")
    phones = [i for i in range(max(0, raw.first - 5), raw.first) if found.has(i, "phone")]
    phones = [i for i in phones if i < raw.first - 1 or not found.has(i, "numero")]
    if not phones or not 2 <= len(raw.value) <= 4 or not raw.value.isdigit():
        return False
    return after >= len(found.tokens) or not is_noun(found, after)


def _is_model(beside: Beside) -> bool:
    """Return whether an article's word or a brand stands before: model 12, Nokia 3310."""
    found, raw, before = beside.found, beside.raw, beside.before
    if beside.said_before("model") and not _is_short_numero(beside):
        return True
    brand = before >= 0 and before == raw.first - 1 and found.tokens[before]
    if not brand or before == 0 or not brand.is_capital or brand.kind != "word":
        return False
    digits = raw.value.isdigit() and 3 <= len(raw.value) <= 5 and not is_noun(found, before + 2)
    latin = brand.text.isascii() and not found.classes[before]
    return digits and latin and not (len(raw.value) == 4 and raw.value[:2] in ("18", "19", "20"))


def _is_short_numero(beside: Beside) -> bool:
    """Return whether only 'no.' stands before a small number, which may be anything."""
    found = beside.found
    cues = [i for i in beside.cues_before() if found.has(i, "model")]
    return all(found.has(i, "numero") for i in cues) and len(beside.raw.value) <= 2


_RULES = (
("other", _is_chinese_number), ("road", _is_road), ("address", _is_address),
    ("telephone", _is_telephone), ("model", _is_model),
)  # fmt: skip
