"""Addresses of the journal: open to all, because that is what a proof is for. An entry's address cannot be guessed."""

from __future__ import annotations

from django.urls import path

from onedoor.journal.views import desk, public

app_name = "journal"
urlpatterns = [
    path("journal/", public.roots, name="roots"),
    path("journal/roots.txt", public.roots_feed, name="roots_feed"),
    path("journal/entries/<uuid:entry_id>/", public.entry, name="entry"),
    path("journal/entries/<uuid:entry_id>/proof.json", public.proof, name="proof"),
    path("desk/audit/", desk.audit, name="audit"),
]
