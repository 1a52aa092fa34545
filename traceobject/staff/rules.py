"""Triggers of accounts: what the database refuses, whatever code writes to it."""

from __future__ import annotations

from pgtrigger import Before, Condition, Update

from traceobject.triggers import Rule


def name_stays() -> Rule:
    """Refuse to change the username or the number of an account.

    The audit trail and other records name people. With a free choice of names, somebody could act under the
    name of a colleague.
    """
    return Rule(
        name="name_stays",
        when=Before,
        operation=Update,
        condition=Condition("OLD.username <> NEW.username OR OLD.id <> NEW.id"),
        func="RAISE EXCEPTION 'a username is never changed' USING ERRCODE = 'check_violation';",
    )
