"""Claims: one reason each for one country, with what it says of the object. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from tips.reading import relation_cues, relations
from tips.reading.account import Evidence
from tips.reading.analysis import Analysis
from tips.reading.mentions import Mention


@dataclass(slots=True)
class Claim:
    """One reason for one country.

    Attributes:
        level: how far the cue of the relation is: 0 the same clause, 3 none.
        background: whether it says where somebody is from, and nothing of the object.
        dropped: whether it is what somebody thought at first.
        cues: what around it speaks for a relation.
    """

    country: str
    relation: str
    level: int
    score: float
    denied: bool
    evidence: Evidence
    kind: str
    background: bool = False
    dropped: bool = False
    cues: relation_cues.Cues = field(default_factory=dict)

    @property
    def is_solid(self) -> bool:
        """Whether it speaks for its country, and of the object."""
        return not (self.denied or self.background or self.dropped)


def of_mention(found: Analysis, mentions: list[Mention], position: int) -> Claim:
    """Return what a mention of a place says."""
    mention = mentions[position]
    first, last, is_demonym = mention.first, mention.last, mention.kind == "demonym"
    owned = _owned(found, mentions, mention)
    relation, level = relations.relation(found, first, last, owned)
    if is_demonym and level:
        relation = "unknown"
    denied = is_denied(found, mentions, position)
    return Claim(
        mention.country, relation, level, mention.score, denied, found.evidence(first, last), mention.kind,
        not denied and relations.is_background(found, first, last, is_demonym),
        not denied and relations.is_first_thought(found, first),
        {} if denied else relation_cues.of_mention(found, mention, owned, _standing(found, mention)),
    )  # fmt: skip


def _standing(found: Analysis, mention: Mention) -> str:
    """Return how a place is put: as where something is, where it is from, or neither."""
    if relations.is_origin(found, mention.first, mention.last):
        return "origin"
    return "located" if relations.is_located(found, mention.first, mention.last) else "bare"


def _owned(found: Analysis, mentions: list[Mention], mention: Mention) -> frozenset[int]:
    """Return the clauses whose verbs are said of other places.

    'Never sold in A, only in B': what is said of a denied place is said of this one.
    """
    own = found.clause[mention.first]
    return frozenset(
        found.clause[m.first]
        for m in mentions
        if m.country != mention.country
        and found.clause[m.first] != own
        and not relations.is_denied(found, m.first, m.last)
    )


def is_denied(found: Analysis, mentions: list[Mention], position: int) -> bool:
    """Return whether the text denies a mention, by itself or in a list."""
    mention = mentions[position]
    return relations.is_denied(found, mention.first, mention.last) or _is_denied_by_list(
        found, mentions, position
    )


def _is_denied_by_list(found: Analysis, mentions: list[Mention], position: int) -> bool:
    """Return whether a place continues a denied list: 'not from Spain or Italy', 'neither A nor B'."""
    if position == 0:
        return False
    before, this = mentions[position - 1], mentions[position]
    between = range(before.last, this.first)
    if found.sentence[before.first] != found.sentence[this.first] or len(between) > 4:
        return False
    if any(found.classes[i] & {"but", "instead"} for i in between):
        return False
    if not any(
        found.has(i, "nor") or found.tokens[i].folded in relations.CONJUNCTIONS for i in between
    ):
        return False
    return relations.is_denied(found, before.first, before.last) and all(
        found.is_function_word(i) or found.has(i, "nor") for i in between
    )
