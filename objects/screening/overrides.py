"""The obstacles to a picture's publication, and which of them two analysts may override."""

from __future__ import annotations

from django.db import transaction

from objects.locking import lock_in_state, required_reason
from objects.models import Override, Picture, TraceObject
from objects.models.rules import OVERRIDES_NEEDED
from objects.pictures import persongate
from objects.screening import hash_lists
from traceobject.audit import trail
from traceobject.errors import StepRefused
from traceobject.staff.authority import authorise
from traceobject.staff.models import User

State = TraceObject.State


def override(picture: Picture, *, by: User, reason: str) -> None:
    """Record an analyst's override of all findings in a picture that people may override.

    Raises:
        StepRefused: there is nothing to override, the analyst has already overridden it, or the reason is
            empty.
    """
    authorise(by, "objects.publish_traceobject")
    reason = required_reason(reason)
    with transaction.atomic():
        lock_in_state(picture.object, State.DRAFT)
        about = overridable(picture) if picture.inspected_at else {}
        already_overridden = picture.overrides.filter(analyst=by).values_list("about", flat=True)
        remaining = sorted(set(about) - set(already_overridden))
        if not about:
            raise StepRefused("There is nothing to override.")
        if not remaining:
            raise StepRefused(
                "You have already overridden this. A second analyst has to do so too."
            )
        Override.objects.bulk_create(
            Override(picture=picture, analyst=by, about=each, reason=reason[:400])
            for each in remaining
        )
        trail.record(
            "picture.overridden",
            picture.object,
            by=by,
            picture=picture.pk,
            reason=reason,
            about=remaining,
            findings=[[finding["label"], finding["score"]] for finding in picture.findings],
        )


def obstacles(picture: Picture, known_matches: list[hash_lists.Match] | None = None) -> list[str]:
    """Return the obstacles to a picture's publication, in words for analysts; [] if it is clear.

    Nobody can override a match with an imported list. Two analysts may override the person gate's findings
    and a match with a withdrawn picture.

    Args:
        known_matches: the result of :func:`objects.screening.hash_lists.matches`, if the caller already has it.
    """
    if not picture.inspected_at:
        why = picture.inspection_error
        return [f"The checks could not run: {why}" if why else "The checks have not run yet."]
    found = []
    if picture.gate_version != persongate.VERSION:
        found.append("The person gate was renewed; the checks have to run again.")
    if known_matches is None:
        known_matches = hash_lists.matches(picture)
    found += [f"It is the same as a picture of {match}." for match in known_matches if match.listed]
    for about, why in overridable(picture, known_matches).items():
        already_overridden = (
            picture.overrides.filter(about=about).values("analyst").distinct().count()
        )
        if already_overridden < OVERRIDES_NEEDED:
            found.append(f"{why} {already_overridden} of {OVERRIDES_NEEDED} overrides.")
    return found


def overridable(
    picture: Picture, known_matches: list[hash_lists.Match] | None = None
) -> dict[str, str]:
    """Return what two analysts may override in an inspected picture: ``Override.about`` and the reason."""
    found = {}
    if picture.findings:
        labels = ", ".join(dict.fromkeys(finding["label"] for finding in picture.findings))
        found[Override.GATE] = f"The person gate found: {labels}."
    for match in hash_lists.matches(picture) if known_matches is None else known_matches:
        if not match.listed:
            found[f"withdrawn {match.where}"] = f"It is the same as a picture of {match}."
    return found
