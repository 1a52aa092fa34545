"""A number that moves with every change to what the public reads; caches compare it (traceobject.fastpath).

The triggers are deferred: they run as the transaction commits, so that the one row is held for a moment,
and the number is new for whoever sees what changed.
"""

from django.db import migrations

TABLES = [
    "objects_traceobject",
    "objects_traceobject_translation",
    "objects_picture",
    "objects_picture_translation",
    "objects_rendition",
    "objects_category",
]

MAKE = """
CREATE TABLE public_generation (id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1), number bigint NOT NULL);
INSERT INTO public_generation (number) VALUES (1);
CREATE FUNCTION public_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Once a transaction is enough.
    IF current_setting('traceobject.changed', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        UPDATE public_generation SET number = number + 1;
        PERFORM set_config('traceobject.changed', pg_current_xact_id()::text, true);
    END IF;
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE CONSTRAINT TRIGGER {table}_public AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public_changed();\n"
    for table in TABLES
)
DROP = (
    "".join(f"DROP TRIGGER {table}_public ON {table};\n" for table in TABLES)
    + "DROP FUNCTION public_changed(); DROP TABLE public_generation;"
)


class Migration(migrations.Migration):
    dependencies = [("objects", "0003_guards")]
    operations = [migrations.RunSQL(MAKE, DROP)]
