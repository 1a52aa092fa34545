"""Decide whether two tips in other words or another language may say the same. Pure.

An embedding is near for one meaning, and for false friends as well. So what the tips say is compared
before anybody is bothered: :mod:`tips.reading.across` can reject what the embedding proposes.
"""

from __future__ import annotations

from tips.matching import embedding, guard, normalise
from tips.matching.details import Details, index_keys, read_details
from tips.reading import across
from tips.reading.across import Verdict
from tips.reading.grammar import grammars


def compare(one: Details, other: Details, texts: tuple[str, str]) -> Verdict:
    """Return whether two tips may say the same, and what they share or differ in.

    Args:
        texts: the tips' texts, where names are looked for that the reader did not find.
    """
    first, second = (normalise.strip_boilerplate(text) for text in texts)
    if one.account.is_empty and other.account.is_empty and _is_understood(one, other):
        return Verdict(False, ("neither names anything",))
    verdict = across.compare(one.account, other.account, (first, second))
    if one.links != other.links:
        sides = [
            ", ".join(sorted(side)) or "none"
            for side in (one.links - other.links, other.links - one.links)
        ]
        why = f"differs in links: {sides[0]} / {sides[1]}"[:200]
        differing = () if verdict.is_possible else verdict.reasons
        return Verdict(False, (*differing, why))
    return verdict


def _is_understood(*both: Details) -> bool:
    """Return whether the reader knows the grammar of both languages, so that it would find a name."""
    return all(each.account.language in grammars() for each in both)


def relate(one: str, other: str) -> guard.Comparison:
    """Return how two texts about one object relate, as matching and proposals would decide.

    Returns:
        The guard's comparison, or the relation ``proposed`` where the texts are no duplicates but may
        say the same. Texts that share no key of the index never meet, so they are ``new``.
    """
    mine, theirs = read_details(one), read_details(other)
    compared = guard.compare(mine, theirs)
    if set(index_keys(mine)).isdisjoint(index_keys(theirs)):
        compared = guard.Comparison("new", (), compared.likeness)
    if compared.relation == "duplicate" or not embedding.is_available():
        return compared
    alike = float(embedding.embed(one) @ embedding.embed(other))
    verdict = compare(mine, theirs, (one, other))
    if alike >= embedding.MIN_SIMILARITY and verdict.is_possible:
        reasons = (f"same meaning, {alike:.2f}", *verdict.reasons, *compared.reasons)
        return guard.Comparison("proposed", reasons, compared.likeness)
    if compared.relation == "new" and not verdict.is_possible:
        return guard.Comparison("new", verdict.reasons, compared.likeness)
    return compared
