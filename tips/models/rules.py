"""Triggers of the tables of tips: rules that hold for every code path.

Each function returns a rule for the ``Meta.triggers`` of a model (see :mod:`objects.models.rules`).
"""

from __future__ import annotations

from pgtrigger import After, Before, Condition, Delete, Insert, Update, UpdateOf

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


def erased_stays() -> Rule:
    """Return the trigger that protects what was erased, and what is on hold.

    An erased tip stays erased. A tip on a confirmed legal hold is not erased, whichever code tries.
    """
    return Rule(
        name="erased_stays",
        when=Before,
        operation=UpdateOf("erased_on"),
        condition=Condition("OLD.erased_on IS DISTINCT FROM NEW.erased_on"),
        func="""
            IF OLD.erased_on IS NOT NULL THEN
                RAISE EXCEPTION 'tip % was erased and stays erased', OLD.id
                    USING ERRCODE = 'check_violation';
            END IF;
            IF EXISTS (
                SELECT FROM tips_legalhold h
                WHERE h.confirmed_at IS NOT NULL AND h.lifted_at IS NULL
                AND (h.object_id = NEW.object_id OR h.tip_id IN (NEW.id, NEW.follows_id))
            ) THEN
                RAISE EXCEPTION 'tip % is on legal hold', OLD.id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def hold_stays() -> Rule:
    """Return the trigger that keeps a legal hold as it was set: who, what and why never change.

    A proposal to lift it can be declined, which empties it, but not rewritten, and not after the lifting.
    """
    kept = ("object_id", "tip_id", "reason", "proposed_by_id", "proposed_at")
    once = ("confirmed_by_id", "confirmed_at", "lifted_by_id", "lifted_at", "taken_back_at")
    lifting = ("lift_proposed_by_id", "lift_reason")
    was, now = (", ".join(f"{row}.{each}" for each in lifting) for row in ("OLD", "NEW"))
    changed = [f"OLD.{each} IS DISTINCT FROM NEW.{each}" for each in kept]
    changed += [
        f"(OLD.{each} IS NOT NULL AND OLD.{each} IS DISTINCT FROM NEW.{each})" for each in once
    ]
    changed.append(
        f"(({was}) IS DISTINCT FROM ({now}) AND (OLD.lifted_at IS NOT NULL OR "
        "(OLD.lift_proposed_by_id IS NOT NULL AND NEW.lift_proposed_by_id IS NOT NULL)))"
    )
    return Rule(
        name="hold_stays",
        when=Before,
        operation=Update | Delete,
        func=f"""
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'legal hold % is lifted, never deleted', OLD.id
                    USING ERRCODE = 'check_violation';
            END IF;
            IF {" OR ".join(changed)} THEN
                RAISE EXCEPTION 'legal hold % cannot be changed', OLD.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
