"""Triggers of the tables of tips: rules that hold for every code path.

Each function returns a rule for the ``Meta.triggers`` of a model (see :mod:`objects.models.rules`).
"""

from __future__ import annotations

from pgtrigger import After, Condition, Insert

from tips.steps import TipStep
from traceobject.triggers import Rule


def next_step() -> Rule:
    """Return the trigger that puts the matching of an accepted tip into the outbox.

    No code path can forget it, and accepting a tip is one statement.
    """
    return Rule(
        name="next_step",
        when=After,
        operation=Insert,
        condition=Condition("NEW.state = 'received'"),
        func=f"""
            INSERT INTO outbox_step (name, subject) VALUES ('{TipStep.MATCH}', NEW.id)
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        """,
    )
