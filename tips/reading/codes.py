"""Roads and article numbers: letters that are glued to digits. Pure."""

from __future__ import annotations

import re

from tips.reading.account import Evidence, Number
from tips.reading.analysis import Analysis

_ROADS = frozenset("A B D E M N R S K L SS SP AP BR DK DW RN RD AS М А Р Е К Н Т".split())


_MONEY = frozenset("RM RS KR EUR USD CHF GBP PLN CZK HUF SEK NOK DKK RON US NT HK Z".split())
_CODE = re.compile(
    r"(?<![A-Za-zА-я\d.-])([A-ZА-ЯІЇ]{1,4})([- ]?)([A-ZА-Я]?\d{1,6}[A-Za-z]?)(?![A-Za-zА-я\d]|\.\d)"
)


def codes(found: Analysis, taken: set[int]) -> list[Number]:
    """Return roads (A7, N-340) and article numbers (T-47, K300); their tokens are added to ``taken``."""
    numbers = []
    for match in _CODE.finditer(found.text):
        inside = [i for i, t in enumerate(found.tokens) if match.start() <= t.start < match.end()]
        if not inside or taken.intersection(inside):
            continue
        letters, gap, digits = match.groups()
        near = [i for i in found.near(inside[0]) if i not in inside]
        road = any("road" in found.classes[i] for i in near)
        model = any("model" in found.classes[i] for i in near)
        if letters in _MONEY:
            continue
        if gap == " " and not (letters in _ROADS and road):
            continue
        if found.has(inside[0], "room") or (
            any("airport" in found.classes[i] for i in near) and len(letters) == 3
        ):
            continue
        is_road = (
            (letters in _ROADS or (road and len(letters) <= 3))
            and len(digits) <= 3
            and not model
            and (road or letters in ("E", "A", "N", "M", "М", "BR", "AP", "Е", "А", "B"))
        )
        kind = "road" if is_road else "model"
        taken.update(inside)
        numbers.append(
            Number(match.group(), kind, 0.85, Evidence(match.start(), match.end(), match.group()))
        )
    return numbers
