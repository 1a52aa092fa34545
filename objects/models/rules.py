"""Triggers of objects: what the database refuses or does, whatever code writes to it.

Each function returns a rule for the ``Meta.triggers`` of a model. They use PostgreSQL's names of tables and
columns, because a migration stores their SQL.
"""

from __future__ import annotations

from pgtrigger import (
    After,
    Before,
    Condition,
    Deferred,
    Delete,
    Insert,
    Operation,
    Statement,
    Truncate,
    Update,
    UpdateOf,
)

from objects.models.states import PUBLIC, State
from traceobject.triggers import Rule

PERSON_GATE = "person gate"  # ``Override.about`` for the gate's findings
OVERRIDES_NEEDED = 2  # different analysts

_PUBLIC = ", ".join(f"'{state}'" for state in PUBLIC)


def _refuse(message: str, *values: str) -> str:
    arguments = ", ".join(("", *values)) if values else ""
    return f"RAISE EXCEPTION '{message}'{arguments} USING ERRCODE = 'check_violation';"


def _passed(picture: str) -> str:
    """Return the SQL condition that a picture was inspected, and has no findings or was overridden."""
    return f"""
        {picture}.inspected_at IS NOT NULL AND ({picture}.findings = '[]'::jsonb OR (
            SELECT count(DISTINCT analyst_id) FROM objects_override
            WHERE picture_id = {picture}.id AND about = '{PERSON_GATE}'
        ) >= {OVERRIDES_NEEDED})
    """


def public_generation(
    operation: Operation | None = None, condition: Condition | None = None
) -> Rule:
    """Raise the public generation at the commit, once in a transaction.

    It is deferred, so that the single row is locked only for a moment, and whoever sees the change also sees
    the new number.
    """
    return Rule(
        name="public_generation",
        when=After,
        operation=operation or Insert | Update | Delete,
        timing=Deferred,
        condition=condition,
        func="""
            IF current_setting('traceobject.changed', true)
                IS DISTINCT FROM pg_current_xact_id()::text
            THEN
                UPDATE public_generation SET number = number + 1;
                PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);
            END IF;
            RETURN NULL;
        """,
    )


def publication() -> Rule:
    """Refuse to publish an object that was not submitted or whose pictures did not all pass the gate.

    It also refuses an object without a picture. Published follows submitted, and identified follows
    published. A CHECK constraint of the table demands the second person's approval.
    """
    return Rule(
        name="publication",
        when=Before,
        operation=Insert | UpdateOf("state"),
        condition=Condition(f"NEW.state IN ({_PUBLIC})"),
        func=f"""
            IF TG_OP = 'INSERT' THEN
                {_refuse("object % has no picture", "NEW.reference")}
            END IF;
            IF OLD.state = NEW.state
                OR (OLD.state = '{State.PUBLISHED}' AND NEW.state = '{State.IDENTIFIED}')
            THEN
                RETURN NEW;
            END IF;
            IF OLD.state <> '{State.SUBMITTED}' OR NEW.state <> '{State.PUBLISHED}' THEN
                {_refuse("object % is %, it cannot become %", "NEW.reference", "OLD.state", "NEW.state")}
            END IF;
            IF NOT EXISTS (SELECT FROM objects_picture WHERE object_id = NEW.id) THEN
                {_refuse("object % has no picture", "NEW.reference")}
            END IF;
            IF EXISTS (SELECT FROM objects_picture p WHERE p.object_id = NEW.id AND NOT ({_passed("p")}))
            THEN
                {_refuse("a picture of object % has not passed the person gate", "NEW.reference")}
            END IF;
            RETURN NEW;
        """,
    )


def no_return() -> Rule:
    """Refuse to return a public or withdrawn object to an earlier state."""
    ends = f"NEW.state = '{State.WITHDRAWN}'"
    closes = f"OLD.state = '{State.PUBLISHED}' AND NEW.state = '{State.IDENTIFIED}'"
    return Rule(
        name="no_return",
        when=Before,
        operation=UpdateOf("state"),
        condition=Condition(
            f"OLD.state IN ({_PUBLIC}, '{State.WITHDRAWN}') AND NEW.state <> OLD.state "
            f"AND NOT ({closes}) AND NOT ({ends})"
        ),
        func=_refuse(
            "object % is %, it cannot become %", "NEW.reference", "OLD.state", "NEW.state"
        ),
    )


def approval() -> Rule:
    """Refuse to change the author and the approval of an object that is or was public."""
    return Rule(
        name="approval",
        when=Before,
        operation=Update,
        condition=Condition(
            f"OLD.state IN ({_PUBLIC}, '{State.WITHDRAWN}') AND (OLD.author_id, OLD.approver_id, "
            "OLD.approved_at) IS DISTINCT FROM (NEW.author_id, NEW.approver_id, NEW.approved_at)"
        ),
        func=_refuse("the approval of object % cannot be changed", "NEW.reference"),
    )


def closing_words() -> Rule:
    """Refuse closing words that no second analyst has published."""
    return Rule(
        name="closing_words",
        when=Before,
        operation=Insert | UpdateOf("closing_words"),
        func=f"""
            IF NEW.closing_words <> '' AND (TG_OP = 'INSERT' OR NEW.closing_words <> OLD.closing_words)
                AND NOT EXISTS (
                    SELECT FROM objects_traceobject
                    WHERE id = NEW.master_id AND closing_approver_id IS NOT NULL
                        AND state = '{State.IDENTIFIED}' FOR SHARE
                )
            THEN
                {_refuse("closing words need a second analyst")}
            END IF;
            RETURN NEW;
        """,
    )


# Rules of pictures that look at their object lock it, so that they and a publication wait for each other.


def pictures_of_drafts() -> Rule:
    """Refuse to add, remove, replace or move a picture unless its object is a draft.

    Both objects must be drafts if a picture moves.
    """
    return Rule(
        name="pictures_of_drafts",
        when=Before,
        operation=Insert | Delete | UpdateOf("master", "object_id"),
        declare=[("object_state", "text")],
        func=f"""
            FOR object_state IN
                SELECT state FROM objects_traceobject
                WHERE (TG_OP <> 'INSERT' AND id = OLD.object_id)
                    OR (TG_OP <> 'DELETE' AND id = NEW.object_id)
                ORDER BY id FOR SHARE
            LOOP
                IF object_state <> '{State.DRAFT}' THEN
                    {_refuse("the pictures of an object that is % cannot be changed", "object_state")}
                END IF;
            END LOOP;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """,
    )


def public_pictures_pass() -> Rule:
    """Refuse an inspection result on a public picture that would prevent its publication."""
    return Rule(
        name="public_pictures_pass",
        when=Before,
        operation=UpdateOf("inspected_at", "findings"),
        declare=[("object_state", "text")],
        func=f"""
            SELECT state INTO object_state FROM objects_traceobject WHERE id = NEW.object_id FOR SHARE;
            IF object_state IN ({_PUBLIC}) AND NOT ({_passed("NEW")}) THEN
                {_refuse("a public picture cannot become one that has not passed the person gate")}
            END IF;
            RETURN NEW;
        """,
    )


def overrides_of_public_pictures() -> Rule:
    """Refuse to change or remove an override while the picture is public."""
    return Rule(
        name="overrides_of_public_pictures",
        when=Before,
        operation=Update | Delete,
        declare=[("object_state", "text")],
        func=f"""
            SELECT o.state INTO object_state
                FROM objects_traceobject o JOIN objects_picture p ON p.object_id = o.id
                WHERE p.id = OLD.picture_id FOR SHARE OF o;
            IF object_state IN ({_PUBLIC}) THEN
                {_refuse("an override of a public picture cannot be changed")}
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """,
    )


def renditions_stay() -> Rule:
    """Refuse to add a file of an object that is not public to a public picture, or to move its files.

    The public store follows these rows, so it would publish the file.
    """
    return Rule(
        name="renditions_stay",
        when=Before,
        operation=Insert | UpdateOf("name", "picture_id"),
        func=f"""
            IF EXISTS (
                SELECT FROM objects_traceobject o JOIN objects_picture p ON p.object_id = o.id
                WHERE p.id = NEW.picture_id AND o.state IN ({_PUBLIC})
            ) AND (TG_OP = 'UPDATE' OR EXISTS (
                SELECT FROM objects_rendition r JOIN objects_picture p ON p.id = r.picture_id
                JOIN objects_traceobject o ON o.id = p.object_id
                WHERE r.name = NEW.name AND o.state NOT IN ({_PUBLIC})
            )) THEN
                {_refuse("a public picture cannot have the file of another")}
            END IF;
            RETURN NEW;
        """,
    )


def never_emptied() -> Rule:
    """Refuse TRUNCATE, which runs no trigger for rows."""
    return Rule(
        name="never_emptied",
        when=Before,
        operation=Truncate,
        level=Statement,
        func=_refuse("% cannot be emptied", "TG_TABLE_NAME"),
    )
