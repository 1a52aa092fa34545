"""The index of near-duplicates: find the tips that share a key with another tip."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models.expressions import RawSQL

from tips.matching import guard, normalise, signature
from tips.models import BandKey, Tip
from tips.reading import Account, stored

MAX_TIPS_PER_KEY = 24  # boilerplate is shared by thousands
MAX_CANDIDATES = 24
_SHARED = """
    SELECT b.tip_id FROM unnest(%s::bigint[]) AS k(key)
    CROSS JOIN LATERAL (
        SELECT tip_id FROM tips_bandkey WHERE key = k.key ORDER BY tip_id LIMIT %s
    ) b
    WHERE b.tip_id <> %s GROUP BY b.tip_id ORDER BY count(*) DESC, b.tip_id LIMIT %s
"""


def details(tip: Tip) -> guard.Details:
    """Return the details of a tip that matter for comparing it; its stored account, if it is current."""
    return _details(tip, stored.load(tip.account))


def read(tip: Tip) -> guard.Details:
    """Read a tip anew and return its details."""
    return _details(tip, None)


def _details(tip: Tip, account: Account | None) -> guard.Details:
    country = str(tip.country or "")
    return guard.details(tip.full_text, country=country, url=tip.url, account=account)


def keys(tip: Tip, mine: guard.Details) -> list[int]:
    """Return the index keys of a tip's text, sorted."""
    pages = {normalise.page_key(link) or link for link in mine.links}
    return signature.keys(mine.content_words, pages, space=tip.object_id)


def candidates(tip: Tip, of: list[int]) -> list[Tip]:
    """Return the tips that share a key with this one, with the fields needed for comparing."""
    shared = RawSQL(_SHARED, [of, MAX_TIPS_PER_KEY, tip.pk, MAX_CANDIDATES])  # noqa: S611 (a constant)
    return list(
        Tip.objects.filter(pk__in=shared, claim__isnull=False).only(
            *("text", "place", "why", "country", "url", "account", "claim", "sender")
        )
    )


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
        add(tip, keys(tip, details(tip)))


def remove(tips: Collection[int]) -> None:
    """Remove tips from the index."""
    BandKey.objects.filter(tip__in=tips).delete()


# --- locks ----------------------------------------------------------------------------------------

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
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'off', true); "
            "SELECT pg_try_advisory_xact_lock_shared(%s, %s)",
            [_OBJECT, _as_int4(object_pk)],
        )
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) key", [own])
    return True


def lock_object(object_pk: int) -> None:
    """Lock all matching on an object until the transaction ends, with one lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_OBJECT, _as_int4(object_pk)])


def _as_int4(number: int) -> int:
    return (number + 2**31) % 2**32 - 2**31
