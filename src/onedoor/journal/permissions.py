"""Who may do what with the journal."""

from __future__ import annotations

from onedoor.kernel.actor import Actor

SHRED = "journal.shred"
AUDIT = "journal.audit"


def may_shred(actor: Actor) -> bool:
    """Shredding is for posts with that duty and for the house's own retention job."""
    return actor.has(SHRED) or actor.client.startswith("system:")


def may_audit(actor: Actor) -> bool:
    """Auditing is for posts with that duty: they read what was recorded and change nothing."""
    return actor.has(AUDIT)
