"""Addresses of messages."""

from __future__ import annotations

from django.urls import path

from onedoor.notify.views import desk, public

app_name = "notify"
urlpatterns = [
    path("my/messages/", public.inbox, name="inbox"),
    path("desk/messages/", desk.inbox, name="desk_inbox"),
]
