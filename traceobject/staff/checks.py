"""System checks of the settings for staff sign-in."""

from __future__ import annotations

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def second_factor_is_required(**_: object) -> list[checks.CheckMessage]:
    """Warn about a site whose staff pages open with a password alone."""
    if settings.MFA_REQUIRED:
        return []
    hint = "Set MFA_REQUIRED=true."
    return [checks.Warning("Staff can work without a second factor.", hint=hint, id="staff.W001")]
