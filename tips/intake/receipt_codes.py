"""Receipt codes: 100 bits, easy to write down, stored only as a keyed hash.

The code is derived from a random number in the form and from the content, under RECEIPT_KEY. So the
same form sent twice (a double click, a reload, a bad connection) is one tip with one code, and
nobody without the key can compute a code.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LENGTH = 20
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})


def _keyed(purpose: bytes, *parts: str) -> bytes:
    body = b"\x00".join([purpose, *(part.encode() for part in parts)])
    return hmac.digest(settings.RECEIPT_KEY.encode(), body, hashlib.sha256)


def issue(nonce: str, content: str) -> str:
    """Return the code for a form's random number and content: 20 letters and digits, 100 bits."""
    number = int.from_bytes(_keyed(b"issue", nonce, content), "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))


def hash_code(code: str) -> str:
    """Return the keyed hash of a code. Spaces, dashes and case are ignored."""
    return _keyed(b"store", normalise(code)).hex()


def normalise(code: str) -> str:
    """Return a typed code as it was issued."""
    return "".join(code.split()).upper().translate(_LOOKALIKES)


def format_code(code: str) -> str:
    """Return a code in groups of four, as it is shown."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
