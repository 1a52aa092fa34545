"""The invariants of the design, checked one by one after a drill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.db.models import Count

from bench.chaos.people import Observations, ask, listed
from objects.models import Rendition, TraceObject
from objects.pictures.hashes import sha256
from tests.mailserver import Mailbox
from tips.claims.membership import recount
from tips.intake import receipt_codes
from tips.models import Attachment, Claim, Delivery, Lead, Referral, Tip
from traceobject.audit import trail
from traceobject.crypto import sealing
from traceobject.outbox import health
from traceobject.outbox.models import Destination, Step

Found = Iterator[str]


def check(seen: Observations, mailbox: Mailbox, url: str) -> list[str]:
    """Return the violated invariants, in plain words; [] if the drill was passed."""
    checks: list[Callable[[], Found]] = [
        lambda: iter(seen.wrong),
        lambda: _tips(seen),
        _pictures_of_tips,
        _referrals,
        lambda: _mails(mailbox),
        _public_files,
        lambda: _public_pages(url),
        _trail,
        _outbox,
        _claims,
    ]
    return [what for each in checks for what in each()]


def _tips(seen: Observations) -> Found:
    for code, (text, pictures) in seen.thanked.items():
        found = list(Tip.objects.filter(receipt=receipt_codes.hash_code(code)))
        if len(found) != 1:
            yield f"a thanked tip is there {len(found)} times: {text!r}"
            continue
        if found[0].text != text or found[0].attachments.count() != pictures:
            yield f"a thanked tip is not what was sent: {text!r}"
    unmatched = Tip.objects.exclude(state=Tip.State.MATCHED).count()
    if unmatched:
        yield f"{unmatched} tips are not matched"
    if (total := Tip.objects.count()) < len(seen.thanked):
        yield f"{total} tips for {len(seen.thanked)} thanks"


def _pictures_of_tips() -> Found:
    for each in Attachment.objects.filter(tip__isnull=False):
        if each.state != Attachment.State.CLEAN:
            yield f"picture {each.pk} of a tip is {each.state}"
            continue
        with storages["private"].open(each.view) as file:
            if not sealing.unseal_file(file.read()).startswith(b"\xff\xd8"):
                yield f"the copy of picture {each.pk} is no picture"


def _referrals() -> Found:
    for lead in Lead.objects.prefetch_related("countries", "referrals"):
        wanted = sorted(str(each.country) for each in lead.countries.all())
        there = sorted(str(each.country) for each in lead.referrals.all())
        if wanted != there:
            yield f"L-{lead.pk} is for {wanted} and was referred to {there}"
    waiting = Referral.objects.filter(state=Referral.State.WAITING).count()
    if waiting:
        yield f"{waiting} referrals were never handed over"
    doubled = Referral.objects.annotate(n=Count("deliveries")).exclude(n=1).count()
    if doubled:
        yield f"{doubled} referrals have not exactly one delivery"


def _mails(mailbox: Mailbox) -> Found:
    """Check that each delivery has a mail with one Message-ID, so that a repeated mail is shown once."""
    ids = Counter(message["Message-ID"] for _, message in mailbox.received)
    if len(ids) != Delivery.objects.count():
        yield f"{len(ids)} different mails for {Delivery.objects.count()} deliveries"
    if Delivery.objects.filter(sent_at=None).exists():
        yield "a delivery is not noted as sent"


def _public_names() -> set[str]:
    public = Rendition.objects.filter(picture__object__in=TraceObject.objects.public())
    return set(public.values_list("name", flat=True))


def store_is_in_step() -> bool:
    """Return whether the public store holds exactly the public files."""
    return set(storages["public"].fingerprints("")) == _public_names()


def _public_files() -> Found:
    wanted, public = _public_names(), storages["public"]
    there = set(public.fingerprints(""))
    if wanted != there:
        yield f"public store: {len(wanted - there)} missing, {len(there - wanted)} too many"
    for name in there:
        with public.open(name) as file:
            data = file.read()
        if not name.startswith(sha256(data)[:40]):
            yield f"the public file {name} is not whole ({len(data)} bytes)"
    left = [path for path in Path(settings.VAR_DIR, "public").iterdir() if path.is_file()]
    if stray := [path.name for path in left if path.name not in wanted]:
        yield f"left in the public store: {stray[:3]}"


def _public_pages(url: str) -> Found:
    public = set(TraceObject.objects.public().values_list("reference", flat=True))
    if listed(url) != public:
        yield f"the public list is {listed(url)}, not {public}"
    for each in TraceObject.objects.all():
        status, _ = ask(f"{url}/objects/{each.reference}/")
        if status != (200 if each.reference in public else 404):
            yield f"{each.reference} ({each.state}) is answered with {status}"
    for name in Rendition.objects.exclude(
        picture__object__in=TraceObject.objects.public()
    ).values_list("name", flat=True):
        if ask(f"{url}/pictures/{name}")[0] != 404:
            yield f"the picture {name} of no public object is answered"


def _trail() -> Found:
    verdict = trail.verify()
    if verdict.broken:
        yield f"the audit trail breaks at entry {verdict.broken}: {verdict.why}"


def _outbox() -> Found:
    for step in Step.objects.all()[:5]:
        yield f"left in the outbox: {health.describe(step)} ({step.attempts} tries, {step.reason})"
    for each in Destination.objects.all():
        yield f"the {each} is still left alone"


def _claims() -> Found:
    orphans = Tip.objects.filter(state=Tip.State.MATCHED, claim=None).count()
    if orphans:
        yield f"{orphans} matched tips have no claim"
    for claim in Claim.objects.exclude(state=Claim.State.MERGED):
        before = (claim.tip_count, claim.facts)
        if before[0] != claim.tips.count():
            yield f"C-{claim.pk} counts {before[0]} tips and has {claim.tips.count()}"
        recount(claim)
        claim.refresh_from_db()
        if (claim.tip_count, claim.facts) != before:
            yield f"C-{claim.pk} had miscounted: {before} is {(claim.tip_count, claim.facts)}"
    stray = Tip.objects.filter(claim__state=Claim.State.MERGED)
    if stray.exists():
        yield f"{stray.count()} tips are in claims that were merged away"
