"""A promise and a bar are evidence: they are never deleted, and what was promised, or why somebody was barred, never changes."""

from django.db import migrations

EVIDENCE = """
CREATE FUNCTION casework_promise_is_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.application_id, NEW.promised_at, NEW.promised_by, NEW.is_signed_at_window)
            IS DISTINCT FROM (OLD.application_id, OLD.promised_at, OLD.promised_by, OLD.is_signed_at_window)
        OR (OLD.accepted_at IS NOT NULL
            AND (NEW.papers, NEW.accepted_at, NEW.length) IS DISTINCT FROM (OLD.papers, OLD.accepted_at, OLD.length))
        OR (OLD.filled_at IS NOT NULL AND NEW.filled_at IS DISTINCT FROM OLD.filled_at) THEN
        RAISE EXCEPTION 'promise % is evidence', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_tolerance_evidence BEFORE DELETE OR UPDATE ON casework_tolerance
    FOR EACH ROW EXECUTE FUNCTION casework_promise_is_evidence();
CREATE FUNCTION casework_bar_is_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.lifted_at IS NOT NULL
        OR (to_jsonb(NEW) - ARRAY['lifted_at', 'lifted_by', 'lifted_label', 'lifted_because'])
            IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['lifted_at', 'lifted_by', 'lifted_label', 'lifted_because']) THEN
        RAISE EXCEPTION 'bar % is evidence', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_bar_evidence BEFORE DELETE OR UPDATE ON casework_bar
    FOR EACH ROW EXECUTE FUNCTION casework_bar_is_evidence();
"""
DROP_EVIDENCE = """
DROP TRIGGER casework_tolerance_evidence ON casework_tolerance;
DROP TRIGGER casework_bar_evidence ON casework_bar;
DROP FUNCTION casework_promise_is_evidence();
DROP FUNCTION casework_bar_is_evidence();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0003_time")]
    operations = [migrations.RunSQL(EVIDENCE, DROP_EVIDENCE)]
