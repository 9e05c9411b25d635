"""Switches of the reader."""

from __future__ import annotations

from django.urls import path

from onedoor.look import modes

app_name = "look"
urlpatterns = [
    path("-/elder", modes.elder, name="elder"),
    path("-/language", modes.language, name="language"),
]
