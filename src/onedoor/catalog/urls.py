"""Addresses of services, short codes, and what keepers of items do at the desk."""

from __future__ import annotations

from django.urls import path

from onedoor.catalog.views import public
from onedoor.catalog.views.desk import items, qr

app_name = "catalog"
urlpatterns = [
    path("items/", public.items, name="items"),
    path("items/<str:code>/", public.guide, name="guide"),
    path("q/<str:code>", public.short_link, name="short_link"),
    path("desk/qr/", qr.qr_sheet, name="qr_sheet"),
    path("desk/catalog/", items.items, name="desk_items"),
    path("desk/catalog/new/", items.new_item, name="desk_new_item"),
    # Behind all other addresses under desk/catalog/, which would be taken for codes otherwise.
    path("desk/catalog/<str:code>/", items.item, name="desk_item"),
    path("desk/catalog/<str:code>/begin/", items.begin, name="desk_begin"),
]
