"""A model field of 256 bits, for perceptual hashes."""

from __future__ import annotations

from typing import Any

from django.db import models


class Bits256(models.Field):
    """PostgreSQL's ``bit(256)``, written in Python as 64 hexadecimal digits.

    XOR and ``bit_count`` work on it without a conversion for each row.
    """

    description = "256 bits"

    def db_type(self, connection: Any) -> str:
        return "bit(256)"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else f"{int(value, 2):064x}"

    def get_prep_value(self, value: str | None) -> str | None:
        return None if value is None else bits(value)


def bits(hexadecimal: str) -> str:
    """Return 64 hexadecimal digits as 256 binary digits, as PostgreSQL reads them.

    Raises:
        ValueError: the text is not 64 hexadecimal digits.
    """
    if len(hexadecimal) != 64:
        raise ValueError(f"a hash of 64 hexadecimal digits, not of {len(hexadecimal)}")
    return f"{int(hexadecimal, 16):0256b}"
