"""The requirements for publishing an object."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from django.conf import settings

from objects.models import Picture, TraceObject
from objects.screening import hash_lists, obstacles
from traceobject.errors import StepRefused

CHECKLIST = {
    "no_person": "No part of a person, not even a hand or hair",
    "no_reflection": "Nobody reflected in glass, metal or a screen",
    "no_name": "No name, address, number plate or document",
    "not_unique": "Nothing that only the offender could place",
}


def missing_requirements(
    trace_object: TraceObject, known_matches: dict[int, list[hash_lists.Match]] | None = None
) -> list[str]:
    """Return the requirements for publication that an object does not meet; [] if it is ready.

    It needs a title and a question in English and in each other language of its wordings; at least one
    picture; and for each picture, an alternative text in each of these languages and no obstacle.

    Args:
        known_matches: the results of :func:`objects.screening.hash_lists.matches` by the primary key of a picture,
            if the caller already has them.
    """
    wordings = {each.language_code: each for each in trace_object.translations.all()}
    missing = []
    for language in ("en", *sorted(set(wordings) - {"en"})):
        for name in ("title", "question"):
            if not getattr(wordings.get(language), name, "").strip():
                missing.append(f"{name} ({language})")
    pictures = list(trace_object.pictures.prefetch_related("translations"))
    if not pictures:
        missing.append("a picture")
    for number, picture in enumerate(pictures, start=1):
        described = {each.language_code for each in picture.translations.all() if each.alt.strip()}
        for language in ("en", *sorted(set(wordings) - {"en"})):
            if language not in described:
                missing.append(f"alternative text of picture {number} ({language})")
        missing += [
            f"picture {number}: {why}"
            for why in obstacles(picture, (known_matches or {}).get(picture.pk))
        ]
    return missing


def require_ready(found: TraceObject) -> None:
    """Raise StepRefused unless an object meets all requirements."""
    if missing := missing_requirements(found):
        raise StepRefused(f"{found.reference} is not ready. Missing: {'; '.join(missing)}")


def require_all_checked(checked: set[str]) -> None:
    """Raise StepRefused unless all keys of ``CHECKLIST`` are confirmed."""
    missing = [words for key, words in CHECKLIST.items() if key not in checked]
    if missing:
        raise StepRefused(f"Tick every statement first. Not ticked: {'; '.join(missing)}.")


@dataclass(frozen=True)
class PublicWords:
    """What the public will read about an object in one language.

    Attributes:
        language: its code.
        title, question, known, excluded: the texts, '' where there is none.
        alternatives: the alternative text of each picture, in order.
    """

    language: str
    title: str
    question: str
    known: str
    excluded: str
    alternatives: tuple[str, ...]


def public_words(found: TraceObject) -> list[PublicWords]:
    """Return everything that will be public in words, by language, in the order of the settings."""
    wordings = {each.language_code: each for each in found.translations.all()}
    alternatives: list[dict[str, str]] = [
        {each.language_code: each.alt for each in picture.translations.all()}
        for picture in _pictures(found)
    ]
    described = {language for each in alternatives for language in each}
    return [
        PublicWords(
            language=language,
            title=getattr(wordings.get(language), "title", "") or "",
            question=getattr(wordings.get(language), "question", "") or "",
            known=getattr(wordings.get(language), "known", "") or "",
            excluded=getattr(wordings.get(language), "excluded", "") or "",
            alternatives=tuple(each.get(language, "") for each in alternatives),
        )
        for language, _ in settings.LANGUAGES
        if language in wordings or language in described
    ]


def _pictures(found: TraceObject) -> list[Picture]:
    return sorted(found.pictures.all(), key=lambda picture: picture.pk)


def fingerprint(found: TraceObject) -> str:
    """Return a SHA-256 digest of all that approving an object makes public: words, facts, pictures, time.

    The page to approve it shows all of this, and its form carries the digest. So nobody approves what a
    colleague has changed since the page was opened.
    """
    category = found.category
    translations = category.translations.all() if category else ()
    names = {each.language_code: each.name for each in translations}
    content = [
        found.reference,
        [vars(each) for each in public_words(found)],
        [found.made, sorted(found.regions), [c.code for c in found.excluded_countries]],
        [category.slug if category else "", names],
        [[each.pk, each.width, each.height] for each in _pictures(found)],
        [str(found.publish_at or ""), found.campaign_id],
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def require_seen(found: TraceObject, seen: str) -> None:
    """Raise StepRefused unless somebody saw an object as it is now (:func:`fingerprint`)."""
    if seen != fingerprint(found):
        raise StepRefused(
            f"{found.reference} has changed since you opened the page. Read it again first."
        )
