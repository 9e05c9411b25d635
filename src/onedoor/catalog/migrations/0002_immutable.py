"""What was approved never changes, and nobody approves what they wrote (domain.md 1.6): the database refuses it, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION catalog_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('draft', 'in_review') THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a published version is never deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.id, NEW.item_id, NEW.case_kind, NEW.legal_length, NEW.legal_unit,
        NEW.promise_length, NEW.promise_unit, NEW.levels, NEW.accepts_online, NEW.is_complete, NEW.content)
       IS DISTINCT FROM
       (OLD.id, OLD.item_id, OLD.case_kind, OLD.legal_length, OLD.legal_unit,
        OLD.promise_length, OLD.promise_unit, OLD.levels, OLD.accepts_online, OLD.is_complete, OLD.content)
       OR (OLD.status <> 'approved' AND (NEW.number, NEW.effective_from, NEW.published_at, NEW.approved_by)
           IS DISTINCT FROM (OLD.number, OLD.effective_from, OLD.published_at, OLD.approved_by)) THEN
        RAISE EXCEPTION 'a published version never changes: publish a new one' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.status IN ('draft', 'in_review') AND OLD.status <> 'approved') OR (OLD.status = 'superseded' AND NEW.status <> OLD.status) THEN
        RAISE EXCEPTION 'a published version does not go back to %', NEW.status USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_keep_published BEFORE UPDATE OR DELETE ON catalog_itemversion
    FOR EACH ROW EXECUTE FUNCTION catalog_keep_published();

ALTER TABLE catalog_itemversion ADD CONSTRAINT catalog_itemversion_two_people
    CHECK (approved_by IS NULL OR (approved_by <> ALL (editors) AND approved_by IS DISTINCT FROM submitted_by));

CREATE FUNCTION catalog_keep_options() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM catalog_itemversion v WHERE v.id = OLD.version_id AND v.status NOT IN ('draft', 'in_review')) THEN
        RAISE EXCEPTION 'options of a published version never change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_keep_options BEFORE UPDATE OR DELETE ON catalog_itemoption
    FOR EACH ROW EXECUTE FUNCTION catalog_keep_options();
"""
BACK = """
DROP TRIGGER catalog_keep_options ON catalog_itemoption;
DROP FUNCTION catalog_keep_options();
ALTER TABLE catalog_itemversion DROP CONSTRAINT catalog_itemversion_two_people;
DROP TRIGGER catalog_keep_published ON catalog_itemversion;
DROP FUNCTION catalog_keep_published();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
