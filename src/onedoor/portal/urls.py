"""The home page."""

from __future__ import annotations

from django.urls import path

from onedoor.portal.views import public

app_name = "portal"
urlpatterns = [
    path("", public.home, name="home"),
    path("figures/", public.figures, name="figures"),
    path("accessibility/", public.accessibility, name="accessibility"),
]
