"""The requirements for publishing an object."""

from __future__ import annotations

from objects.models import TraceObject
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
