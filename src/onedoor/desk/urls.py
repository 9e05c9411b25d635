"""The first page of the desk."""

from __future__ import annotations

from django.urls import path

from onedoor.desk.views import desk

app_name = "desk"
urlpatterns = [path("", desk.home, name="home")]
