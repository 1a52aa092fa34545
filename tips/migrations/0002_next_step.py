from django.db import migrations

# A tip that was accepted has its next step in the outbox: the database itself sees to it, so that no
# code path can forget, and accepting a tip is one statement.
MAKE = """
CREATE FUNCTION tips_put_next_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox_step (name, subject, due_at, attempts, last_error)
    VALUES ('match', NEW.id, now(), 0, '') ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER tips_next_step AFTER INSERT ON tips_tip
    FOR EACH ROW WHEN (NEW.state = 'received') EXECUTE FUNCTION tips_put_next_step();
"""
DROP = """
DROP TRIGGER tips_next_step ON tips_tip;
DROP FUNCTION tips_put_next_step();
"""


class Migration(migrations.Migration):
    dependencies = [("tips", "0001_initial"), ("outbox", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, DROP)]
