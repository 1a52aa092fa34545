"""Import tips from records. Safe to repeat: an external_id that already exists is skipped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import islice

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django_countries import countries

from objects.models import TraceObject
from tips.intake import external_ids
from tips.intake.accept import nudge_matching, truncate_to_hour
from tips.intake.bulk.csv_reader import Record, records
from tips.models import Tip
from traceobject.audit import trail
from traceobject.crypto import sealing
from traceobject.staff.authority import Actor, authorise

BATCH_SIZE = 500
_LOCK = 0x696D706F7274  # one advisory lock for all imports: 'import'


@dataclass
class Report:
    """The result of an import. ``bad`` holds (line, error) for each row that was not imported."""

    added: int = 0
    known: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)


class BadRow(ValueError):
    """A row that cannot be imported. The message gives the reason."""


def import_tips(lines: Iterable[bytes], *, by: Actor, source: str) -> Iterator[Report]:
    """Import a CSV file of tips in batches, each in one transaction, and yield the report so far.

    Args:
        lines: the file's lines as bytes.
        source: the file's name, for the audit trail.

    Raises:
        BadHeader: nothing was read.
    """
    yield from import_records(records(lines), by=by, source=source)


def import_records(rows: Iterable[Record], *, by: Actor, source: str) -> Iterator[Report]:
    """Import records from any kind of file, as :func:`import_tips` does."""
    authorise(by, "tips.add_tip")
    report = Report()
    objects = {found.reference: found for found in TraceObject.objects.all()}
    rows = iter(rows)
    while batch := list(islice(rows, BATCH_SIZE)):
        _import_batch(batch, objects, report)
        yield report
    with transaction.atomic():
        trail.record(
            "tips.imported",
            source,
            by=by,
            added=report.added,
            known=report.known,
            bad=len(report.bad),
        )
    yield report


def _import_batch(batch: list[Record], objects: dict[str, TraceObject], report: Report) -> None:
    fresh: dict[str, tuple[int, Tip]] = {}
    for record in batch:
        try:
            if record.error:
                raise BadRow(record.error)
            tip = _build_tip(record.values, objects)
            earlier = fresh.get(tip.external_id or "")
            if earlier is None:
                fresh[tip.external_id or ""] = (record.line, tip)
            elif _differs(earlier[1], tip):
                raise BadRow(
                    f"external_id {tip.external_id} is in the file twice, with different texts"
                )
            else:
                report.known += 1
        except BadRow as bad:
            report.bad.append((record.line, str(bad)))
    with transaction.atomic():
        # Imports of the same rows wait for each other. A conflict would be an error, and the database
        # server may log the rows of errors.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        there = {
            tip.external_id: tip
            for tip in Tip.objects.filter(external_id__in=fresh).select_related("object")
        }
        erased_forms = {external_ids.erased_form(each): each for each in fresh if each}
        erased = Tip.objects.filter(external_id__in=erased_forms).values_list("external_id")
        for (form,) in list(erased):
            fresh.pop(erased_forms[str(form)], None)
            report.known += 1
        for external_id, tip in there.items():
            line, wanted = fresh.pop(external_id or "")
            if _differs(tip, wanted):
                report.bad.append(
                    (line, f"external_id {external_id} already exists with a different text")
                )
            else:
                report.known += 1
        tips = Tip.objects.bulk_create([tip for _, tip in fresh.values()])
        transaction.on_commit(nudge_matching)
    report.added += len(tips)
    report.bad.sort()


def _differs(one: Tip, other: Tip) -> bool:
    return (one.text, one.object_id) != (other.text, other.object_id)


def _build_tip(values: dict[str, str], objects: dict[str, TraceObject]) -> Tip:
    given = {name: (value or "").strip() for name, value in values.items()}
    external_id, text, reference = given["external_id"], given["text"], given["object"]
    if not external_id:
        raise BadRow("external_id is empty")
    if len(external_id) > 200:
        raise BadRow("external_id is longer than 200 characters")
    found = objects.get(reference.upper())
    if found is None:
        raise BadRow(f"there is no object {reference!r}" if reference else "object is empty")
    if not text:
        raise BadRow("text is empty")
    if len(text) > settings.TIP_LONGEST:
        raise BadRow(f"text has {len(text):,} characters; the limit is {settings.TIP_LONGEST:,}")
    country = given.get("country", "").upper()
    if country and country not in countries:
        raise BadRow(f"country {given['country']!r} is not a two-letter ISO 3166-1 code")
    email = given.get("email", "")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise BadRow("email is not a valid email address") from None
    url = given.get("url", "")
    if len(url) > 2000:
        raise BadRow("url is longer than 2,000 characters")
    return Tip(
        object=found,
        source=Tip.Source.IMPORT,
        external_id=external_id,
        text=text,
        country=country,
        url=url,
        contact=sealing.seal(email),
        received_at=truncate_to_hour(_parse_time(given.get("received_at", ""))),
    )


def _parse_time(text: str) -> datetime:
    if not text:
        return timezone.now()
    try:
        moment = parse_datetime(text)
        if moment is None and (day := parse_date(text)):
            moment = datetime.combine(day, time(12))
    except ValueError:
        moment = None
    if moment is None:
        raise BadRow(
            f"received_at {text[:40]!r} is not a date (write 2024-05-31 or 2024-05-31T14:00Z)"
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
