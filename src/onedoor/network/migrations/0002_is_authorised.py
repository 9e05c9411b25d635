"""The rule of S03 as a function of the database, so that triggers of rooms above can ask it whoever writes."""

from django.db import migrations

CREATE = """
CREATE FUNCTION network_is_authorised(posting uuid, stage text, item text, agency uuid, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT EXISTS (
        SELECT 1
        FROM network_posting AS held
        JOIN network_authorisation AS granted ON granted.post_id = held.post_id
        WHERE held.id = $1
          AND held.starts_at <= $5 AND (held.ends_at IS NULL OR held.ends_at > $5)
          AND granted.stage = $2 AND granted.item_code = $3 AND granted.agency_id = $4
          AND granted.starts_at <= $5 AND (granted.ends_at IS NULL OR granted.ends_at > $5)
    )
$$
"""
DROP = "DROP FUNCTION network_is_authorised(uuid, text, text, uuid, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("network", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
