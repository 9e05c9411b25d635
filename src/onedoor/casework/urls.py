"""Addresses of casework."""

from __future__ import annotations

from django.urls import path

from onedoor.casework.views.public import apply, mine, track

app_name = "casework"
urlpatterns = [
    path("apply/d/<uuid:draft_id>/", apply.tasks, name="tasks"),
    path("apply/d/<uuid:draft_id>/q/<str:key>/", apply.ask, name="ask"),
    path("apply/d/<uuid:draft_id>/papers/", apply.papers, name="papers"),
    path("apply/d/<uuid:draft_id>/papers/<str:key>/add/", apply.add_file, name="add_file"),
    path("apply/d/<uuid:draft_id>/papers/<str:key>/<uuid:file_id>/remove/", apply.remove_file, name="remove_file"),
    path("apply/d/<uuid:draft_id>/check/", apply.check, name="check"),
    path("apply/d/<uuid:draft_id>/done/", apply.done, name="done"),
    path("apply/<str:code>/", apply.start, name="start"),
    path("track/", track.track, name="track"),
    path("my/", mine.home, name="my"),
    path("my/applications/<uuid:draft_id>/", mine.detail, name="mine"),
    path("my/applications/<uuid:draft_id>/correct/", mine.correct, name="correct"),
    path("my/applications/<uuid:draft_id>/withdraw/", mine.withdraw, name="withdraw"),
    path("my/applications/<uuid:draft_id>/collect/", mine.collect, name="collect"),
]
