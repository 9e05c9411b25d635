"""Addresses of the journal: open to all, because that is what a proof is for. An entry's address cannot be guessed."""

from __future__ import annotations

from django.urls import path

from onedoor.journal.views import public

app_name = "journal"
urlpatterns = [
    path("", public.roots, name="roots"),
    path("roots.txt", public.roots_feed, name="roots_feed"),
    path("entries/<uuid:entry_id>/", public.entry, name="entry"),
    path("entries/<uuid:entry_id>/proof.json", public.proof, name="proof"),
]
