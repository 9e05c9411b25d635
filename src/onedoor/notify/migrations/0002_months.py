"""Partition the messages by month over their key, so that old months can be moved or dropped whole."""

from django.db import migrations

SQL = r"""
CREATE TABLE notify_message_parted (LIKE notify_message INCLUDING CONSTRAINTS) PARTITION BY RANGE (id);
DROP TABLE notify_message;
ALTER TABLE notify_message_parted RENAME TO notify_message;
ALTER TABLE notify_message ADD CONSTRAINT notify_message_pkey PRIMARY KEY (id);
CREATE INDEX notify_message_waiting ON notify_message (next_try_at) WHERE state = 'created';
CREATE INDEX notify_message_inbox ON notify_message (account_id, id) WHERE channel = 'inbox';
CREATE INDEX notify_message_subject ON notify_message (subject_id, id);
CREATE TABLE notify_message_other PARTITION OF notify_message DEFAULT;
COMMENT ON TABLE notify_message_other IS 'Messages whose key belongs to no month that was prepared: a wrong clock.';

CREATE FUNCTION notify_make_months(since timestamptz, months integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    month timestamp := date_trunc('month', since AT TIME ZONE 'Asia/Shanghai');
    name text;
    made integer := 0;
BEGIN
    FOR step IN 0 .. months - 1 LOOP
        name := 'notify_message_' || to_char(month + make_interval(months => step), 'YYYY_MM');
        IF to_regclass(name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF notify_message FOR VALUES FROM (%L) TO (%L)', name,
                    journal_first_id((month + make_interval(months => step)) AT TIME ZONE 'Asia/Shanghai'),
                    journal_first_id((month + make_interval(months => step + 1)) AT TIME ZONE 'Asia/Shanghai'));
                made := made + 1;
            EXCEPTION WHEN check_violation THEN
                RAISE WARNING 'messages of % lie in notify_message_other already and stay there', name;
            END;
        END IF;
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION notify_make_months IS 'Make the partitions of these months where they are missing, and return how many.';
SELECT notify_make_months(now() - interval '1 month', 14);
"""


class Migration(migrations.Migration):
    dependencies = [("notify", "0001_initial"), ("journal", "0002_partitions_and_refusals")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION notify_make_months")]
