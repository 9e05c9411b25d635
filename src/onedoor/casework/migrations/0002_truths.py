"""Truths that only the database can keep, whoever writes: serials, authority for decisions, four eyes, evidence."""

from django.db import migrations

SERIAL = "CREATE SEQUENCE casework_serial AS integer MINVALUE 0 MAXVALUE 99999 CYCLE CACHE 1;"
DROP_SERIAL = "DROP SEQUENCE casework_serial;"

# A stage is finished only by a posting that is authorised for this item, this stage and this agency at that moment (S03).
AUTHORITY = """
CREATE FUNCTION casework_stage_needs_authority() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    filed record;
BEGIN
    IF NEW.posting_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT item_code, agency_id INTO filed FROM casework_application WHERE id = NEW.application_id;
    IF NOT network_is_authorised(NEW.posting_id, NEW.stage, filed.item_code, filed.agency_id, NEW.ended_at) THEN
        RAISE EXCEPTION 'posting % is not authorised for % of %', NEW.posting_id, NEW.stage, filed.item_code
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_stagerun_authority BEFORE INSERT OR UPDATE OF application_id, stage, posting_id, ended_at ON casework_stagerun
    FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION casework_stage_needs_authority();
"""
DROP_AUTHORITY = """
DROP TRIGGER casework_stagerun_authority ON casework_stagerun;
DROP FUNCTION casework_stage_needs_authority();
"""

# Whatever the status says, a result rests on an approving stage that somebody authorised finished; whoever handled a commitment item did not approve it.
DECISION = """
CREATE FUNCTION casework_decision_needs_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    approver uuid;
BEGIN
    SELECT account_id INTO approver FROM casework_stagerun
     WHERE application_id = NEW.id AND stage = 'approve' AND ended_at IS NOT NULL AND posting_id IS NOT NULL
       AND NOT is_returned
     ORDER BY position DESC, started_at DESC LIMIT 1;
    IF approver IS NULL THEN
        RAISE EXCEPTION 'application % was approved by nobody', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.case_kind <> '1' AND EXISTS (
        SELECT 1 FROM casework_stagerun
         WHERE application_id = NEW.id AND stage <> 'approve' AND account_id = approver
    ) THEN
        RAISE EXCEPTION 'application % was handled and approved by one person', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_application_decision BEFORE INSERT OR UPDATE OF status, outcome ON casework_application
    FOR EACH ROW WHEN (NEW.status = 'decided' OR NEW.outcome IN ('granted', 'refused', 'done'))
    EXECUTE FUNCTION casework_decision_needs_approval();
"""
DROP_DECISION = """
DROP TRIGGER casework_application_decision ON casework_application;
DROP FUNCTION casework_decision_needs_approval();
"""

# A submitted application is evidence: it is never deleted, and its version, item and agency never change.
EVIDENCE = """
CREATE FUNCTION casework_application_is_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.reference IS NOT NULL AND (TG_OP = 'DELETE' OR (NEW.reference, NEW.version_id, NEW.service_item_id, NEW.agency_id)
            IS DISTINCT FROM (OLD.reference, OLD.version_id, OLD.service_item_id, OLD.agency_id)) THEN
        RAISE EXCEPTION 'application % was submitted and is evidence', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER casework_application_evidence
    BEFORE DELETE OR UPDATE OF reference, version_id, service_item_id, agency_id ON casework_application
    FOR EACH ROW EXECUTE FUNCTION casework_application_is_evidence();
"""
DROP_EVIDENCE = """
DROP TRIGGER casework_application_evidence ON casework_application;
DROP FUNCTION casework_application_is_evidence();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial"), ("network", "0002_is_authorised")]
    operations = [
        migrations.RunSQL(SERIAL, DROP_SERIAL),
        migrations.RunSQL(AUTHORITY, DROP_AUTHORITY),
        migrations.RunSQL(DECISION, DROP_DECISION),
        migrations.RunSQL(EVIDENCE, DROP_EVIDENCE),
    ]
