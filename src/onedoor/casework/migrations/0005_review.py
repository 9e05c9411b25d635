"""What another office was asked and said is evidence."""

from django.db import migrations

EVIDENCE = """
CREATE FUNCTION casework_consultation_is_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := ARRAY['ended_at', 'ended_by', 'ended_account', 'ended_label', 'stance', 'answer'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR to_jsonb(OLD) - later IS DISTINCT FROM to_jsonb(NEW) - later THEN
        RAISE EXCEPTION '% % is evidence', TG_TABLE_NAME, OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_consultation_evidence BEFORE DELETE OR UPDATE ON casework_consultation
    FOR EACH ROW EXECUTE FUNCTION casework_consultation_is_evidence();
"""
DROP_EVIDENCE = """
DROP TRIGGER casework_consultation_evidence ON casework_consultation;
DROP FUNCTION casework_consultation_is_evidence();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0004_promises")]
    operations = [migrations.RunSQL(EVIDENCE, DROP_EVIDENCE)]
