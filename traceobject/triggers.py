"""Database triggers that enforce rules, declared in the ``Meta`` of the model that they guard."""

from __future__ import annotations

from typing import Any

import pgtrigger
from pgtrigger import compiler


class RuleSql(compiler.UpsertTriggerSql):
    """The SQL that installs a rule's trigger.

    Its function finds tables in the schema *public* first, so nobody can put a temporary one in their place.
    """

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER LANGUAGE plpgsql
                SET search_path = pg_catalog, public, pg_temp AS $$
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
    """A trigger that cannot be switched off for a session.

    django-pgtrigger's own triggers check for each row whether a session setting disables them. Ours do not,
    so nobody can bypass them and the check costs no time.
    """

    def compile(self, model: Any) -> compiler.Trigger:
        made = super().compile(model)
        return compiler.Trigger(name=made.name, sql=RuleSql(**made.sql.kwargs))
