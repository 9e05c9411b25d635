"""Addresses of services, short codes and the sheet of codes."""

from __future__ import annotations

from django.urls import path

from onedoor.catalog.views import desk, public

app_name = "catalog"
urlpatterns = [
    path("items/", public.items, name="items"),
    path("items/<str:code>/", public.guide, name="guide"),
    path("q/<str:code>", public.short_link, name="short_link"),
    path("desk/qr/", desk.qr_sheet, name="qr_sheet"),
]
