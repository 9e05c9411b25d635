"""Pauses of one limit share no time.

An exclusion constraint would need btree_gist, which not every PostgreSQL brings. The trigger locks the limit first, so that two
pauses written at once are checked one after the other; each look after the lock sees what was committed before it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION workdays_refuse_overlap() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM 1 FROM workdays_limit WHERE id = NEW.limit_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM workdays_limitpause other
        WHERE other.limit_id = NEW.limit_id AND other.id <> NEW.id
            AND tstzrange(other.started_at, other.ended_at) && tstzrange(NEW.started_at, NEW.ended_at)
    ) THEN
        RAISE EXCEPTION 'pauses of limit % overlap', NEW.limit_id
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'workdays_limitpause_no_overlap',
                DETAIL = 'workdays_limitpause_no_overlap';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER workdays_limitpause_no_overlap BEFORE INSERT OR UPDATE OF limit_id, started_at, ended_at ON workdays_limitpause
    FOR EACH ROW EXECUTE FUNCTION workdays_refuse_overlap();
"""
BACKWARD = """
DROP TRIGGER workdays_limitpause_no_overlap ON workdays_limitpause;
DROP FUNCTION workdays_refuse_overlap();
"""


class Migration(migrations.Migration):
    dependencies = [("workdays", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
