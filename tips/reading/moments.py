"""When something was: the season, and whether before or since a year. For comparing two texts. Pure."""

from __future__ import annotations

from itertools import pairwise

from tips.reading import text as texts
from tips.reading.account import Account

_SEASONS = {
    "winter": "winter winters vinter vinteren vintern hiver invierno inverno zima zime zimą zimie зима зимой зиму взимку iarna "
    "iarnă talvi talvella tél télen kış kışın kışı χειμώνα χειμώνας شتاء الشتاء 冬天 冬季",
    "summer": "summer summers sommer sommeren sommar sommaren été verano verão estate zomer lato lecie latem léto létě leto "
    "лето летом лета літо влітку літа vara kesä kesällä nyár nyáron yaz yazın yazı καλοκαίρι صيف الصيف 夏天 夏季",
    "spring": "spring frühling frühjahr forår foråret våren printemps primavera voorjaar lente wiosna wiosną jaro весна весной "
    "навесні primăvara kevät keväällä tavasz tavasszal ilkbahar ilkbaharda άνοιξη الربيع 春天 春季",
    "autumn": "autumn herbst efterår efteråret høsten hösten automne otoño outono autunno najaar jesień jesienią podzim осень "
    "осенью осінь восени toamna toamnă syksy syksyllä ősz ősszel sonbahar sonbaharda φθινόπωρο خريف الخريف 秋天 秋季",
}  # fmt: skip
_BOUNDS = {
    "until": "before until till bis vor avant jusqu'en hasta tot voor przed do до перед înainte până innan före fram før inden "
    "μέχρι πριν قبل حتى před ennen",
    "since": "since from after seit ab nach depuis après desde dal dopo sinds vanaf od с после від після după sedan från efter "
    "siden fra etter από μετά منذ بعد po",
    "until after": "önce kadar 之前 以前 ennen asti előtt",
    "since after": "beri sonra 以来 之后 以后 lähtien óta után",
}  # fmt: skip
_WORDS = {
    name: frozenset(texts.fold(w) for w in words.split())
    for name, words in {**_SEASONS, **_BOUNDS}.items()
}
# Words that mean something else in a language.
_OTHERWISE = {
    ("sv", "vara"),
    ("nb", "vara"),
    ("da", "vara"),
    ("ro", "do"),
    ("pt", "do"),
    ("it", "dal"),
}


def seasons(account: Account, text: str) -> set[str]:
    """Return the seasons that a text names."""
    words = [t.folded for t in texts.tokenise(text) if t.kind == "word"]
    words = [w for w in words if (account.language, w) not in _OTHERWISE]
    if account.language == "zh":
        words = [a + b for a, b in pairwise(words)]
    return {name for name in _SEASONS if _WORDS[name].intersection(words)}


def bounds(account: Account, text: str) -> dict[str, str]:
    """Return the years of a text that something was before or since, with which of the two."""
    found = {}
    for number in account.numbers:
        if number.kind != "year" or number.to:
            continue
        before = _words(text[: number.evidence.start])[-2:]
        after = _words(text[number.evidence.end :])[:3]
        for name in ("until", "since"):
            near = _WORDS[name].intersection(before[-1:] or ()) or _WORDS[
                f"{name} after"
            ].intersection(after)
            if near:
                found[number.value] = name
    return found


def _words(text: str) -> list[str]:
    return [t.folded for t in texts.tokenise(text) if t.kind == "word"]


def differing(one: Account, other: Account, written: tuple[str, str]) -> list[str]:
    """Return what two texts differ in of seasons and of years before or since."""
    found = []
    mine, theirs = seasons(one, written[0]), seasons(other, written[1])
    if mine and theirs and not mine & theirs:
        found.append(f"differs in season: {', '.join(sorted(mine))} / {', '.join(sorted(theirs))}")
    left, right = bounds(one, written[0]), bounds(other, written[1])
    for year in sorted(set(left) & set(right)):
        if left[year] != right[year]:
            found.append(f"differs in time: {left[year]} {year} / {right[year]} {year}")
    return found
