"""Steps from a draft to publication and back: pictures, checks, states, schedule and cache purges."""

from objects.publishing.checks import CHECKLIST, fingerprint, missing_requirements, public_words
from objects.publishing.closing import (
    decline_words,
    propose_words,
    publish_words,
    words_fingerprint,
)
from objects.publishing.drafts import add_picture, describe_picture, remove_picture
from objects.publishing.lifecycle import (
    approve,
    identify,
    launch,
    publish_now,
    remove_public_copies,
    send_back,
    submit,
    withdraw,
)
from objects.publishing.schedule import publish_due

__all__ = [
    "CHECKLIST",
    "add_picture",
    "approve",
    "decline_words",
    "describe_picture",
    "fingerprint",
    "identify",
    "launch",
    "missing_requirements",
    "propose_words",
    "public_words",
    "publish_due",
    "publish_now",
    "publish_words",
    "remove_picture",
    "remove_public_copies",
    "send_back",
    "submit",
    "withdraw",
    "words_fingerprint",
]
