"""Partition the entries by month and let the database refuse to change or drop what was recorded."""

from django.db import migrations

SQL = r"""
CREATE FUNCTION journal_first_id(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM moment) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$;
COMMENT ON FUNCTION journal_first_id IS 'The smallest UUIDv7 that could have been made at this moment.';

CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was recorded is never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TABLE journal_entry_parted (LIKE journal_entry) PARTITION BY RANGE (id);
DROP TABLE journal_entry;
ALTER TABLE journal_entry_parted RENAME TO journal_entry;
ALTER TABLE journal_entry ADD CONSTRAINT journal_entry_pkey PRIMARY KEY (id);
CREATE INDEX journal_entry_subject ON journal_entry (subject_id, id);
-- Few acts are done for somebody else, and few are what an auditor looks for: others pay nothing for these indexes.
CREATE INDEX journal_entry_represented ON journal_entry (on_behalf_of, id) WHERE on_behalf_of IS NOT NULL;
CREATE INDEX journal_entry_watched ON journal_entry (id) WHERE act IN (
    'journal.refuse', 'people.fail_log_in', 'people.lock', 'people.unmask', 'people.create_staff', 'people.lock_account',
    'people.unlock', 'people.give_password', 'people.reset_second_factor', 'people.close_account', 'people.create_client',
    'people.revoke_client', 'casework.unmask', 'journal.audit');
CREATE TRIGGER journal_never_changed BEFORE UPDATE OR DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_never_emptied BEFORE TRUNCATE ON journal_entry EXECUTE FUNCTION journal_refuse();
CREATE TABLE journal_entry_other PARTITION OF journal_entry DEFAULT;
CREATE TRIGGER journal_never_emptied BEFORE TRUNCATE ON journal_entry_other EXECUTE FUNCTION journal_refuse();
COMMENT ON TABLE journal_entry_other IS 'Entries whose key belongs to no month that was prepared: a wrong clock.';

CREATE FUNCTION journal_make_months(since timestamptz, months integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    month timestamp := date_trunc('month', since AT TIME ZONE 'Asia/Shanghai');
    name text;
    made integer := 0;
BEGIN
    FOR step IN 0 .. months - 1 LOOP
        name := 'journal_entry_' || to_char(month + make_interval(months => step), 'YYYY_MM');
        IF to_regclass(name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF journal_entry FOR VALUES FROM (%L) TO (%L)', name,
                    journal_first_id((month + make_interval(months => step)) AT TIME ZONE 'Asia/Shanghai'),
                    journal_first_id((month + make_interval(months => step + 1)) AT TIME ZONE 'Asia/Shanghai'));
                EXECUTE format('CREATE TRIGGER journal_never_emptied BEFORE TRUNCATE ON %I EXECUTE FUNCTION journal_refuse()', name);
                made := made + 1;
            EXCEPTION WHEN check_violation THEN
                RAISE WARNING 'entries of % lie in journal_entry_other already and stay there', name;
            END;
        END IF;
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION journal_make_months IS 'Make the partitions of these months where they are missing, and return how many.';
SELECT journal_make_months(now() - interval '1 month', 14);

CREATE TRIGGER journal_never_changed BEFORE UPDATE OR DELETE ON journal_batch FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_never_emptied BEFORE TRUNCATE ON journal_batch EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_never_changed BEFORE UPDATE OR DELETE ON journal_leaf FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_never_emptied BEFORE TRUNCATE ON journal_leaf EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_never_changed BEFORE UPDATE ON journal_personalfacts FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_never_emptied BEFORE TRUNCATE ON journal_personalfacts EXECUTE FUNCTION journal_refuse();

-- The queue is emptied every minute: what is dead in it must not be walked over again and again.
ALTER TABLE journal_unsealed SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
"""

UNDO = """
DROP FUNCTION journal_refuse CASCADE;
DROP FUNCTION journal_make_months CASCADE;
DROP FUNCTION journal_first_id CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
