"""What else the public reads: hotlines, and outcomes in the figures (objects/migrations/0004)."""

from django.db import migrations

MAKE = """
CREATE CONSTRAINT TRIGGER tips_hotline_public AFTER INSERT OR UPDATE OR DELETE ON tips_hotline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public_changed();
CREATE CONSTRAINT TRIGGER tips_referral_public AFTER UPDATE ON tips_referral
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.is_released IS DISTINCT FROM NEW.is_released) EXECUTE FUNCTION public_changed();
"""
DROP = """
DROP TRIGGER tips_hotline_public ON tips_hotline;
DROP TRIGGER tips_referral_public ON tips_referral;
"""


class Migration(migrations.Migration):
    dependencies = [("tips", "0005_released_outcomes"), ("objects", "0004_generation")]
    operations = [migrations.RunSQL(MAKE, DROP)]
