"""What a text says: the result of :func:`tips.reading.read`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

MIN_SUGGESTED = 0.5  # score of a country that counts as suggested


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of the text that say so: its span (end exclusive) and the text within."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class LanguageSpan:
    """A stretch of the text in one language (ISO 639-1)."""

    language: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory that the text names or implies.

    Attributes:
        code: ISO 3166-1 alpha-2.
        relation: made, sold, seen or unknown.
        score: probability that a careful reader would name it, 0 to 1.
        strength: ``strong``, or ``weak`` if it is merely one of several possible countries.
        denied: whether the text rules it out.
        evidence: what says so, in the order of the text.
    """

    code: str
    relation: str
    score: float
    strength: str = "strong"
    denied: bool = False
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A town, city, region or island, by its English name."""

    name: str
    country: str
    kind: str
    score: float
    relation: str
    denied: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Number:
    """A number that means something.

    Attributes:
        value: a plain decimal, or as written for telephones, models, roads and addresses.
        to: the end of a range, or ''.
        kind: price, year, room, floor, size, count, telephone, model, age, duration, percent,
            address, road, ordinal or other.
        unit: ISO 4217 for prices, a symbol for sizes, a word for durations, or ''.
    """

    value: str
    kind: str
    score: float
    evidence: Evidence
    unit: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Date:
    """A month or day: ``--MM``, ``--MM-DD``, ``YYYY-MM`` or ``YYYY-MM-DD``."""

    value: str
    score: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Name:
    """A shop, brand, person, street or hotel as written, and its key across scripts."""

    name: str
    key: str
    score: float
    denied: bool
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Link:
    """An address on the web: host and path as written, without scheme and ``www.``."""

    address: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that a text says.

    Attributes:
        denies: whether the text as a whole says no.
        denial: the words that deny, where there are any.
    """

    languages: tuple[LanguageSpan, ...] = ()
    countries: tuple[Country, ...] = ()
    places: tuple[Place, ...] = ()
    numbers: tuple[Number, ...] = ()
    dates: tuple[Date, ...] = ()
    names: tuple[Name, ...] = ()
    links: tuple[Link, ...] = ()
    denies: bool = False
    denial: tuple[Evidence, ...] = field(default=())

    @property
    def language(self) -> str:
        """The language of most of the text, or ''."""
        sizes: dict[str, int] = {}
        for span in self.languages:
            sizes[span.language] = sizes.get(span.language, 0) + span.end - span.start
        return max(sizes, key=lambda each: sizes[each], default="")

    @property
    def suggested(self) -> tuple[Country, ...]:
        """The countries that the text speaks for, more likely than not, best first."""
        return tuple(
            c
            for c in self.countries
            if not c.denied and c.strength == "strong" and c.score >= MIN_SUGGESTED
        )

    @property
    def weak(self) -> tuple[Country, ...]:
        """The countries that are merely possible."""
        return tuple(c for c in self.countries if not c.denied and c.strength == "weak")

    @property
    def ruled_out(self) -> tuple[Country, ...]:
        """The countries that the text says it is not from."""
        return tuple(c for c in self.countries if c.denied)

    @property
    def is_empty(self) -> bool:
        """Whether the text names nothing: no country, place, number, date, name or link."""
        return not any(
            (self.countries, self.places, self.numbers, self.dates, self.names, self.links)
        )

    def with_chosen(self, country: str) -> Account:
        """Return the account with a country that the sender chose from a list, ahead of the others.

        If the text rules it out, the account says both, so that somebody sees the contradiction.
        """
        if not country:
            return self
        named = next((c for c in self.countries if c.code == country and not c.denied), None)
        chosen = (
            replace(named, score=1.0, strength="strong")
            if named
            else Country(country, "unknown", 1.0)
        )
        others = (c for c in self.countries if c is not named)
        return replace(self, countries=(chosen, *others))
