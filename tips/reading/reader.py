"""Read a text: :func:`read` returns its account. Pure, and deterministic."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tips.reading import analysis, claims, links, names, numbers, places, relations
from tips.reading import text as texts
from tips.reading.account import Account, Country, Evidence, Link, Name, Number, Place
from tips.reading.analysis import Analysis
from tips.reading.calibration import calibrate
from tips.reading.claims import Claim
from tips.reading.mentions import Mention
from tips.reading.relation_cues import Cues, judge, together
from tips.reading.table import Table, load

MAX_LETTERS = 4000  # of a text; the rest is not read
MAX_FINDINGS = (
    60  # places, and negations, of a text; nobody names more, and time grows with their square
)
MAX_WEAK = 12  # countries; a currency of more says nothing
# Territories of other countries: a language on a label does not point to them.
DEPENDENT = frozenset(
    "AW CW BQ SX AX GF GP MQ RE YT PM WF PF NC BL MF TF AS GU MP PR VI UM HK MO GI IM JE GG AI BM VG KY FK "
    "MS PN SH TC GS IO FO GL SJ CK NU TK NF CX CC HM BV EH".split()
)
_OF_THE_OBJECT = frozenset("made sold seen label brought copula but instead".split())
# 'Crowns' and 'kr' alone say nothing: all of the north pays with them.
_CROWNS = frozenset({"SEK", "NOK", "DKK", "ISK", "CZK"})
_RANK = {"made": 3, "sold": 2, "seen": 1, "unknown": 0}


@dataclass(slots=True)
class _Reading:
    """What has been found in a text so far."""

    found: Analysis
    taken: set[int] = field(default_factory=set)
    claims: list[Claim] = field(default_factory=list)
    weak: dict[str, Evidence] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    is_priced: bool = False


def read(text: str, *, url: str = "", table: Table | None = None) -> Account:
    """Return what a text says. Never raises, whatever the text.

    Args:
        url: a link that was given beside the text; it counts as one in it.
        table: for tests; by default the shared one, which the first call builds if it is absent.
    """
    table = table or load()
    text = text[:MAX_LETTERS]
    tokens = texts.tokenise(text)
    found = analysis.analyse(text, tokens, table)
    reading = _Reading(found)
    found_links = links.find(text)
    _take(reading, (link.evidence for link in found_links))
    telephones = [each for each in links.telephones(text) if not _touches(reading, each[2])]
    _take(reading, (evidence for _, _, evidence in telephones))
    dates = numbers.dates(found, reading.taken)
    found_codes = numbers.codes(found, reading.taken)
    mentions = places.find(found, reading.taken)[:MAX_FINDINGS]
    mentions = [m for m in mentions if not (m.kind == "city" and _is_unit_of_price(found, m))]
    occupied = reading.taken | {
        i for m in mentions if m.kind != "language" for i in range(m.first, m.last)
    }
    raws = numbers.with_cents(found, numbers.find(found, occupied))
    _claim_places(reading, mentions)
    _claim_links(reading, found_links, url)
    found_numbers = _claim_telephones(reading, telephones)
    local = _local_currencies(reading)
    classified, prices = numbers.classify(found, raws, local)
    found_numbers += [*found_codes, *classified]
    found_numbers = [
        replace(n, score=round(calibrate(f"number {n.kind}", n.score), 2)) for n in found_numbers
    ]
    _relate_alone(reading)
    reading.is_priced = bool(prices)
    _claim_prices(reading, prices)
    taken = occupied | {i for r in raws for i in range(r.first, r.last)}
    taken |= {i for price, _ in prices for i in range(price.first, price.last)}
    found_names = _names(reading, taken)
    denies, denial = _denies(reading)
    countries = _countries(reading, denies)
    kept = {c.code: c for c in countries}
    found_places = [p for p in reading.places if p.country in kept or p.denied]
    if denies:
        found_places = [
            Place(p.name, p.country, p.kind, p.score, p.relation, True, p.evidence)
            for p in found_places
        ]
    return Account(
        languages=analysis.languages(text, tokens, table, found.language),
        countries=countries,
        places=_unique(found_places),
        numbers=tuple(sorted(found_numbers, key=lambda n: n.evidence.start)),
        dates=tuple(dates),
        names=found_names,
        links=tuple(found_links),
        denies=denies,
        denial=denial,
    )


def _unique(found: Iterable[Place]) -> tuple[Place, ...]:
    best: dict[tuple[str, str, bool], Place] = {}
    for place in found:
        best.setdefault((place.name, place.country, place.denied), place)
    return tuple(best.values())


def _touches(reading: _Reading, evidence: Evidence) -> bool:
    return any(
        i in reading.taken
        for i, t in enumerate(reading.found.tokens)
        if evidence.start <= t.start < evidence.end
    )


def _take(reading: _Reading, spans: Iterable[Evidence]) -> None:
    for span in spans:
        reading.taken.update(
            i for i, t in enumerate(reading.found.tokens) if span.start <= t.start < span.end
        )


def _is_unit_of_price(found: Analysis, mention: Mention) -> bool:
    """Return whether a town's name is a currency behind a number: 40 lei, 3 lira, 20 rand."""
    before = mention.first - 1
    return (
        before >= 0
        and (found.tokens[before].kind == "number" or found.tokens[before].text in "-–—")
        and numbers.currency_at(found, mention.first, 1) is not None
    )


def _claim_places(reading: _Reading, mentions: list[Mention]) -> None:
    found = reading.found
    for position, mention in enumerate(mentions):
        if mention.kind == "language":
            _claim_language(reading, mention)
            continue
        claim = claims.of_mention(found, mentions, position)
        reading.claims.append(claim)
        if (mention.place or mention.part) and not claim.dropped:
            name = mention.part or found.table.place(mention.place).name
            score = round(calibrate(f"place {mention.kind}", mention.score), 2)
            kind = mention.kind if mention.place else "region"
            reading.places.append(
                Place(
                    name, claim.country, kind, score, claim.relation, claim.denied, claim.evidence
                )
            )


def _claim_language(reading: _Reading, mention: Mention) -> None:
    if not relations.is_denied(reading.found, mention.first, mention.last):
        for code in _speakers(reading.found, mention.country):
            reading.weak.setdefault(code, reading.found.evidence(mention.first, mention.last))


def _speakers(found: Analysis, language: str) -> tuple[str, ...]:
    speakers = tuple(c for c in found.table.speakers.get(language, ()) if c not in DEPENDENT)
    return speakers if len(speakers) <= MAX_WEAK else ()


def _claim_links(reading: _Reading, found_links: list[Link], url: str) -> None:
    given = links.find(url) if url else []
    for link in (*found_links, *given):
        country = links.country(link)
        if country:
            first = next(
                (i for i, t in enumerate(reading.found.tokens) if t.start >= link.evidence.start), 0
            )
            relation, level = ("unknown", 3)
            if link not in given and reading.found.tokens:
                relation, level = relations.relation(reading.found, first, first + 1)
            reading.claims.append(
                Claim(
                    country,
                    relation if level <= 1 and relation != "seen" else "unknown",
                    level,
                    0.9,
                    False,
                    link.evidence,
                    "link",
                )
            )


def _claim_telephones(
    reading: _Reading, telephones: list[tuple[str, str, Evidence]]
) -> list[Number]:
    found = []
    for value, country, evidence in telephones:
        found.append(Number(value, "telephone", 0.97, evidence))
        if country:
            reading.claims.append(Claim(country, "unknown", 3, 0.93, False, evidence, "telephone"))
    return found


def _local_currencies(reading: _Reading) -> dict[int, frozenset[str]]:
    """Return the currencies of the countries of each clause, and of the whole text under -1."""
    found = reading.found
    here: dict[int, set[str]] = {-1: set()}
    for claim in reading.claims:
        if not claim.denied:
            here[-1].add(claim.country)
            inside = (i for i, t in enumerate(found.tokens) if t.start >= claim.evidence.start)
            here.setdefault(found.clause[next(inside, 0)], set()).add(claim.country)
    return {
        clause: frozenset[str]().union(*(_currencies(found.table, each) for each in countries))
        for clause, countries in here.items()
    }


@lru_cache(maxsize=512)
def _currencies(table: Table, country: str) -> frozenset[str]:
    return frozenset(code for code, users in table.countries.items() if country in users)


def _relate_alone(reading: _Reading) -> None:
    """Let the whole text tell the relation of a country that it names alone."""
    positive = [c for c in reading.claims if c.is_solid]
    if len({c.country for c in positive}) != 1:
        return
    found = reading.found
    denied = {found.clause[i] for first, _ in found.negations for i in found.near(first)}
    cues = [
        name
        for name in ("made", "sold")
        if any(
            name in names and found.clause[i] not in denied for i, names in enumerate(found.classes)
        )
    ]
    told = any(c.level == 0 and c.relation != "unknown" for c in positive)
    if told:
        return
    around = any("there" in names for names in found.classes)
    for claim in positive:
        if claim.kind in ("city", "country", "region"):
            if cues:
                claim.relation, claim.level = cues[-1], 1
            elif around and claim.relation == "unknown":
                claim.relation, claim.level = "seen", 1


def _claim_prices(reading: _Reading, prices: list[tuple[numbers.Price, numbers.Raw]]) -> None:
    table = reading.found.table
    solid = {c.country for c in reading.claims if c.is_solid}
    for price, raw in prices:
        if len(solid) == 1:
            for claim in reading.claims:
                if not claim.denied and (
                    claim.relation == "unknown" or (claim.relation == "seen" and claim.level)
                ):
                    claim.relation, claim.level = "sold", 1
        evidence = reading.found.evidence(min(raw.first, price.first), max(raw.last, price.last))
        codes = [price.unit] if price.unit else list(price.possible)
        users = sorted({user for code in codes for user in table.countries.get(code, ())})
        own = [code[:2] for code in codes if code[:2] in users]
        if len(codes) == 1 and own and len(users) <= 3:
            users = own
        here = {c.country for c in reading.claims if not c.denied and not c.background}
        fitting = here.intersection(users) if not price.unit else set()
        if len(fitting) == 1:
            reading.claims.append(Claim(fitting.pop(), "sold", 0, 0.9, False, evidence, "price"))
        elif price.unit and here.intersection(table.countries.get(price.unit, ())):
            for country in here.intersection(table.countries[price.unit]):
                reading.claims.append(Claim(country, "sold", 0, 0.95, False, evidence, "price"))
        elif len(users) == 1:
            reading.claims.append(Claim(users[0], "sold", 0, 0.93, False, evidence, "price"))
        elif not here and reading.found.tokens[price.first].text not in numbers.SYMBOLS:
            many = sorted(set(own)) if len(codes) > 1 else users
            if len(many) <= MAX_WEAK and len(_CROWNS.intersection(codes)) < 3:
                for user in many:
                    reading.weak.setdefault(user, evidence)


def _names(reading: _Reading, taken: set[int]) -> tuple[Name, ...]:
    found = reading.found
    kept: dict[tuple[str, bool], Name] = {}
    for mention in names.find(found, taken):
        denied = relations.is_denied(found, mention.first, mention.last)
        name = Name(
            mention.name,
            names.name_key(mention.name),
            round(calibrate("name", mention.score), 2),
            denied,
            found.evidence(mention.first, mention.last),
        )
        kept.setdefault((name.key, denied), name)
    return tuple(kept.values())


def _denies(reading: _Reading) -> tuple[bool, tuple[Evidence, ...]]:
    """Return whether the text as a whole says no, and the words that say so."""
    found = reading.found
    positive = [c for c in reading.claims if c.is_solid and c.kind != "link"]
    denied = [c for c in reading.claims if c.denied]
    words = tuple(found.evidence(*each) for each in found.negations)
    plain = _plain_denial(found)
    if positive and plain and all(_is_speakers(found, claim) for claim in positive):
        # 'Never seen one, and I have driven buses in Wellington for years': not from there, either.
        for claim in positive:
            claim.denied = True
        return True, (plain,)
    if positive:
        return False, ()
    if denied:
        return True, words
    return (True, (plain,)) if plain else (False, ())


def _is_speakers(found: Analysis, claim: Claim) -> bool:
    """Return whether a place is only where somebody is: nothing in its clause relates it to the object."""
    if claim.kind not in ("city", "country", "region") or claim.dropped:
        return False
    spoken = [i for i, t in enumerate(found.tokens) if t.start >= claim.evidence.start]
    first = spoken[0] if spoken else 0
    last = first + len(claim.evidence.words.split())
    near = found.near(first)
    if any(found.classes[i] & _OF_THE_OBJECT for i in near):
        return False
    return relations.is_located(found, first, last) or any("live" in found.classes[i] for i in near)


def _plain_denial(found: Analysis) -> Evidence | None:
    """Return the words that deny without naming a place: 'never seen one'."""
    for first, last in found.negations:
        near = found.near(first)
        if any(found.classes[i] & {"no_longer", "not_only"} for i in near):
            continue
        verbs = [
            i
            for i in near
            if found.classes[i] & {"seen", "exist", "sold"} and abs(i - first) <= relations.REACH
        ]
        if not verbs and "negative_verb" not in found.classes[first]:
            continue
        if (
            any("seen" in found.classes[i] or "exist" in found.classes[i] for i in verbs)
            or "negative_verb" in found.classes[first]
        ) and ("never" in found.classes[first] or any("seen" in found.classes[i] for i in verbs)):
            return found.evidence(first, last)
    return None


def _countries(reading: _Reading, denies: bool) -> tuple[Country, ...]:
    solid = {c.country for c in reading.claims if c.is_solid}
    by_country: dict[tuple[str, bool], list[Claim]] = {}
    for claim in reading.claims:
        if not claim.is_solid and not claim.denied and solid - {claim.country}:
            continue
        denied = claim.denied or (claim.background and denies)
        by_country.setdefault((claim.country, denied), []).append(claim)
    firmly = _firmly_denied(reading)
    countries = []
    for (code, denied), found in by_country.items():
        if not denied and code in firmly:
            continue
        if denied and (code, False) in by_country and not denies and code not in firmly:
            # 'From Poland, not from there': named and ruled out is a contradiction, and the naming wins.
            continue
        countries.append(_country(reading, code, denied, found, len(solid)))
    named = {c.code for c in countries}
    weak = [
        Country(code, "unknown", 0.25, "weak", False, (evidence,))
        for code, evidence in reading.weak.items()
        if code not in named
    ]
    countries.sort(key=lambda c: (c.denied, -c.score, c.evidence[0].start))
    return (*countries, *weak)


def _firmly_denied(reading: _Reading) -> set[str]:
    """Return the countries that are denied by name: 'In A it hung. It is not from A but from B'."""
    denied = {c.country for c in reading.claims if c.denied and c.kind in ("country", "demonym")}
    return denied - {
        c.country
        for c in reading.claims
        if not c.denied and (c.relation in ("made", "sold") or c.level == 0 or c.kind == "city")
    }


def _country(
    reading: _Reading, code: str, denied: bool, found: list[Claim], number: int
) -> Country:
    """Return what all claims for a country say together. ``number``: of countries in the text."""
    rule = _relation_by_rule(found)
    told = "told" if rule != "unknown" else "bare"
    alone = "alone" if number <= 1 else "several"
    situation = "background" if any(c.background for c in found) else f"{told} {alone}"
    strongest = max(found, key=lambda c: c.score)
    missing = math.prod(1 - min(c.score, 0.97) for c in found)
    raw = max(strongest.score, 1 - missing if len(found) > 1 else 0.0)
    score = calibrate(f"{strongest.kind} {situation}", raw)
    evidence = tuple(c.evidence for c in sorted(found, key=lambda c: c.evidence.start))
    if denied:
        return Country(code, "unknown", round(score, 2), "strong", True, evidence)
    cues = _cues(reading, found, rule, number)
    relation, _, _ = judge(cues)
    return Country(code, relation, round(score, 2), "strong", False, evidence)


def _relation_by_rule(found: list[Claim]) -> str:
    spoken = [c for c in found if c.kind != "price"] or found
    best = max(spoken, key=lambda c: (-c.level, _RANK[c.relation]))
    priced = any(c.kind == "price" for c in found)
    hangs = any(c.relation == "seen" and c.level == 0 for c in found)
    return "sold" if priced and best.relation != "made" and not hangs else best.relation


def _cues(reading: _Reading, found: list[Claim], rule: str, number: int) -> Cues:
    """Return the cues of a country: those of its claims, and what the whole text tells."""
    cues = together([c.cues for c in found])
    level = min(c.level for c in found)
    kinds = {c.kind for c in found}
    names = [f"rule {rule}", f"rule {rule} {level}", "alone" if number <= 1 else "several"]
    names += [f"by {kind}" for kind in kinds & {"price", "link", "telephone"}]
    if reading.is_priced:
        names += ["priced", f"priced {names[2]}"]
    return cues | dict.fromkeys(names, (1.0, -1))
