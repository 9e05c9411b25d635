"""What this room writes into the journal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onedoor.journal.acts import register

STORE_UPLOAD = register(
    "documents.store_upload", _("%(actor)s handed in a file"), personal=["name"], several=_("%(actor)s handed in %(count)s files")
)
FIND_VIRUS = register("documents.find_virus", _("A virus was found (%(virus)s); the file stays locked"))
SWEEP_UPLOAD = register("documents.sweep_upload", _("A file that nothing used for seven days was deleted"))
SEAL_PAPER = register("documents.seal_paper", _("Paper %(number)s was made and sealed"))
REVOKE_PAPER = register("documents.revoke_paper", _("%(actor)s revoked paper %(number)s: %(reason)s"))
