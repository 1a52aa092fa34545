"""A text with what grammar says of its words: language, clauses, negations and relations. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from tips.reading import text as texts
from tips.reading.account import Evidence, LanguageSpan
from tips.reading.grammar import MAX_PHRASE, Grammar, grammar, grammars
from tips.reading.table import Table

MAX_NEGATIONS = 60  # of a text; nobody denies more, and time grows with their square
FUNCTION_ZIPF = 5.15  # a word as frequent as this carries no content of its own
RELATIONS = ("made", "sold", "seen")
_ENDS = frozenset(".!?;…。！？؟\n:")
_BREAKS = frozenset(',،，、()（）–—"«»“”„「」؛') | _ENDS
_DOTTED_ORDINALS = frozenset("de tr pl cs sk hu fi da nb hr sr sl et lv is".split())
_NONE: frozenset[str] = frozenset()
_BY_SCRIPT = {
    "han": "zh", "kana": "ja", "hangul": "ko", "greek": "el", "thai": "th", "hebrew": "he",
    "devanagari": "hi", "bengali": "bn", "tamil": "ta",
}  # fmt: skip
# What decides between languages that share most of their words.
_LETTERS = {
    "uk": "іїєґ", "ru": "ыэъ", "pl": "łąęśźż", "tr": "ığş", "ro": "țșăţş", "de": "ßäöü", "sv": "åäö",
    "pt": "ãõç", "es": "ñ¿¡", "fr": "çœèêù", "be": "ў", "sr": "ђћџљњ", "bg": "ъщ",
}  # fmt: skip


@dataclass(slots=True)
class Analysis:
    """A text and its tokens, each with classes, clause and sentence.

    Attributes:
        classes: of each token, the grammatical classes of its word or phrase.
        clause: of each token, the number of its clause; signs between clauses have -1.
        sentence: of each token, the number of its sentence.
    """

    text: str
    tokens: list[texts.Token]
    language: str
    grammar: Grammar
    table: Table
    classes: list[frozenset[str]] = field(default_factory=list)
    clause: list[int] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    opens: dict[int, frozenset[str]] = field(default_factory=dict)
    negations: list[tuple[int, int]] = field(default_factory=list)
    is_shouting: bool = False
    is_quiet: bool = False

    def evidence(self, first: int, last: int) -> Evidence:
        """Return tokens ``first`` to ``last`` (exclusive) as evidence."""
        start, end = self.tokens[first].start, self.tokens[max(first, last - 1)].end
        return Evidence(start, end, self.text[start:end])

    def has(self, index: int, name: str) -> bool:
        """Return whether a token is of a class."""
        return 0 <= index < len(self.tokens) and name in self.classes[index]

    def is_function_word(self, index: int) -> bool:
        """Return whether a word carries no content: an article, a preposition, an auxiliary."""
        token = self.tokens[index]
        if token.kind != "word":
            return token.kind == "sign"
        if self.classes[index] & {"from", "copula", "exist", "not", "never"}:
            return True
        if self.classes[index] & {"made", "sold", "seen"}:
            return False
        zipf = self.table.frequencies(token.folded).get(self.language, 0.0)
        return zipf >= FUNCTION_ZIPF or (
            texts.is_unspaced(token.folded[:1])
            and token.folded in "的了也就都这那个是在从我们他她它在那边这边"
        )

    def near(self, index: int) -> list[int]:
        """Return the tokens of the same clause as a token."""
        clause = self.clause[index]
        first = index
        while first > 0 and self.clause[first - 1] == clause:
            first -= 1
        last = index
        while last + 1 < len(self.tokens) and self.clause[last + 1] == clause:
            last += 1
        return list(range(first, last + 1))


def detect(tokens: list[texts.Token], table: Table) -> str:
    """Return the language (ISO 639-1) that fits the words best, or ''."""
    scores: dict[str, float] = {}
    scripts: dict[str, int] = {}
    letters = ""
    for token in tokens:
        if token.kind != "word":
            continue
        letters += token.text.casefold()
        script = texts.script(token.folded[:1])
        scripts[script] = scripts.get(script, 0) + 1
        for language, vote in _votes(table, token.folded):
            scores[language] = scores.get(language, 0.0) + vote
    main = max(scripts, key=lambda each: scripts[each], default="")
    if main == "han" and scripts.get("kana", 0) * 5 > scripts["han"]:
        return "ja"
    if main in _BY_SCRIPT:
        return _BY_SCRIPT[main]
    present = set(letters)
    for language, signs in _LETTERS.items():
        if language in scores and not present.isdisjoint(signs):
            count = sum(letters.count(sign) for sign in signs)
            scores[language] *= 1 + min(0.3, 0.06 * count)
    if main == "cyrillic" and len(letters) >= 25 and not any(sign in letters for sign in "іїєґ"):
        for language in ("uk", "be"):
            scores[language] = 0.75 * scores.get(language, 0.0)
    known = grammars()
    for language in scores:
        if language in known:
            scores[language] *= 1.12
    return max(scores, key=lambda each: scores[each], default="")


@lru_cache(maxsize=16384)
def _votes(table: Table, word: str) -> tuple[tuple[str, float], ...]:
    """Return how much a folded word speaks for each language."""
    return tuple(
        (language, min(zipf - 2.5, 4.0))
        for language, zipf in table.frequencies(word).items()
        if zipf > 3.2
    )


def languages(
    text: str, tokens: list[texts.Token], table: Table, main: str
) -> tuple[LanguageSpan, ...]:
    """Return the languages of a text by sentence. Short sentences count with the one before."""
    spans: list[LanguageSpan] = []
    sentence: list[texts.Token] = []
    number = sum(token.kind == "word" for token in tokens)
    for token in [*tokens, None]:
        if token is not None:
            sentence.append(token)
            if token.text not in _ENDS:
                continue
        words = [t for t in sentence if t.kind == "word"]
        if words:
            scripts = {texts.script(t.folded[:1]) for t in words}
            telling = len(words) >= (4 if len(scripts) == 1 else 6)
            language = detect(words, table) if telling and len(words) < number else main
            language = language or main
            start, end = sentence[0].start, sentence[-1].end
            if spans and spans[-1].language == language:
                spans[-1] = LanguageSpan(language, spans[-1].start, end)
            else:
                spans.append(LanguageSpan(language, start, end))
        sentence = []
    return tuple(spans)


def analyse(text: str, tokens: list[texts.Token], table: Table) -> Analysis:
    """Return the analysis of a text's tokens."""
    language = detect(tokens, table)
    found = Analysis(text, tokens, language, grammar(language), table)
    words = [t for t in tokens if t.kind == "word"]
    cased = [t for t in words if t.text.lower() != t.text.upper()]
    capitals = sum(t.is_capital for t in cased)
    found.is_shouting = len(cased) >= 3 and sum(t.text.isupper() for t in cased) > 0.6 * len(cased)
    found.is_quiet = bool(cased) and (capitals == 0 or cased[0].text[:1].islower())
    _classify(found)
    _divide(found)
    _find_negations(found)
    del found.negations[MAX_NEGATIONS:]
    return found


def _classify(found: Analysis) -> None:
    tokens, rules = found.tokens, found.grammar
    found.classes = [rules.classes(t.folded) if t.kind == "word" else _NONE for t in tokens]
    english = grammar("en")
    for index, token in enumerate(tokens):
        # 'Made in' is on labels everywhere.
        if token.folded == "made" and index + 1 < len(tokens) and tokens[index + 1].folded == "in":
            found.classes[index] |= english.classes("made")
    if not rules.phrases:
        return
    spoken = [i for i, t in enumerate(tokens) if t.kind == "word"]
    for start in range(len(spoken)):
        for length in range(min(MAX_PHRASE, len(spoken) - start), 1, -1):
            part = spoken[start : start + length]
            if any(
                tokens[i].text not in "'’-"
                for i in range(part[0], part[-1])
                if tokens[i].kind == "sign"
            ):
                continue
            words = tuple(tokens[i].folded for i in part)
            if names := rules.phrases.get(words):
                for each in part:
                    if (
                        "not_only" in names
                        or "no_longer" in names
                        or texts.is_unspaced(words[0][:1])
                    ):
                        found.classes[each] = names | (
                            found.classes[each] - {"not", "never", "neither", "nor"}
                            if "not_only" in names
                            else _NONE
                        )
                    else:
                        found.classes[each] |= names
                break


def _divide(found: Analysis) -> None:
    clause = sentence = 0
    opened: frozenset[str] = _NONE
    for index, token in enumerate(found.tokens):
        found.sentence.append(sentence)
        if token.text in _BREAKS and not _is_inside_number(found, index):
            found.clause.append(-1)
            clause += 1
            sentence += token.text in _ENDS and token.text != ":"
            continue
        if token.kind == "word" and found.classes[index] & {"but", "instead"} and index:
            opened = found.classes[index] & {"but", "instead"}
            if not (opened == {"instead"} and not _has_negation_before(found, index)):
                if found.clause[-1] == clause:
                    clause += 1
                found.opens[clause] = opened
        found.clause.append(clause)
        if found.language == "tr" and token.folded == "degil":
            clause += 1  # it negates what stands before it


def _has_negation_before(found: Analysis, index: int) -> bool:
    return any(
        found.classes[each] & {"not", "never", "not_only"}
        for each in range(index)
        if found.sentence[each] == found.sentence[index]
    )


def _is_inside_number(found: Analysis, index: int) -> bool:
    """Return whether a sign belongs to a number: 1.299, 12:30, 'no. 4711', '3. Stock'."""
    tokens = found.tokens
    if tokens[index].text not in ".,:" or not 0 < index < len(tokens) - 1:
        return False
    before, after = tokens[index - 1], tokens[index + 1]
    if before.end != tokens[index].start:
        return False
    if before.kind == after.kind == "number":
        return tokens[index].end == after.start
    if tokens[index].text != ".":
        return False
    if before.kind == "word" and after.kind == "number":
        return len(before.text) <= 4 and bool(
            found.classes[index - 1] & {"model", "phone", "street", "room"}
        )
    ordinals = found.language in _DOTTED_ORDINALS and len(before.text) <= 2
    return ordinals and before.kind == "number" and after.kind == "word"


_ARTICLES = frozenset("the a an my our your this these those their".split())


def _is_slip(found: Analysis, index: int) -> bool:
    """Return whether an English 'no' stands where only 'on' can: 'throws no the beds'."""
    return (
        found.language == "en"
        and found.tokens[index].folded == "no"
        and index + 1 < len(found.tokens)
        and found.tokens[index + 1].folded in _ARTICLES
    )


def _find_negations(found: Analysis) -> None:
    suffixes = found.language == "tr"
    neither = {found.sentence[i] for i, names in enumerate(found.classes) if "neither" in names}
    both = {
        found.sentence[i]
        for i, names in enumerate(found.classes)
        if "nor" in names
        and found.sentence[i] in neither
        and any(
            "neither" in found.classes[j] and found.sentence[j] == found.sentence[i]
            for j in range(i)
        )
    }
    for index, token in enumerate(found.tokens):
        names = found.classes[index]
        if _is_slip(found, index):
            continue
        if (
            (names & {"not", "never"} and "not_only" not in names)
            or (names & {"neither", "nor"} and found.sentence[index] in both)
            or (suffixes and "negative_verb" in names and token.kind == "word")
        ):
            found.negations.append((index, index + 1))
