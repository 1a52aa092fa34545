"""What the database itself holds fast: no code path can publish a picture past the gate."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION objects_guard_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('published', 'identified')
       AND (TG_OP = 'INSERT' OR OLD.state NOT IN ('published', 'identified'))
       AND EXISTS (SELECT FROM objects_picture WHERE object_id = NEW.id) THEN
        IF NEW.approver_id IS NULL OR NEW.approved_at IS NULL THEN
            RAISE EXCEPTION 'nobody approved object %', NEW.reference USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (
            SELECT FROM objects_picture p WHERE p.object_id = NEW.id AND (
                p.inspected_at IS NULL OR (p.findings <> '[]'::jsonb AND 2 > (
                    SELECT count(DISTINCT o.analyst_id) FROM objects_override o
                    WHERE o.picture_id = p.id AND o.about = 'person gate'
                ))
            )
        ) THEN
            RAISE EXCEPTION 'a picture of object % has not passed the person gate', NEW.reference
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER objects_guard_publication BEFORE INSERT OR UPDATE OF state ON objects_traceobject
    FOR EACH ROW EXECUTE FUNCTION objects_guard_publication();

CREATE FUNCTION objects_guard_pictures() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stands text;
BEGIN
    SELECT state INTO stands FROM objects_traceobject
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.object_id ELSE NEW.object_id END;
    IF stands <> 'draft' THEN
        RAISE EXCEPTION 'the pictures of an object that is % cannot be changed', stands
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER objects_guard_pictures
    BEFORE INSERT OR DELETE OR UPDATE OF master, object_id ON objects_picture
    FOR EACH ROW EXECUTE FUNCTION objects_guard_pictures();
"""

BACKWARDS = """
DROP TRIGGER objects_guard_pictures ON objects_picture;
DROP TRIGGER objects_guard_publication ON objects_traceobject;
DROP FUNCTION objects_guard_pictures();
DROP FUNCTION objects_guard_publication();
"""


class Migration(migrations.Migration):

    dependencies = [("objects", "0002_sanitised_guarded_approved")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.RemoveField(
            model_name='picture',
            name='old_alt',
        ),
        migrations.RemoveField(
            model_name='traceobject',
            name='old_closing_words',
        ),
        migrations.RemoveField(
            model_name='traceobject',
            name='old_excluded',
        ),
        migrations.RemoveField(
            model_name='traceobject',
            name='old_known',
        ),
        migrations.RemoveField(
            model_name='traceobject',
            name='old_question',
        ),
        migrations.RemoveField(
            model_name='traceobject',
            name='old_title',
        ),
    ]
