"""Addresses: each room brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from onedoor.config import health
from onedoor.config.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/v1/", api.urls),
    path("", include("onedoor.portal.urls")),
    path("", include("onedoor.catalog.urls")),  # early: what is looked at most is found first
    path("", include("onedoor.look.urls")),
    path("desk/", include("onedoor.desk.urls")),
    path("", include("onedoor.people.urls")),
    path("", include("onedoor.network.urls")),
    path("", include("onedoor.notify.urls")),
    path("", include("onedoor.workdays.urls")),
    path("", include("onedoor.casework.urls")),
    path("", include("onedoor.sample.urls")),
    path("", include("onedoor.journal.urls")),
    path("", include("onedoor.documents.urls")),
]
handler400 = "onedoor.config.broken.unreadable"
handler404 = "onedoor.config.health.nothing_here"
handler500 = "onedoor.config.broken.answer"
