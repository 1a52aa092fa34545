"""Numbers that are spelt in words, in the languages of the table and in Chinese characters. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from tips.reading import entries
from tips.reading.analysis import Analysis
from tips.reading.figures import HAN, HAN_POWERS, Raw
from tips.reading.grammar import grammar
from tips.reading.money import currency_at
from tips.reading.table import Table

# Words and names that begin with a numeral.
_CHINESE_WORDS = tuple(
    "二手 三星 四川 七喜 万一 千万别 百度 百货 百姓 百合 四周 四方 五金 五官 三明治 三角 三轮 二维码 九龙 八宝 八卦 六合 四合院 五香 "
    "三亚 百事 万宝路 百威 三菱 三洋 五粮液 七匹狼 十分 十字 百年 三峡 三国 四季 五星 三星级 四星 两岸 二胡 二战 一战 一样 一般 一些 一直 "
    "一起 一定 一点 一下 一边 一共 一模 三里屯 百搭 万象 万隆 万荣 千叶 九州 四国 三重 百色 八达岭 六本木 二条城 九寨沟 十堰 六安 千岛 九江 三元里 八角 四轮 双十 七星 万事 万圣节 万里 千层 百叶 五花 十足 八仙 七夕 三八 六一 十一国庆 五一 四处 四面".split()
)
AND = frozenset("and und et y e en i і и και och og si si\u0326 ja es s -".split())
# Hundreds and thousands of something: no number that a careful person writes down.
_VAGUE = frozenset(
    "honderden duizenden tientallen hunderte hunderten tausende tausenden hundratals tusentals centinaia migliaia "
    "cientos miles centenas milhares centaines milliers hundreds thousands setki сотни сотен сотні сотень "
    "sute mii yuzlerce binlerce εκατονταδες χιλιαδες مئات الاف".split()
)
_HUNDREDS = {"de": "hundert", "nl": "honderd", "sv": "hundra", "da": "hundrede", "nb": "hundre"}
_PARTICLES = ("و", "ب", "ل", "ال", "وال", "بال")  # Arabic: and, with, for, the


def han(found: Analysis, index: int) -> Raw | None:
    """Return the number that Chinese characters spell: 二十五, 二〇一二, or 三四 as a range."""
    if found.has(index, "percent") or _is_chinese_word(found, index):
        return None
    last = index
    while last < len(found.tokens) and found.tokens[last].folded in (*HAN, *HAN_POWERS):
        last += 1
    chars = [found.tokens[i].folded for i in range(index, last)]
    ordinal = index and found.tokens[index - 1].folded == "第"
    form = "ordinal" if ordinal else "word"
    if len(chars) > 1 and not set(chars) & set(HAN_POWERS):
        first, second = HAN[chars[0]], HAN[chars[1]]
        if len(chars) == 2 and 0 < first < second <= first + 2:
            return Raw(str(first), index, last, str(second), form)
        return Raw(str(int("".join(str(HAN[c]) for c in chars))), index, last, form=form)
    value = _han_value(chars)
    if (
        chars in (["两"], ["二"])
        and last < len(found.tokens)
        and found.tokens[last].folded in "边面旁侧头者"
    ):
        return None
    counted = last < len(found.tokens) and found.tokens[last].folded not in "个個"
    storey = last < len(found.tokens) and found.tokens[last].folded in "楼层"
    if value == 1 and not storey and not (ordinal or (counted and currency_at(found, last, 1))):
        return None
    return Raw(str(value), index, last, form=form)


def _is_chinese_word(found: Analysis, index: int) -> bool:
    """Return whether the character is part of a word or name, or of an unsure number: 十几."""
    tokens = found.tokens
    run = "".join(t.folded for t in tokens[index : index + 4])
    if run.startswith(_CHINESE_WORDS) or re.match("[一二两三四五六七八九十百千]*[几幾]", run):
        return True
    before = "".join(t.folded for t in tokens[max(0, index - 2) : index])
    return before.endswith(("星期", "礼拜", "下周", "上周", "周", "打", "第几"))


def _han_value(chars: list[str]) -> int:
    total = section = digit = 0
    for char in chars:
        power = HAN_POWERS.get(char)
        if power is None:
            digit = HAN[char]
            continue
        if power >= 10_000:
            total, section = total + (section + digit or 1) * power, 0
        else:
            section += (digit or 1) * power
        digit = 0
    if digit and len(chars) >= 2 and HAN_POWERS.get(chars[-2], 0) >= 100:
        digit *= HAN_POWERS[chars[-2]] // 10  # 一千二 is 1200
    return total + section + digit


def words_at(found: Analysis, index: int, taken: set[int]) -> Raw | None:
    """Return the longest number that the words at an index spell."""
    word = found.tokens[index].folded
    if (amount := found.grammar.amounts.get(word)) and not _is_bare_plural(found, index):
        return Raw(str(amount), index, index + 1, form="word")
    if decade := _decade_word(found, index):
        return decade
    if found.has(index, "percent"):
        return None
    if aged := _age_word(found, index):
        return aged
    feminine = found.language == "ro" and index and found.tokens[index - 1].folded == "a"
    if feminine and (ordinal := _ordinal(found, index)):
        return ordinal  # a doua
    candidates = [
        _composed(found, index, taken), _phrase(found, index, taken), _ordinal(found, index)
    ]  # fmt: skip
    longest = max(filter(None, candidates), key=lambda raw: raw.last, default=None)
    return longest if longest and _is_meant(found, longest) else None


def _is_bare_plural(found: Analysis, index: int) -> bool:
    """Return whether a word is a vague amount: 'dozens', 'docenas', 'ein paar' and not 'ein Paar'."""
    token, language = found.tokens[index], found.language
    if language in ("en", "es", "pt", "fr") and token.folded.endswith("s"):
        return True
    return token.folded == "paar" and not (language == "de" and token.is_capital)


def _is_meant(found: Analysis, raw: Raw) -> bool:
    """Return whether a number word is no article, no word of one letter and no part of a name."""
    word = found.tokens[raw.first].folded
    if raw.last == raw.first + 1 and (
        word in _VAGUE or (found.language == "tr" and word.startswith("ikisi"))
    ):
        return False
    if raw.form == "ordinal":
        return not found.has(raw.first, "room") and not _is_preposition(found, raw)
    if raw.value == "1":
        after = raw.last
        if after < len(found.tokens) and found.classes[after]:
            return False
        priced = currency_at(found, after, 1)
        return bool(priced) and not found.has(after, "half") and found.language != "zh"
    alone = raw.last == raw.first + 1
    return not (alone and len(found.tokens[raw.first].folded) <= 1) and not found.has(
        raw.last - 1, "nor"
    )


def _is_preposition(found: Analysis, raw: Raw) -> bool:
    """Return whether Italian 'secondo' means 'according to': no article before, none but a noun after."""
    if found.language != "it" or found.tokens[raw.first].folded != "secondo":
        return False
    after, before = raw.last, raw.first - 1
    article = before >= 0 and found.tokens[before].folded in (
        "il",
        "al",
        "nel",
        "del",
        "dal",
        "un",
        "sul",
    )
    return not article and after < len(found.tokens) and found.is_function_word(after)


def _phrase(found: Analysis, index: int, taken: set[int]) -> Raw | None:
    """Return the longest phrase that the table knows as a number."""
    longest: Raw | None = None
    parts: list[str] = []
    for last in range(index, min(index + 9, len(found.tokens))):
        token = found.tokens[last]
        if last in taken or (token.kind != "word" and token.text not in "-'’ʼ"):
            break
        if token.kind != "word":
            continue
        parts.append(token.folded)
        known = _table_values(found, " ".join(parts))
        if "ordinal" in known:
            longest = Raw(str(known["ordinal"]), index, last + 1, form="ordinal")
        elif "word" in known:
            longest = Raw(str(known["word"]), index, last + 1, form="word")
    return longest


def known_value(found: Analysis, word: str) -> int:
    """Return the number that a single folded word says, or 0."""
    value = found.grammar.numbers.get(word)
    if value is None and (hundred := _HUNDREDS.get(found.language, "")) in word and hundred:
        value = _hundreds(found, *word.split(hundred, 1))
    if value is None:
        known = _table_values(found, word)
        value = 0 if "ordinal" in known else known.get("word", 0)
    return value


def _hundreds(found: Analysis, tens: str, rest: str) -> int | None:
    """Return a year as it is said: neunzehnhundert(fünfundachtzig), nittonhundra(åttiofem)."""
    count = _table_values(found, tens).get("word", 0) if tens else 0
    more = _table_values(found, rest).get("word", 0) if rest else 0
    return 100 * count + more if 10 < count < 20 and (more or not rest) else None


def _table_values(found: Analysis, key: str) -> dict[str, int]:
    """Return what a key means as a number (``word``) and as an ordinal."""
    return _values(found.table, found.language, key)


@lru_cache(maxsize=16384)
def _values(table: Table, language: str, key: str) -> dict[str, int]:
    return {
        "word" if m.kind == entries.NUMBER else "ordinal": int(m.value)
        for m in table.meanings(key)
        if m.language == language and m.kind in (entries.NUMBER, entries.ORDINAL)
    }


def _value(found: Analysis, index: int) -> tuple[int, int] | None:
    """Return the number that one word says, and the token after it. An apostrophe may divide it."""
    tokens = found.tokens
    word = tokens[index].folded
    for form in _forms(found.language, word):
        if value := known_value(found, form):
            return value, index + 1
    if index + 2 >= len(tokens) or tokens[index + 1].text not in "'’ʼ":
        return None
    value = known_value(found, f"{word} {tokens[index + 2].folded}")
    return (value, index + 3) if value else None


def _forms(language: str, word: str) -> list[str]:
    """Return a word, and in Arabic also without the particles that are glued to it."""
    if language != "ar":
        return [word]
    if word.startswith("لست"):
        return [word]  # I am not
    return [word, *(word[len(p) :] for p in _PARTICLES if word.startswith(p) and len(word) > 3)]


def _composed(found: Analysis, index: int, taken: set[int]) -> Raw | None:
    """Return the number that words spell one after the other: yirmi beş, خمسة وعشرون."""
    tokens = found.tokens
    total = current = 0
    last = at = index
    while at < len(tokens) and at not in taken and (read := _value(found, at)):
        value, after = read
        joined = at > last or (found.language == "ar" and tokens[at].folded.startswith("و"))
        teens = found.language == "tr"
        added = _add(current, value, joined, teens=teens) if at > index else value
        if added is None:
            break
        if value >= 1000 and value % 1000 == 0 and (at == index or current < 1000):
            total, current = total + (max(current, 1) * value if at > index else value), 0
        else:
            current = added
        last = at = after
        if at + 1 < len(tokens) and tokens[at].folded in AND and at + 1 not in taken:
            at += 1
    value = total + current
    return Raw(str(value), index, last, form="word") if last > index and value else None


def _add(current: int, value: int, joined: bool, *, teens: bool) -> int | None:
    """Return what a number becomes with the next word, or None if the word begins another."""
    if value >= 1000 and value % 1000 == 0:
        return current * value
    if value == 100 and 0 < current < 10:
        return current * 100
    if current % 100 == 0 and 0 < value < 100:
        return current + value
    if current % 1000 == 0 and 0 < value < 1000:
        return current + value
    if current in (18, 19) and not joined and 10 <= value < 100:
        return current * 100 + value  # nineteen eighty-five
    if current % 100 >= (10 if teens else 20) and current % 10 == 0 and 0 < value < 10:
        return current + value
    if joined and 0 < current % 100 < 10 and value in range(20, 100, 10):
        return current + value  # units first: fünf und zwanzig
    return None


def _ordinal(found: Analysis, index: int) -> Raw | None:
    """Return the ordinal at an index; tens and units may be two words: двадцать пятый."""
    value = _ordinal_value(found, index)
    after = index + 1
    following = found.tokens[after].folded if after < len(found.tokens) else ""
    if value and found.language == "ar" and following in ("عشر", "عشره") and value < 10:
        return Raw(str(value + 10), index, after + 1, form="ordinal")
    tens = value or (_value(found, index) or (0, 0))[0]
    if tens in range(20, 100, 10) and following:
        unit = _ordinal_value(found, after)
        if unit and unit < 10:
            return Raw(str(tens + unit), index, after + 1, form="ordinal")
    return Raw(str(value), index, after, form="ordinal") if value else None


def _ordinal_value(found: Analysis, index: int) -> int:
    word = found.tokens[index].folded
    if found.tokens[index].kind != "word":
        return 0
    value = found.grammar.ordinals.get(word) or _table_values(found, word).get("ordinal")
    if value:
        return value
    return _inflected_ordinal(found.table, found.language, word)


def _age_word(found: Analysis, index: int) -> Raw | None:
    """Return the years of one word: achtjährige, шестилетний, sexårig, δεκάχρονος."""
    word = found.tokens[index].folded
    if not found.has(index, "age") or len(word) < 7:
        return None
    for length in range(len(word) - 3, 2, -1):
        stem = word[:length]
        known = found.grammar.numbers.get(stem) or _table_values(found, stem).get("word")
        known = known or _table_values(found, stem[:-1] + "o").get("word")
        if known and known > 1:
            return Raw(str(known), index, index + 1, form="age")
    return None


@lru_cache(maxsize=16384)
def _inflected_ordinal(table: Table, language: str, word: str) -> int:
    """Return the ordinal that an adjective's ending hides, or 0."""
    for ending, instead in grammar(language).adjective:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            known = _values(table, language, word[: len(word) - len(ending)] + instead)
            if "ordinal" in known:
                return known["ordinal"]
    return 0


def _decade_word(found: Analysis, index: int) -> Raw | None:
    """Return 'nineties', 'Achtzigern' or 'ثمانينات' as a decade."""
    word = found.tokens[index].folded
    for suffix in (*found.grammar.decade_suffix, *(("ies",) if found.language == "en" else ())):
        if not word.endswith(suffix) or len(word) - len(suffix) < 3:
            continue
        stem = word.removesuffix(suffix).removeprefix("ال")
        for candidate in (
            stem,
            stem.removesuffix("ين"),
            stem + "y",
            stem + "ie",
            stem + "ي",
            stem + "ون",
            stem.removesuffix("ين") + "ون",
            stem + "ن",
            stem.removesuffix("o"),
        ):
            for meaning in found.table.meanings(candidate):
                if (
                    meaning.kind == entries.NUMBER
                    and meaning.language == found.language
                    and int(meaning.value) in range(20, 100, 10)
                ):
                    return Raw(str(meaning.value), index, index + 1, form="decade")
    return None
