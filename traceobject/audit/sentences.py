"""What each action of the audit trail means, in words, and which of them keep only the hour.

Each app registers its own actions when it starts. A test walks the code for the actions that are recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

_SENTENCES: dict[str, str] = {}
_HOUR_ONLY: set[str] = set()


def register(sentences: Mapping[str, str], *, hour_only: Collection[str] = ()) -> None:
    """Register sentences by action.

    Args:
        sentences: such as ``{"claim.vetted": "vetted {target}"}``; the actor's name stands before it.
        hour_only: actions whose exact time could identify the sender of a tip. Where the site itself or the
            sender takes them, the trail keeps the hour.

    Raises:
        ValueError: an action has another sentence already.
    """
    for action, sentence in sentences.items():
        if _SENTENCES.setdefault(action, sentence) != sentence:
            raise ValueError(f"The action {action!r} has two sentences.")
    _HOUR_ONLY.update(hour_only)


def is_hour_only(action: str) -> bool:
    """Return whether the trail keeps only the hour of an action, if no member of staff took it."""
    return action in _HOUR_ONLY


def actions() -> list[str]:
    """Return the actions that have a sentence, sorted."""
    return sorted(_SENTENCES)


def sentence(action: str, target: str) -> str:
    """Return what was done to a target; of an action that only an older version knew, its name."""
    return _SENTENCES.get(action, f"{action} {{target}}").replace("{target}", target or "–")


def label(action: str) -> str:
    """Return an action in words, without its target, for a list to choose from."""
    return sentence(action, "…").capitalize()


def details(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the names and values of an entry's detail as plain text, without those that are empty."""
    found = (
        (name.replace("_", " "), _changes(value) if name == "changes" else _text(value))
        for name, value in detail.items()
    )
    return [(name, text) for name, text in found if text]


def _changes(value: Any) -> str:
    """Return old and new values by name, such as ``roles: from analyst to moderator``."""
    if not isinstance(value, Mapping):
        return _text(value)
    pairs = ((name, both) for name, both in value.items() if isinstance(both, list))
    return "; ".join(
        f"{name}: from {_text(both[0]) or 'none'} to {_text(both[-1]) or 'none'}"
        for name, both in pairs
        if both
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{name.replace('_', ' ')}: {text}" for name, text in details(value))
    if isinstance(value, list):
        return ", ".join(_text(each) or "none" for each in value)
    return str(value)


register(
    {
        "staff.added": "added the account {target}",
        "staff.changed": "changed the account {target}",
        "staff.invited": "sent {target} a link to set a password",
        "staff.password_changed": "changed their own password",
        "staff.password_set": "set the password of {target}",
        "staff.password_reset": "set a new password by a mailed link",
        "staff.factor_added": "added a second factor to their account",
        "staff.factor_removed": "removed a second factor from their account",
        "staff.factors_reset": "reset the second factor of {target}",
        "staff.identity_linked": "linked {target} to an identity at the sign-in provider",
        "staff.identity_unlinked": "unlinked {target} from the identity at the sign-in provider",
        "staff.sessions_ended": "ended sessions of their own",
        "staff.signed_out": "signed out",
        "staff.code_failed": "refused a wrong one-time code for {target}",
        "keys.rotation_started": "began to rotate the keys",
        "keys.rotated": "rotated the keys",
        "staff.signed_in": "signed in",
        "staff.sign_in_failed": "refused a wrong password for {target}",
        "step.retried": "had the background {target} retried",
        "trail.head_noted": "noted the newest digest of the audit trail",
    }
)
