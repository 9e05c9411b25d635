"""Addresses of the calendar's desk pages."""

from __future__ import annotations

from django.urls import path

from onedoor.workdays.views import desk

app_name = "workdays"
urlpatterns = [
    path("desk/calendar/", desk.this_year, name="calendar"),
    path("desk/calendar/<int:year>/", desk.year, name="year"),
    path("desk/calendar/notice/", desk.notice, name="notice"),
]
