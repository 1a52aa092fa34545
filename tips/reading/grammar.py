"""Grammar of each language: negations, relation verbs, prepositions and cues, one file a language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tips.reading import text

FOLDER = Path(__file__).parent / "languages"
MAX_PHRASE = 4  # tokens


@dataclass(frozen=True)
class Grammar:
    """The words of one language that carry grammar.

    Attributes:
        words: the classes of a folded word.
        prefixes: the classes of words that begin with a stem, by the stem.
        endings: the classes of words that end with something (German 'straße').
        phrases: the classes of phrases, by their folded words.
        case: pairs of a case ending and what the nominative has instead, longest first.
        adjective: the same for adjectives of countries.
        demonyms: adjectives of countries that no library brings, with ISO 3166-1 codes.
        amounts: words for an amount, such as 'dozen' and 12.
        numbers, ordinals: number words that num2words lacks.
    """

    language: str
    words: dict[str, frozenset[str]]
    prefixes: dict[str, frozenset[str]]
    endings: dict[str, frozenset[str]]
    phrases: dict[tuple[str, ...], frozenset[str]]
    case: tuple[tuple[str, str], ...]
    adjective: tuple[tuple[str, str], ...]
    demonyms: dict[str, str]
    amounts: dict[str, int]
    numbers: dict[str, int]
    ordinals: dict[str, int]
    decade_after: frozenset[str]
    decade_suffix: tuple[str, ...]
    longest_stem: int
    cache: dict[str, frozenset[str]] = field(default_factory=dict, compare=False)

    def classes(self, word: str) -> frozenset[str]:
        """Return the grammatical classes of a folded word."""
        known = self.cache.get(word)
        if known is None:
            known = self._find(word)
            if len(self.cache) < 20_000:
                self.cache[word] = known
        return known

    def _find(self, word: str) -> frozenset[str]:
        found = self.words.get(word, frozenset())
        for length in range(2, min(len(word), self.longest_stem) + 1):
            if stem := self.prefixes.get(word[:length]):
                found |= stem
        for length in range(2, len(word)):
            if ending := self.endings.get(word[-length:]):
                found |= ending
        return found


@lru_cache(maxsize=1)
def grammars() -> dict[str, Grammar]:
    """Return the grammars of all languages that have a file."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def grammar(language: str) -> Grammar:
    """Return the grammar of a language, or an empty one."""
    return grammars().get(language) or _empty(language)


@lru_cache(maxsize=64)
def _empty(language: str) -> Grammar:
    return Grammar(language, {}, {}, {}, {}, (), (), {}, {}, {}, {}, frozenset(), (), 0)


def _read(path: Path) -> Grammar:
    data = tomllib.loads(path.read_text("utf-8"))
    words: dict[str, set[str]] = {}
    prefixes: dict[str, set[str]] = {}
    endings: dict[str, set[str]] = {}
    phrases: dict[tuple[str, ...], set[str]] = {}
    case, adjective = (_endings(data.pop(name, ())) for name in ("case", "adjective"))
    amounts, spelt, ordinals = (
        _values(data.pop(name, "")) for name in ("dozen", "numbers", "ordinals")
    )
    decade_suffix = tuple(text.fold(each) for each in data.pop("decade_suffix", "").split())
    decade_after = frozenset(text.fold(each) for each in data.pop("decade_after", "").split())
    demonyms = {
        text.key(word): code
        for word, _, code in (each.partition("=") for each in data.pop("demonyms", "").split())
    }
    for name, value in data.items():
        for entry in value.split() if isinstance(value, str) else value:
            if entry.startswith("*"):
                endings.setdefault(text.fold(entry[1:]), set()).add(name)
            elif entry.endswith("*") and len(text.tokenise(entry[:-1])) == 1:
                prefixes.setdefault(text.fold(entry[:-1]), set()).add(name)
            else:
                parts = tuple(
                    t.folded
                    for t in text.tokenise(entry.rstrip("*").replace("_", " "))
                    if t.kind != "sign"
                )
                if len(parts) == 1:
                    words.setdefault(parts[0], set()).add(name)
                elif parts:
                    phrases.setdefault(parts, set()).add(name)
    freeze = lambda each: {key: frozenset(value) for key, value in each.items()}  # noqa: E731
    return Grammar(
        path.stem, freeze(words), freeze(prefixes), freeze(endings), freeze(phrases),
        case, adjective, demonyms, amounts, spelt, ordinals, decade_after, decade_suffix,
        max(map(len, prefixes), default=0),
    )  # fmt: skip


def _endings(pairs: list[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for pair in pairs:
        ending, _, instead = pair.partition("=")
        found.append((text.fold(ending), text.fold(instead)))
    return tuple(sorted(found, key=lambda each: -len(each[0])))


def _values(words: str) -> dict[str, int]:
    pairs = (each.partition("=") for each in words.split())
    return {text.key(word): int(value) for word, _, value in pairs}
