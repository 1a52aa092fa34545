"""Rules that the database enforces by a trigger, declared in the ``Meta`` of the model they guard."""

from __future__ import annotations

from typing import Any

import pgtrigger
from pgtrigger import compiler


class RuleSql(compiler.UpsertTriggerSql):
    """The SQL that installs a rule's trigger."""

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER LANGUAGE plpgsql AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$;
            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE FUNCTION {execute};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Rule(pgtrigger.Trigger):
    """A trigger that holds for every statement.

    django-pgtrigger's own triggers ask at each row whether a setting of the session says to ignore
    them. Ours do not ask: there is no such way round them, and no time is spent on it.
    """

    def compile(self, model: Any) -> compiler.Trigger:
        made = super().compile(model)
        return compiler.Trigger(name=made.name, sql=RuleSql(**made.sql.kwargs))
