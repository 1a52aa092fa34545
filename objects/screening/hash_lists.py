"""Import hash lists, and compare pictures with them and with withdrawn pictures."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.dispatch import Signal

from objects.models import HashList, Picture, TraceObject
from objects.models.bits import bits
from objects.pictures.hashes import PDQ_NEAR, PDQ_QUALITY
from traceobject.audit import trail
from traceobject.staff.authority import Actor, authorise

_HASH = re.compile(r"[0-9a-f]{64}")
KINDS = ("pdq", "sha256")

# Sent in the importing transaction with the list's primary key as ``hash_list``, so that other apps compare
# their own pictures with it.
hash_list_imported = Signal()


@dataclass(frozen=True)
class Match:
    """A known picture that is the same as a picture.

    Attributes:
        listed: whether it is on an imported list; if not, it was withdrawn before.
        where: the list, or the reference of the withdrawn object.
        bits: how many of 256 bits differ, or None if the files are the same.
    """

    listed: bool
    where: str
    bits: int | None

    def __str__(self) -> str:
        near = "the same file" if self.bits is None else f"{self.bits} of 256 bits differ"
        what = "the hash list" if self.listed else "withdrawn object"
        return f"{what} {self.where} ({near})"


def matches(picture: Picture) -> list[Match]:
    """Return the known pictures that a picture matches: lists first, then by distance.

    The picture is compared as it is, turned and mirrored. One without enough detail for PDQ is compared only
    by SHA-256.
    """
    exact = [value for value in (picture.upload_sha256, picture.master_sha256) if value]
    turned = picture.pdq_turned if picture.pdq_quality >= PDQ_QUALITY else []
    turned_bits = [bits(value) for value in turned]
    return [
        *listed(exact, turned),
        *_query(False, _WITHDRAWN_EXACT, [exact, exact, picture.object_id]),
        *_query(False, _WITHDRAWN_NEAR, [turned_bits, PDQ_NEAR, PDQ_QUALITY, picture.object_id]),
    ]


def listed(sha256: list[str], pdq: Iterable[str], hash_list: int | None = None) -> list[Match]:
    """Return the matches of a picture on imported lists.

    Args:
        sha256: exact hashes of the file and of its sanitised copies.
        pdq: perceptual hashes as it is, turned and mirrored; none if it has too little detail.
        hash_list: the primary key of the only list to search; None searches all.
    """
    near = [bits(value) for value in pdq]
    return [
        *_query(True, _LISTED_EXACT, [sha256, hash_list, hash_list]),
        *_query(True, _LISTED_NEAR, [near, PDQ_NEAR, hash_list, hash_list]),
    ]


_LISTED_EXACT = """
    SELECT l.source || ', ' || l.dated, NULL FROM objects_knownhash k
    JOIN objects_hashlist l ON l.id = k.hash_list_id WHERE k.sha256 = ANY(%s)
    AND (%s::bigint IS NULL OR l.id = %s) LIMIT 3
"""
_LISTED_NEAR = """
    SELECT l.source || ', ' || l.dated, min(bit_count(k.pdq # t.pdq::bit(256)))
    FROM objects_knownhash k CROSS JOIN unnest(%s::text[]) AS t(pdq)
    JOIN objects_hashlist l ON l.id = k.hash_list_id
    WHERE bit_count(k.pdq # t.pdq::bit(256)) <= %s AND (%s::bigint IS NULL OR l.id = %s)
    GROUP BY 1 ORDER BY 2 LIMIT 3
"""
_WITHDRAWN_EXACT = """
    SELECT o.reference, NULL FROM objects_picture p JOIN objects_traceobject o ON o.id = p.object_id
    WHERE o.state = 'withdrawn' AND (p.upload_sha256 = ANY(%s) OR p.master_sha256 = ANY(%s))
    AND o.id <> %s LIMIT 3
"""
_WITHDRAWN_NEAR = """
    SELECT o.reference, min(bit_count(p.pdq # t.pdq::bit(256)))
    FROM objects_picture p CROSS JOIN unnest(%s::text[]) AS t(pdq)
    JOIN objects_traceobject o ON o.id = p.object_id
    WHERE o.state = 'withdrawn' AND bit_count(p.pdq # t.pdq::bit(256)) <= %s
    AND p.pdq_quality >= %s AND o.id <> %s GROUP BY 1 ORDER BY 2 LIMIT 3
"""


def _query(listed: bool, sql: str, values: list[Any]) -> Iterator[Match]:
    if not values[0]:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for where, differing in cursor.fetchall():
            yield Match(listed, where, differing)


def public_objects_on_lists() -> list[tuple[str, Match]]:
    """Return the reference and match of each public object with a picture on an imported list."""
    public = Picture.objects.filter(object__in=TraceObject.objects.public())
    return [
        (picture.object.reference, match)
        for picture in public.select_related("object")
        for match in matches(picture)
        if match.listed
    ]


# --- importing a list ---------------------------------------------------------------------------


@dataclass(frozen=True)
class ImportResult:
    """The result of an import: numbers of new and known entries, and the bad lines with reasons."""

    added: int
    known: int
    bad: list[tuple[int, str]]


def import_list(
    lines: Iterable[str], *, source: str, dated: date, kind: str | None, by: Actor
) -> ImportResult:
    """Import a list of hashes. It is safe to repeat. Bad lines are reported and the others imported.

    Args:
        lines: one hash on each line, or CSV of ``kind,hash`` with or without a heading and more columns.
        kind: ``pdq`` or ``sha256`` for lines without a kind. Both are 64 hexadecimal digits.

    Raises:
        PermissionDenied: ``by`` may not add hash lists.
    """
    authorise(by, "objects.add_hashlist")
    bad: list[tuple[int, str]] = []
    added = total = 0
    with transaction.atomic():
        into, _ = HashList.objects.get_or_create(source=source, dated=dated)
        into.save()  # sets imported_at
        batch: list[tuple[str, str]] = []
        for entry in _entries(lines, kind, bad):
            batch.append(entry)
            total += 1
            if len(batch) == 5000:
                added += _add(into, batch)
                batch = []
        added += _add(into, batch)
        hash_list_imported.send(HashList, hash_list=into.pk)
        trail.record("hash_list.imported", into, by=by, added=added, bad_lines=len(bad))
    return ImportResult(added, total - added, bad)


def _entries(
    lines: Iterable[str], kind: str | None, bad: list[tuple[int, str]]
) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(csv.reader(lines), start=1):
        cells = [cell.strip().lower() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if number == 1 and not any(_HASH.fullmatch(cell) for cell in cells) and "hash" in cells:
            continue
        says = next((cell for cell in cells if cell.replace("-", "") in KINDS), kind or "")
        value = next((cell for cell in cells if _HASH.fullmatch(cell)), None)
        if value is None:
            bad.append((number, "is not a hash of 64 hexadecimal digits"))
        elif not says:
            bad.append((number, "does not say if it is pdq or sha256"))
        else:
            yield says.replace("-", ""), value


def _add(into: HashList, batch: list[tuple[str, str]]) -> int:
    added = 0
    with connection.cursor() as cursor:
        for kind, cast in (("pdq", "::bit(256)"), ("sha256", "")):
            values = [value for of, value in batch if of == kind]
            if not values:
                continue
            cursor.execute(
                f"INSERT INTO objects_knownhash (hash_list_id, {kind}) "  # noqa: S608 (one of two names)
                f"SELECT %s, v{cast} FROM unnest(%s::text[]) AS t(v) ON CONFLICT DO NOTHING",
                [into.pk, [bits(v) for v in values] if kind == "pdq" else values],
            )
            added += cursor.rowcount
    return added
