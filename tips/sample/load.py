"""Fill an empty site: staff, objects, tips, decisions, referrals and outcomes.

Nothing is written past the functions that the site itself uses, so every sample row has its audit
entries and has gone through the same checks.
"""

from __future__ import annotations

import io
import random
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from objects import publishing, screening
from objects.models import Category, Picture, TraceObject
from objects.sample.drawings import DRAWINGS
from tips.desk import outcomes
from tips.intake.accept import accept
from tips.intake.uploads import attachments
from tips.models import Attachment, Claim, Desk, LeadCountry, Referral, Tip
from tips.sample import categories
from tips.sample.texts import ENDINGS, GREETINGS, HELD, SAMPLES, WAITING, Sample
from tips.triage import claim_queue, decisions, questions
from traceobject.audit import trail
from traceobject.outbox import queue as outbox
from traceobject.staff.authority import System
from traceobject.staff.models import OfficerCountry, User
from traceobject.staff.roles import Role

TIPS = 300
SMALL_TIPS = 30  # of a quick look
SMALL_SAMPLES = (SAMPLES[0], next(sample for sample in SAMPLES if sample.end))
# Pixels. In larger pictures the person gate looks at quarters, too, which takes most of its time.
LARGEST = (1240, 930)
SEED = 2017
DAYS = 200

ACCOUNTS = (
    ("administrator", Role.ADMINISTRATOR, ()),
    ("analyst", Role.ANALYST, ()),
    ("analyst2", Role.ANALYST, ()),
    ("moderator", Role.MODERATOR, ()),
    ("officer-es", Role.CASE_OFFICER, ("ES", "PT")),
    ("officer-pl", Role.CASE_OFFICER, ("PL", "CZ")),
    ("officer-gb", Role.CASE_OFFICER, ("GB", "IE")),
    ("investigator", Role.INVESTIGATOR, ()),
    ("guardian", Role.SAFEGUARDING, ()),
)
OUTCOMES = (
    (Referral.Outcome.CONFIRMED, "Two shops still hand out this bag. Passed to the regional team."),
    (Referral.Outcome.EXCLUDED, "The manufacturer says that it was never fitted here."),
    (Referral.Outcome.WIDESPREAD, "Sold in a dozen countries until 2019."),
)


def make_accounts(new_password: Callable[[], str]) -> list[tuple[str, str, str]]:
    """Make the sample members of staff.

    Returns:
        (user name, password, what they are) of each; passwords are kept nowhere else.
    """
    made = []
    for username, role, countries in ACCOUNTS:
        password = new_password()
        with transaction.atomic():
            user = User.objects.create_user(
                username, f"{username}@agency.example", password, is_staff=True
            )
            user.groups.add(Group.objects.get(name=role))
            OfficerCountry.objects.bulk_create(
                OfficerCountry(officer=user, country=code) for code in countries
            )
            trail.record(
                "staff.added", user, by=System.SAMPLE_DATA, roles=[role], countries=list(countries)
            )
            for code in countries:
                Desk.objects.create(country=code, name="National desk", on_duty=user)
        what = f"{role} for {' and '.join(countries)}" if countries else str(role)
        made.append((username, password, what))
    return made


def random_password() -> str:
    """Return a password of 80 random bits that is easy to copy."""
    return "-".join(secrets.token_hex(2) for _ in range(5))


def make_objects(progress: Callable[[str], None], samples: Sequence[Sample] = SAMPLES) -> None:
    """Draw, submit and publish the sample objects."""
    author, approver = User.objects.get(username="analyst"), User.objects.get(username="analyst2")
    everything = set(publishing.CHECKLIST)
    for sample in samples:
        made = _draft(sample, author)
        picture = _picture(made, sample, author)
        if picture.findings:  # the gate takes some round and pale things for a part of a body
            why = "Checked at full size: it is only the object, drawn by our own code."
            screening.override(picture, by=author, reason=why)
            screening.override(picture, by=approver, reason=f"Agreed. {why}")
        publishing.submit(made, by=author, checked=everything, seen=publishing.fingerprint(made))
        publishing.approve(made, by=approver, checked=everything, seen=publishing.fingerprint(made))
        progress(f"  {sample.reference} {sample.title}")


def make_drafts() -> None:
    """Leave the analysts something to do: one object waits for approval, one is held by the gate."""
    author, approver = User.objects.get(username="analyst"), User.objects.get(username="analyst2")
    waiting = _draft(WAITING, author)
    _picture(waiting, WAITING, author)
    publishing.submit(
        waiting, by=author, checked=set(publishing.CHECKLIST), seen=publishing.fingerprint(waiting)
    )
    held = _picture(_draft(HELD, author), HELD, author)
    if held.findings:
        screening.override(
            held, by=approver, reason="It is a socket. No part of a person is visible."
        )


def _picture(made: TraceObject, sample: Sample, author: User) -> Picture:
    drawing = DRAWINGS[sample.drawing](random.Random(made.reference))
    drawing.thumbnail(LARGEST)
    drawn = io.BytesIO()
    drawing.save(drawn, "PNG")
    alt = {"en": sample.alt, **sample.alt_translated}
    picture = publishing.add_picture(made, drawn.getvalue(), alt=alt, by=author)
    outbox.drain(names=["picture.inspect"])
    picture.refresh_from_db()
    return picture


def _category(slug: str) -> Category:
    """Return a sample category, made with its name in every language where it is not there yet."""
    category, is_new = Category.objects.get_or_create(slug=slug)
    if is_new:
        for language, name in categories.NAMES[slug].items():
            category.translations.create(language_code=language, name=name)
    return category


def _draft(sample: Sample, author: User) -> TraceObject:
    with transaction.atomic():
        words = {name: getattr(sample, name) for name in ("title", "question", "known", "excluded")}
        category = _category(slugify(sample.category))
        made = TraceObject.objects.create(
            **words,
            reference=sample.reference,
            made=sample.made,
            regions=sample.regions,
            excluded_countries=sample.excluded_countries,
            category=category,
            priority=sample.priority,
            author=author,
        )
        for language, (title, question) in sample.translated.items():
            made.translations.create(language_code=language, title=title, question=question)
        trail.record("object.drafted", made, by=author)
    return made


def make_tips(now: datetime, samples: Sequence[Sample] = SAMPLES, count: int = TIPS) -> None:
    """Send the sample tips through the same door as the form's, as if over the last half year.

    Some come with a picture: the object drawn once more, from another side.
    """
    rng = random.Random(SEED)
    begun = now - timedelta(days=DAYS)
    # There is no way to publish in the past but this one.
    TraceObject.objects.public().update(published_at=begun, updated_at=begun)
    for number in range(count):
        sample = rng.choices(samples, [sum(f.weight for f in s.facts) for s in samples])[0]
        fact = rng.choices(sample.facts, [f.weight for f in sample.facts])[0]
        language = rng.choice(sorted(fact.words))
        text = _varied(rng.choice(fact.words[language]), language, rng)
        accept(
            TraceObject.objects.get(reference=sample.reference),
            text=text,
            nonce=f"sample-{number}",
            language=language,
            country=fact.country if rng.random() < 0.4 else "",
            contact=f"sender{number}@mail.example" if rng.random() < 0.15 else "",
            sureness=rng.choice(["", "", *Tip.Sureness.values]),
            trust=rng.choices(Tip.Trust.values, [85, 14, 1])[0],
            pictures=_photo(sample, rng, now) if number % 60 == 7 else (),
            now=max(begun, now - timedelta(days=min(DAYS, rng.expovariate(1 / 50)))),
        )


def _photo(sample: Sample, rng: random.Random, now: datetime) -> list[Attachment]:
    drawn = DRAWINGS[sample.drawing](rng).rotate(rng.choice([-4, 3, 90]), expand=True)
    drawn.thumbnail((1000, 1000))
    file = io.BytesIO()
    drawn.save(file, "JPEG", quality=80)
    return attachments.store_files([SimpleUploadedFile("photo.jpg", file.getvalue())], now)


def _varied(text: str, language: str, rng: random.Random) -> str:
    """Return a text as another person would write it: a greeting, an ending, a typo, no capitals."""
    if rng.random() < 0.3:
        text = rng.choice(GREETINGS[language]) + text
    if rng.random() < 0.3:
        text += rng.choice(ENDINGS[language])
    if rng.random() < 0.2 and len(text) > 30:
        slip = rng.choice(
            [i for i, c in enumerate(text[:-2]) if c.islower() and text[i + 1].islower()]
        )
        text = text[:slip] + text[slip + 1] + text[slip] + text[slip + 2 :]
    if rng.random() < 0.12:
        text = text.lower()
    if rng.random() < 0.08:
        text = text.rstrip(".") + "!!"
    return text


def make_decisions(samples: Sequence[Sample] = SAMPLES) -> None:
    """Vet and reject some claims, let the officers answer some referrals, close one object."""
    rng = random.Random(SEED)
    moderator = User.objects.get(username="moderator")
    with_desk = set(Desk.objects.values_list("country", flat=True))
    for claim in list(claim_queue.claims().filter(state=Claim.State.OPEN))[:60]:
        named = claim_queue.countries_of(claim)
        if not named and rng.random() < 0.4:
            decisions.reject(
                claim, by=moderator, reason="It names no place and nothing to investigate."
            )
        elif named and rng.random() < (0.7 if next(iter(named)) in with_desk else 0.12):
            first = claim.tips.order_by("id")[0]
            decisions.vet(
                claim,
                by=moderator,
                summary=f"{claim.tip_count} independent tips say: {first.text}"[:2000]
                if claim.tip_count > 1
                else f"One tip says: {first.text}"[:2000],
                countries={next(iter(named)): LeadCountry.Relation.SOLD},
            )
    outbox.drain()
    for referral in Referral.objects.filter(state=Referral.State.SENT).order_by("id"):
        officer = referral.officer
        if officer and rng.random() < 0.65:
            outcomes.acknowledge(referral, by=officer)
            if rng.random() < 0.6:
                outcome, note = rng.choice(OUTCOMES)
                outcomes.close(
                    referral,
                    by=officer,
                    outcome=outcome,
                    note=note,
                    is_released=rng.random() < 0.7,
                )
    asked = Tip.objects.filter(claim__state=Claim.State.OPEN, source=Tip.Source.FORM).first()
    if asked is not None:
        questions.ask(asked, by=moderator, text="Do you remember in which year that was?")
    analyst = User.objects.get(username="analyst")
    second = User.objects.get(username="analyst2")
    for sample in samples:
        if sample.end:
            found = TraceObject.objects.get(reference=sample.reference)
            publishing.identify(found, by=analyst, words={"en": sample.end})
            found.refresh_from_db()
            seen = publishing.words_fingerprint(found)
            publishing.publish_words(found, by=second, seen=seen)


def load(progress: Callable[[str], None], *, is_small: bool = False) -> list[tuple[str, str, str]]:
    """Fill an empty site, telling how far it is. Return the accounts as :func:`make_accounts` does.

    Args:
        is_small: make two objects and thirty tips, for a quick look.
    """
    samples, tips = (SMALL_SAMPLES, SMALL_TIPS) if is_small else (SAMPLES, TIPS)
    accounts = make_accounts(random_password)
    progress(f"{len(samples)} objects: drawn, sanitised, approved, published")
    make_objects(progress, samples)
    if not is_small:
        make_drafts()
    progress(f"{tips} tips accepted and matched")
    make_tips(timezone.now(), samples, tips)
    outbox.drain(names=["match"])
    progress("Claims vetted and rejected, leads routed, outcomes recorded")
    make_decisions(samples)
    return accounts
