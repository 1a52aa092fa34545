"""The rights of the site's database role where another role owns the tables.

The site's role reads and writes every table, except for the audit trail, which it can only read and append to.
It owns nothing, so it can neither drop a trigger nor switch one off.
"""

from __future__ import annotations

from django.db import connection, transaction

from traceobject.audit.models import Entry

# Tables with other rights than all others.
RIGHTS = {Entry._meta.db_table: "SELECT, INSERT", "django_migrations": "SELECT"}
# PostgreSQL's own roles that reach past all rights on tables.
BEYOND_TABLES = ("pg_execute_server_program", "pg_write_server_files", "pg_write_all_data")
ALL_ROWS = "SELECT, INSERT, UPDATE, DELETE"


class CannotGrant(Exception):
    """The rights cannot be granted, or would not protect the trail. The message is one line."""


def grant(role: str) -> int:
    """Grant a role what the site needs, in one transaction, and return the number of tables.

    It takes back everything else that was granted to it on these tables. Run it as the tables' owner, after
    each migration.

    Raises:
        CannotGrant: the role does not exist, or could change the trail whatever is granted.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _refuse_powerful(cursor, role)
        quoted = connection.ops.quote_name(role)
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT current_database()")
        database = connection.ops.quote_name(cursor.fetchone()[0])
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {quoted}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        for table in tables:
            name = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE ALL ON {name} FROM PUBLIC, {quoted}")
            cursor.execute(f"GRANT {RIGHTS.get(table, ALL_ROWS)} ON {name} TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        cursor.execute(
            "SELECT has_table_privilege(%s, %s, 'UPDATE, DELETE, TRUNCATE, TRIGGER')",
            [role, Entry._meta.db_table],
        )
        if cursor.fetchone() != (False,):
            raise CannotGrant(f"{role} could still change the audit trail through another role")
    return len(tables)


def _refuse_powerful(cursor, role: str) -> None:
    cursor.execute(
        "SELECT rolsuper, rolname = current_user, rolcreaterole FROM pg_roles WHERE rolname = %s",
        [role],
    )
    found = cursor.fetchone()
    if found is None:
        raise CannotGrant(f"there is no role {role}")
    is_superuser, is_myself, creates_roles = found
    if is_superuser:
        raise CannotGrant(f"{role} is a superuser, who can change the audit trail")
    if creates_roles:
        raise CannotGrant(f"{role} may create roles, and could make itself the owner (CREATEROLE)")
    if is_myself:
        raise CannotGrant(f"{role} owns the tables; the site needs a role of its own")
    cursor.execute(
        "SELECT pg_has_role(%s, relowner, 'MEMBER') FROM pg_class WHERE oid = %s::regclass",
        [role, Entry._meta.db_table],
    )
    if cursor.fetchone() != (False,):
        raise CannotGrant(f"{role} is a member of the role that owns the tables")
    cursor.execute(
        "SELECT pg_has_role(%s, nspowner, 'MEMBER') OR has_schema_privilege(%s, oid, 'CREATE')"
        " FROM pg_namespace WHERE nspname = 'public'",
        [role, role],
    )
    if cursor.fetchone() != (False,):
        raise CannotGrant(
            f"{role} may make tables in the schema, and replace the trail with another"
        )
    cursor.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND pg_has_role(%s, oid, 'MEMBER')",
        [list(BEYOND_TABLES), role],
    )
    if found := cursor.fetchone():
        raise CannotGrant(
            f"{role} is a member of {found[0]}, and could change any file of the server"
        )
