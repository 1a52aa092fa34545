"""Which usernames a new account may have: names that nobody confuses with another in the audit trail."""

from __future__ import annotations

from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError

from traceobject.staff.authority import System

plain_letters = ASCIIUsernameValidator(
    message="Use letters without accents, digits and @ . + - _ only."
)


def not_a_part_of_the_site(name: str) -> None:
    """Raise ValidationError if the audit trail uses a name for a part of the site, such as *intake*."""
    if name.casefold().replace("-", " ") in {str(part) for part in System}:
        raise ValidationError("The audit trail uses this name for a part of the site.")
