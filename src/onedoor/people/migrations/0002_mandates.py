"""Mandates of one pair and scope share no day.

An exclusion constraint would need btree_gist, which not every PostgreSQL brings. The trigger takes a lock on pair and scope first, so
that two mandates accepted at once are checked one after the other; each look after the lock sees what was committed before it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION people_refuse_second_mandate() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    principal uuid := COALESCE(NEW.principal_person_id, NEW.principal_organisation_id);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(principal::text || NEW.proxy_id::text || NEW.scope, 0));
    IF EXISTS (
        SELECT 1 FROM people_mandate other
        WHERE other.proxy_id = NEW.proxy_id AND other.id <> NEW.id AND other.ended_at IS NULL AND other.scope = NEW.scope
            AND COALESCE(other.principal_person_id, other.principal_organisation_id) = principal
            AND daterange(other.first_day, other.last_day, '[]') && daterange(NEW.first_day, NEW.last_day, '[]')
    ) THEN
        RAISE EXCEPTION 'mandates of % for % overlap', principal, NEW.proxy_id
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'people_mandate_no_overlap', DETAIL = 'people_mandate_no_overlap';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER people_mandate_no_overlap
    BEFORE INSERT OR UPDATE OF principal_person_id, principal_organisation_id, proxy_id, scope, first_day, last_day, ended_at
    ON people_mandate FOR EACH ROW WHEN (NEW.proxy_id IS NOT NULL AND NEW.ended_at IS NULL)
    EXECUTE FUNCTION people_refuse_second_mandate();
"""
BACKWARD = """
DROP TRIGGER people_mandate_no_overlap ON people_mandate;
DROP FUNCTION people_refuse_second_mandate();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
