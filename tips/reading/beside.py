"""A number with the words beside it, for the rules that tell what it counts. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tips.reading.account import Evidence, Number
from tips.reading.analysis import Analysis
from tips.reading.figures import Raw
from tips.reading.units import unit_at

_SKIPPED = ".:°#)(№"
_OF = frozenset("de di din van von vom du des of do , (".split())
_SHELVES = ("货架", "架子", "抽屉", "书架")


@dataclass(frozen=True, slots=True)
class Beside:
    """A number and the tokens beside it.

    Attributes:
        before: the token before it, signs such as '#' and ':' left out, or -1.
        after: the token after it.
        unit: its unit, and the token after that.
    """

    found: Analysis
    raw: Raw
    before: int
    after: int
    unit: tuple[str, int] | None
    evidence: Evidence

    @classmethod
    def of(cls, found: Analysis, raw: Raw) -> Beside:
        """Look at the words beside a number."""
        tokens = found.tokens
        before, after = raw.first - 1, raw.last
        if found.language == "ro" and after + 1 < len(tokens) and tokens[after].folded == "de":
            after += 1  # 1500 de șilingi
        after = _passed_over(found, raw, after)
        sentence = found.sentence[raw.first] if raw.first < len(tokens) else 0
        while (
            before >= 0 and tokens[before].text in _SKIPPED and found.sentence[before] == sentence
        ):
            before -= 1
        counter = after < len(tokens) and tokens[after].folded in ("个", "個")
        unit = unit_at(found, after) or (unit_at(found, after + 1) if counter else None)
        if unit is None and after + 1 < len(tokens) and tokens[after].text in "-‑":
            ending = len(tokens[after + 1].text) == 1  # в 1985-м
            unit = None if ending else unit_at(found, after + 1)
        return cls(
            found, raw, before, after, unit, found.evidence(raw.first, max(raw.last, raw.first + 1))
        )

    def make(
        self, kind: str, score: float, unit: str = "", value: str = "", to: str | None = None
    ) -> Number:
        """Return the number with its kind and unit."""
        ends = self.raw.to if to is None else to
        return Number(value or self.raw.value, kind, score, self.evidence, unit, ends)

    def same_sentence(self, index: int) -> bool:
        """Return whether a token exists and is in the number's sentence."""
        return 0 <= index < len(self.found.tokens) and (
            self.found.sentence[index] == self.found.sentence[self.raw.first]
        )

    def cues_before(self) -> list[int]:
        """Return the one or two words before the number that may say what it is.

        A word for 'number' and a word without content are passed over: 'room no. 7', 'camera cu 7'.
        """
        found, at = self.found, self.before
        cues = []
        while self.same_sentence(at) and found.tokens[at].kind == "word":
            cues.append(at)
            passed = found.has(at, "numero") or found.is_function_word(at)
            if len(cues) == 3 or (len(cues) >= 2 and not passed):
                break
            at -= 1
            while self.same_sentence(at) and found.tokens[at].text in _SKIPPED:
                at -= 1
        return cues

    def said_before(self, name: str) -> bool:
        """Return whether a word of a class stands before the number and speaks of it."""
        found = self.found
        for position, at in enumerate(self.cues_before()):
            if found.has(at, name) and not (
                name != "numero" and self._is_only_numero(at, position)
            ):
                return True
        return False

    def _is_only_numero(self, at: int, position: int) -> bool:
        """Return whether a word merely says 'number' and the word before it says of what."""
        found = self.found
        if not found.has(at, "numero") or position:
            return False
        return any(
            found.classes[i] & {"gate", "street", "phone", "road", "room", "floor"}
            for i in self.cues_before()[1:]
            if not found.has(i, "numero")
        )

    def said_after(self, name: str) -> bool:
        """Return whether the word after the number is of a class; '12 numaralı oda' counts, too."""
        found, at = self.found, self.after
        if found.has(at, "numero") and at + 1 < len(found.tokens) and found.classes[at + 1]:
            if found.has(at + 1, name):
                return True
            if found.classes[at + 1] & {"gate", "room", "floor", "road"}:
                return False
        return found.has(at, name)

    def after_ending(self, name: str) -> int:
        """Return the token after what is glued to digits as an ordinal's ending: '3rd', '2.', '5º'."""
        tokens, glued = self.found.tokens, self.after
        while glued < len(tokens) and self.raw.form == "digits":
            token = tokens[glued]
            ending = token.kind == "word" and token.start == tokens[glued - 1].end
            if not (token.text in ".ºª°-" or (ending and len(token.text) <= 3)):
                break
            if self.found.has(glued, name):
                break
            glued += 1
        return glued

    def is_age(self, end: int) -> bool:
        """Return whether years are somebody's age. ``end`` is the token after the word for year."""
        found = self.found
        around = [*self.cues_before()[:2], self.after, self.after + 1, end, end + 1]
        if any(self.same_sentence(i) and found.has(i, "age") for i in around):
            return True
        return self.is_had() or self.is_of_relative() or self.is_said_of_person(end)

    def is_had(self) -> bool:
        """Return whether years are had, as one says of age: 'avevo vent'anni', 'à dix ans'."""
        found, before = self.found, self.before
        if found.has(before, "aged"):
            # 'Il y a vingt ans' is ago, and only 'à vingt ans' an age.
            return not (found.language == "fr" and found.tokens[before].text.lower() == "a")
        if not self.same_sentence(before - 1) or found.has(before, "from"):
            return False
        had = found.has(before - 1, "aged") and len(found.tokens[before - 1].folded) > 2
        return had and found.tokens[before].kind == "word"

    def is_of_relative(self) -> bool:
        """Return whether a relative stands before: 'my aunt, 84', 'mijn oma van 84', 'бабушке 84 года'."""
        found, at = self.found, self.before
        for _ in range(2):
            at -= at > 0 and found.tokens[at].folded in _OF
        while self.same_sentence(at) and found.has(at, "my"):
            at -= 1
        return any(found.has(at, name) for name in ("relative", "kin", "person"))

    def is_said_of_person(self, end: int) -> bool:
        """Return whether a person is said to be the number: 'she was 12', 'toen ik tien jaar was'."""
        found = self.found
        copula = found.has(self.before, "copula") or found.has(end, "copula")
        near = [i for i in (self.before, self.before - 1, self.before - 2) if self.same_sentence(i)]
        people = {"pronoun", "relative", "kin"}
        return copula and any(found.classes[i] & people for i in near)

    @property
    def is_shelf(self) -> bool:
        """Whether a Chinese 层 is one of a shelf and no floor of a house."""
        rest = "".join(t.folded for t in self.found.tokens[self.after : self.after + 4])
        return rest[:1] == "层" and rest[1:].startswith(_SHELVES)

    @property
    def is_ordered(self) -> bool:
        """Whether what the ordinal counts is in a row, so that 'first' says which one."""
        found = self.found
        near = (self.after, self.after + 1, self.before)
        return any(self.same_sentence(i) and found.has(i, "ordered") for i in near)

    def year_of_season(self) -> str:
        """Return the year of 'summer of 85', "'91" and 'в восемьдесят пятом', or ''."""
        found, raw = self.found, self.raw
        if len(raw.to) not in (0, 2) or not raw.value.isdigit() or not 30 <= int(raw.value) <= 99:
            return ""
        tokens = found.tokens
        glued = raw.first and tokens[raw.first - 1].text in "'’‘ʼ`"
        if raw.form == "digits" and glued and tokens[raw.first - 1].end == tokens[raw.first].start:
            alone = raw.first < 2 or tokens[raw.first - 2].end < tokens[raw.first - 1].start
            return f"19{raw.value}" if alone and int(raw.value) % 100 else ""
        seasons = [i for i in self.cues_before() if found.has(i, "season")]
        if seasons and not is_noun(found, self.after):
            return f"19{raw.value}"
        slavic = found.language in ("ru", "uk", "pl", "bg", "cs", "sk")
        if raw.form == "ordinal" and slavic and raw.last - raw.first == 2:
            return f"19{raw.value}" if found.has(self.before, "from") else ""
        return ""


def _passed_over(found: Analysis, raw: Raw, after: int) -> int:
    """Return the token after words that change no kind: 'twenty-odd', '两百多', 'une quinzaine d\'années'."""
    tokens = found.tokens
    amount = found.tokens[raw.last - 1].folded in found.grammar.amounts if raw.last else False
    while after + 1 < len(tokens):
        word = tokens[after].folded
        odd = word in ("odd", "多", "余") or (word == "-" and tokens[after + 1].folded == "odd")
        if not (odd or (amount and word in ("de", "d", "di", "'", "’"))):
            break
        after += 1
    return after


def is_noun(found: Analysis, index: int) -> bool:
    """Return whether a word with content stands at an index."""
    if index >= len(found.tokens) or found.tokens[index].kind != "word":
        return False
    return not found.is_function_word(index)
