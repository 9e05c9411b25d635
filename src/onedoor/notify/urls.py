"""Addresses of messages."""

from __future__ import annotations

from django.urls import path

from onedoor.notify.views import public

app_name = "notify"
urlpatterns = [path("my/messages/", public.inbox, name="inbox")]
