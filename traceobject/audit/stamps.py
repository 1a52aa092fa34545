"""Time stamps by a service outside (RFC 3161): they prove that bytes existed at a time."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

from cryptography import x509
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from traceobject.errors import Unreachable
from traceobject.outbox.failures import StepFailed

SECONDS = 10
LONGEST = 1024 * 1024  # bytes of an answer; a stamp has a few thousand


class BadStamp(ValueError):
    """A time stamp is not valid for these bytes. The message says why."""


def request(data: bytes) -> bytes:
    """Return a valid time stamp over some bytes by the service of AUDIT_TSA_URL (DER).

    Raises:
        Unreachable: the service does not answer.
        StepFailed: it refuses, or its answer is not valid.
    """
    asked = (
        TimestampRequestBuilder()
        .data(data)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    sent = urllib.request.Request(  # noqa: S310 (the settings take http and https alone)
        settings.AUDIT_TSA_URL,
        data=asked.as_bytes(),
        headers={"content-type": "application/timestamp-query", "user-agent": "trace-an-object"},
    )
    try:
        with urllib.request.urlopen(sent, timeout=SECONDS) as answer:  # noqa: S310
            stamp = answer.read(LONGEST)
    except urllib.error.HTTPError as error:
        raise StepFailed(f"The time stamp service answered {error.code}.") from None
    except OSError as error:
        cause = getattr(error, "reason", error)
        raise Unreachable(
            f"The time stamp service does not answer ({type(cause).__name__})."
        ) from None
    try:
        verify(stamp, data, asked)
    except BadStamp as error:
        raise StepFailed(f"The time stamp is not valid: {error}") from None
    return stamp


def verify(stamp: bytes, data: bytes, asked: TimeStampRequest | None = None) -> None:
    """Verify that a time stamp is over these bytes and by a service that AUDIT_TSA_CERTIFICATES trusts.

    The certificates only need to have been valid at the time of the stamp.

    Raises:
        BadStamp: it is not, or the certificates cannot be read.
    """
    builder = VerifierBuilder.from_request(asked) if asked else VerifierBuilder()
    try:
        pem = Path(settings.AUDIT_TSA_CERTIFICATES or "/").read_bytes()
        for certificate in x509.load_pem_x509_certificates(pem):
            if certificate.issuer == certificate.subject:
                builder = builder.add_root_certificate(certificate)
            else:
                builder = builder.add_intermediate_certificate(certificate)
        verifier = builder.build()
    except (OSError, ValueError):
        raise BadStamp("AUDIT_TSA_CERTIFICATES cannot be read") from None
    try:
        verifier.verify_message(decode_timestamp_response(stamp), data)
    except (VerificationError, ValueError) as error:
        raise BadStamp(str(error)[:150]) from None
