"""Addresses of the demonstration."""

from __future__ import annotations

from django.urls import path

from onedoor.sample.views import public

app_name = "sample"
urlpatterns = [
    path("demo/", public.demo, name="demo"),
    path("demo/enter/<slug:role>/", public.enter, name="enter"),
]
