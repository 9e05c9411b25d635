"""Addresses of services, short codes, and what keepers of items do at the desk."""

from __future__ import annotations

from django.urls import path

from onedoor.catalog.views import public, search
from onedoor.catalog.views.desk import (
    changes,
    drafts,
    exchange,
    form_conditions,
    form_editor,
    form_preview,
    guide_files,
    health,
    items,
    offices,
    qr,
    review,
)
from onedoor.catalog.views.desk import search as desk_search

app_name = "catalog"
urlpatterns = [
    path("items/", search.items, name="items"),
    path("items/suggest", search.suggest, name="suggest"),
    path("items/<str:code>/", public.guide, name="guide"),
    path("items/<str:code>/form/", public.guide_form, name="guide_form"),
    path("items/<str:code>/files/<uuid:file_id>/", public.guide_file, name="guide_file"),
    path("q/<str:code>", public.short_link, name="short_link"),
    path("desk/qr/", qr.qr_sheet, name="qr_sheet"),
    path("desk/catalog/", items.items, name="desk_items"),
    path("desk/catalog/new/", items.new_item, name="desk_new_item"),
    path("desk/catalog/exchange/", exchange.exchange_page, name="desk_exchange"),
    path("desk/catalog/exchange/<uuid:run_id>/", exchange.exchange_run, name="desk_exchange_run"),
    path("desk/catalog/exchange/<uuid:run_id>/file/", exchange.exchange_file, name="desk_exchange_file"),
    path("desk/catalog/exchange/<uuid:run_id>/take-over/", exchange.exchange_take_over, name="desk_exchange_take_over"),
    path("desk/catalog/exchange/<uuid:run_id>/decide/", exchange.exchange_decide, name="desk_exchange_decide"),
    path("desk/catalog/changes/", changes.changes, name="desk_changes"),
    path("desk/catalog/changes/<uuid:change_id>/revoke/", changes.revoke, name="desk_revoke_change"),
    path("desk/catalog/health/", health.health, name="desk_health"),
    path("desk/catalog/review/", review.waiting, name="desk_review"),
    path("desk/catalog/words/", desk_search.words, name="desk_words"),
    path("desk/catalog/words/<uuid:synonym>/", desk_search.word, name="desk_word"),
    path("desk/catalog/words/<uuid:synonym>/remove/", desk_search.remove_word, name="desk_remove_word"),
    path("desk/catalog/words/searches/", desk_search.searches, name="desk_searches"),
    # Behind all other addresses under desk/catalog/, which would be taken for codes otherwise.
    path("desk/catalog/<str:code>/", items.item, name="desk_item"),
    path("desk/catalog/<str:code>/offices/", offices.offices, name="desk_offices"),
    path("desk/catalog/<str:code>/begin/", items.begin, name="desk_begin"),
    path("desk/catalog/<str:code>/compare/", review.compare, name="desk_compare"),
    path("desk/catalog/<str:code>/act/<slug:act>/", review.act, name="desk_act"),
    path("desk/catalog/<str:code>/draft/form/", form_editor.draft_form, name="draft_form"),
    path("desk/catalog/<str:code>/draft/form/preview/", form_preview.draft_form_preview, name="draft_form_preview"),
    path("desk/catalog/<str:code>/draft/form/paper/", form_preview.draft_form_paper, name="draft_form_paper"),
    path("desk/catalog/<str:code>/draft/form/section/<str:key>/", form_editor.section, name="draft_form_section"),
    path("desk/catalog/<str:code>/draft/form/field/<str:key>/", form_editor.field, name="draft_form_field"),
    path("desk/catalog/<str:code>/draft/form/field/<str:key>/<str:column_key>/", form_editor.column, name="draft_form_column"),
    path("desk/catalog/<str:code>/draft/form/remove/<str:kind>/<str:key>/", form_editor.remove, name="draft_form_remove"),
    path("desk/catalog/<str:code>/draft/files/<str:key>/", guide_files.draft_files, name="draft_files"),
    path("desk/catalog/<str:code>/draft/condition/<str:kind>/<str:key>/", form_conditions.draft_condition, name="draft_condition"),
    # Behind the part that has pages of its own (draft/form/).
    path("desk/catalog/<str:code>/draft/<str:key>/", drafts.part, name="desk_part"),
]
