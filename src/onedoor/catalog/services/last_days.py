"""Until when items can be applied for: the day before a planned change that closes them.

The day itself refuses a late application, however late the job is that carries the change out (``changes.honour_dates``).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from onedoor.catalog.models import CURRENT, ChangeKind

CLOSING = (ChangeKind.MERGED, ChangeKind.SPLIT, ChangeKind.CANCELLED, ChangeKind.HANDED_DOWN, ChangeKind.SUSPENDED)

_SET = """
UPDATE catalog_itemversion version
SET effective_to = CASE WHEN closes.day IS NULL THEN NULL ELSE greatest(closes.day, version.effective_from) END
FROM (
    SELECT item.id, (
        SELECT min(change.effective_on) - 1 FROM catalog_changeditem touched JOIN catalog_itemchange change ON change.id = touched.change_id
        WHERE touched.item_id = item.id AND NOT touched.is_result AND change.kind = ANY(%s)
          AND change.done_at IS NULL AND change.revoked_at IS NULL
    ) AS day
    FROM unnest(%s::uuid[]) AS item(id)
) AS closes
WHERE version.item_id = closes.id AND version.status = ANY(%s) AND (version.effective_to IS NOT NULL OR closes.day IS NOT NULL)
"""


def set_last_days(item_ids: Sequence[UUID]) -> None:
    """Let the versions in force of items say their last day, or that they have none. One statement, inside the act that changed it."""
    if item_ids:
        with connection.cursor() as cursor:
            cursor.execute(_SET, [list(CLOSING), list(item_ids), list(CURRENT)])
