"""Addresses of files, papers and their verification."""

from __future__ import annotations

from django.urls import path

from onedoor.documents.views import desk, public

app_name = "documents"
urlpatterns = [
    path("desk/papers/", desk.waiting, name="waiting"),
    path("files/bound/<str:token>/", public.bound_files, name="bound"),
    path("files/<str:token>/", public.stored_file, name="file"),
    path("papers/<uuid:paper_id>/", public.paper_file, name="paper"),
    path("papers/of/<str:kind>/<uuid:subject_id>/", public.papers_part, name="papers"),
    path("verify/", public.verify, name="verify"),
    path("verify/ca.crt", public.ca_certificate, name="ca"),
    path("verify/<str:code>", public.verify_code, name="verify_code"),
    path("verify/<str:code>/", public.verify_code),
]
