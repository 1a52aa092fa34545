"""Factories for test data, which use the site's own functions."""

from __future__ import annotations

import functools
import io
import itertools
import random

from django.contrib.auth.models import Group
from django.utils import timezone
from PIL import Image, ImageDraw

from objects import publishing, screening
from objects.models import Picture, TraceObject
from objects.pictures import isolated
from tips.claims.match import match
from tips.intake.accept import accept
from tips.models import Claim, Lead, Referral, Tip
from tips.routing.route import route
from tips.triage import decisions
from traceobject.staff.models import OfficerCountry, User
from traceobject.staff.roles import Role

_numbers = itertools.count(1)
ALL_CHECKED = set(publishing.CHECKLIST)
PASSWORD = "a-long-password-for-tests"


def staff(role: Role, *countries: str, name: str = "") -> User:
    name = name or f"{role.replace(' ', '-')}-{next(_numbers)}"
    user = User.objects.create_user(name, f"{name}@agency.example", PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    OfficerCountry.objects.bulk_create(OfficerCountry(officer=user, country=c) for c in countries)
    return user


def drawing(size: tuple[int, int] = (1200, 900), seed: int = 1) -> Image.Image:
    """Return a harmless picture with enough detail: coloured shapes on a background."""
    rng = random.Random(seed)
    image = Image.new("RGB", size, (210, 200, 180))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        draw.rectangle(
            [x, y, x + size[0] // 8, y + size[1] // 9],
            fill=tuple(rng.randrange(256) for _ in "rgb"),
        )
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def draft(**fields: object) -> TraceObject:
    fields = {"title": "A bag", "question": "Where is this bag sold?", **fields}
    return TraceObject.objects.create(**fields)


def with_picture(
    trace_object: TraceObject, data: bytes | None = None, alt: str = "Coloured shapes"
) -> Picture:
    """Add a picture and have it inspected, as the page and the worker do.

    Results for the same bytes are cached, because the work depends only on them.
    """
    by = trace_object.author or staff(Role.ANALYST)
    with cached_picture_jobs():
        picture = publishing.add_picture(trace_object, data or encoded(drawing()), alt=alt, by=by)
        screening.inspect(picture.pk)
    picture.refresh_from_db()
    return picture


_known: dict[tuple[object, ...], object] = {}


def cached_picture_jobs():
    """Cache the results of picture jobs in a with block; they depend only on their arguments."""

    def wrap(real):
        def run(job, payload, options, **rest):
            key = (job, payload, str(options))
            if key not in _known:
                _known[key] = real(job, payload, options, **rest)
            return _known[key]

        return run

    return isolated.replace_runner(wrap)


def submitted(author: User | None = None, *, pictures: int = 1, **fields: object) -> TraceObject:
    """Return a submitted object. With ``pictures=0``, it has one small picture."""
    author = author or staff(Role.ANALYST)
    made = draft(author=author, **fields)
    for seed in range(pictures):
        with_picture(made, encoded(drawing(seed=seed)))
    if not pictures:
        with_picture(made, _small())
    publishing.submit(made, by=author, checked=ALL_CHECKED, seen=publishing.fingerprint(made))
    made.refresh_from_db()
    return made


@functools.cache
def _small() -> bytes:
    return encoded(drawing((48, 36)))


def published(*, pictures: int = 1, **fields: object) -> TraceObject:
    """Return a public object. Use ``pictures=0`` in tests that ignore pictures: one small one is quick."""
    made = submitted(staff(Role.ANALYST), pictures=pictures, **fields)
    publishing.approve(
        made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
    )
    made.refresh_from_db()
    return made


def identified(
    words: dict[str, str] | str = "", *, found: TraceObject | None = None, **fields
) -> TraceObject:
    """Return an object that was recognised, with closing words that two analysts stand for."""
    found = found or published(pictures=0, **fields)
    said = {"en": words} if isinstance(words, str) else words
    publishing.identify(found, by=staff(Role.ANALYST), words=said)
    found.refresh_from_db()
    if found.closing_proposal:
        publishing.publish_words(
            found, by=staff(Role.ANALYST), seen=publishing.words_fingerprint(found)
        )
    return found


def send(trace_object: TraceObject, text: str, *, matched: bool = True, **fields: str) -> Tip:
    """Accept a tip as the form does, and match it as the worker does."""
    before = Tip.objects.order_by("-id").values_list("id", flat=True).first() or 0
    accept(trace_object, text=text, nonce=f"n{next(_numbers)}", now=timezone.now(), **fields)
    tip = Tip.objects.get(id__gt=before)
    if matched:
        match(tip.pk)
        tip.refresh_from_db()
    return tip


def open_claim(
    trace_object: TraceObject | None = None,
    text: str = "Sold at Lidl in Sevilla, Spain",
    **fields: str,
) -> Claim:
    return send(trace_object or published(pictures=0), text, **fields).claim


def lead(*countries: str, claim: Claim | None = None, by: User | None = None) -> Lead:
    claim = claim or open_claim()
    by = by or staff(Role.MODERATOR)
    return decisions.vet(
        claim,
        by=by,
        summary="Sold in a shop in the old town.",
        countries=dict.fromkeys(countries, "sold"),
    )


def referral(country: str = "ES", claim: Claim | None = None) -> Referral:
    """Return a referral that was routed to its country."""
    made = lead(country, claim=claim)
    route(made.pk)
    return made.referrals.get(country=country)
