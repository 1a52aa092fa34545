"""Triggers of the tables of tips: rules that hold for every code path.

Each function returns a rule for the ``Meta.triggers`` of a model (see :mod:`objects.models.rules`).
"""

from __future__ import annotations

from pgtrigger import After, Before, Condition, Insert, UpdateOf

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


def hours(*fields: str) -> Rule:
    """Return the trigger that cuts the times of a row to the hour, whichever code writes them.

    A closer time in a stolen database could tell when a tip was sent, and so by whom.
    """
    cuts = "\n".join(f"NEW.{each} = date_trunc('hour', NEW.{each}, 'UTC');" for each in fields)
    return Rule(
        name="hours",
        when=Before,
        operation=Insert | UpdateOf(*fields),
        func=f"{cuts} RETURN NEW;",
    )
