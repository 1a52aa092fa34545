"""The index of near-duplicates: find the tips that share a key with another tip."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tips.matching import details as tip_details
from tips.matching import signature
from tips.matching.details import Details, index_keys, is_current, read_details, sort_content
from tips.models import BandKey, Tip

MAX_CANDIDATES = 24  # of a search, and of each key: boilerplate is shared by thousands
MAX_UNDER_BOILERPLATE = 64  # of a search without the words that most share
MAX_REST = 0.7  # a text that shares fewer of its words with most others has no boilerplate
_CANDIDATES = """
    SELECT t.id, t.account FROM (
        SELECT b.tip_id FROM unnest(%s::bigint[]) AS k(key)
        CROSS JOIN LATERAL (
            SELECT tip_id FROM tips_bandkey WHERE key = k.key ORDER BY tip_id LIMIT %s
        ) b
        WHERE b.tip_id <> %s GROUP BY b.tip_id ORDER BY count(*) DESC, b.tip_id LIMIT %s
    ) shared JOIN tips_tip t ON t.id = shared.tip_id
    WHERE t.claim_id IS NOT NULL
"""


@dataclass(frozen=True)
class Candidate:
    """A tip that shares a key with another one.

    Attributes:
        sorted_content: its content words, sorted and joined.
        kept: its stored details as JSON; None if they are not current.
    """

    pk: int
    sorted_content: str
    kept: dict[str, Any] | None

    def details(self) -> Details:
        """Return the details of the tip."""
        return tip_details.load(self.kept) or read(Tip.objects.get(pk=self.pk))


def details(tip: Tip) -> Details:
    """Return the details of a tip that matter for comparing it: the stored ones, if they are current."""
    return tip_details.load(tip.account) or read(tip)


def read(tip: Tip) -> Details:
    """Read a tip anew and return its details."""
    return read_details(tip.full_text, country=str(tip.country or ""), url=tip.url)


def keys(tip: Tip, mine: Details) -> list[int]:
    """Return the index keys of a tip's text, sorted."""
    return index_keys(mine, space=tip.object_id)


@dataclass(frozen=True)
class Found:
    """The candidates of a tip, and the keys under which the tip itself is to be found."""

    candidates: list[Candidate]
    keys: list[int]


def find(tip: Tip, mine: Details, own: list[int]) -> Found:
    """Return the tips that share a key with this one.

    Thousands that begin alike share so many keys that only the first of them are returned. So where the
    bound is reached, the text is searched a second time without the words that most of those have.

    Args:
        own: the keys of its text.
    """
    first = _query(tip, own)
    words = mine.content_words
    if len(first) < MAX_CANDIDATES:
        return Found(first, own)
    rest = signature.own_words(words, [each.sorted_content.split() for each in first])
    if not rest or len(rest) > MAX_REST * len(words):
        return Found(first, own)
    more = signature.keys(rest, space=tip.object_id, layer="rest ")
    known = {each.pk for each in first}
    second = [each for each in _query(tip, more, MAX_UNDER_BOILERPLATE) if each.pk not in known]
    return Found(first + second, sorted({*own, *more}))


def _query(tip: Tip, of: list[int], most: int = MAX_CANDIDATES) -> list[Candidate]:
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [of, most, tip.pk, most])
        rows = cursor.fetchall()
    return [_candidate(number, account and json.loads(account)) for number, account in rows]


def _candidate(number: int, kept: dict[str, Any] | None) -> Candidate:
    if kept and is_current(kept) and isinstance(kept.get("words"), str):
        return Candidate(number, sort_content(kept["words"].split()), kept)
    return Candidate(number, read(Tip.objects.get(pk=number)).sorted_content, None)


def add(tip: Tip, own: list[int]) -> None:
    """Add a tip to the index under its keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tips_bandkey (key, tip_id) SELECT key, %s FROM unnest(%s::bigint[]) key "
            "ON CONFLICT DO NOTHING",
            [tip.pk, own],
        )


def reindex(tip: Tip) -> None:
    """Add a tip to the index, for instance because the tip that it repeats is gone."""
    if tip.erased_on is None:
        mine = details(tip)
        add(tip, find(tip, mine, keys(tip, mine)).keys)


def remove(tips: Collection[int]) -> None:
    """Remove tips from the index."""
    BandKey.objects.filter(tip__in=tips).delete()


# --- locks ----------------------------------------------------------------------------------------

_LOCK_KEYS = """
    SELECT set_config('synchronous_commit', 'off', true);
    SELECT CASE WHEN pg_try_advisory_xact_lock_shared(%s, %s)
        THEN (SELECT count(*) FROM (SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) key) locked)
    END
"""
_OBJECT = 0x6F626A  # 'obj': the namespace of the locks on an object's matching


def lock_keys(object_pk: int, own: list[int]) -> bool:
    """Lock a tip's keys until the transaction ends, so that two workers cannot open equal claims.

    The keys are sorted, so that workers wait for each other in one order.

    Returns:
        False if the whole object is being rematched. Then nothing is locked, and the tip has to
        wait.
    """
    with connection.cursor() as cursor:
        # The outbox repeats what a crash undoes here, so nobody has to wait for the disk.
        cursor.execute(_LOCK_KEYS, [_OBJECT, _as_int4(object_pk), own])
        return cursor.fetchone()[0] is not None


def lock_object(object_pk: int) -> None:
    """Lock all matching on an object until the transaction ends, with one lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_OBJECT, _as_int4(object_pk)])


def _as_int4(number: int) -> int:
    return (number + 2**31) % 2**32 - 2**31
