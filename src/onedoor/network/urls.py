"""Addresses of offices, places and windows, and of the desk pages on posts and rights."""

from __future__ import annotations

from django.urls import path

from onedoor.network.views import desk, public, region

app_name = "network"
urlpatterns = [
    path("departments/", public.departments, name="departments"),
    path("departments/<str:code>/", public.department, name="department"),
    path("region/", region.choose, name="region"),
    path("sites/<str:code>/", public.site, name="site"),
    path("sites/<str:code>/windows/<str:number>/", public.window, name="window"),
    path("desk/posts/", desk.posts, name="posts"),
    path("desk/postings/", desk.postings, name="postings"),
    path("desk/postings/<uuid:account_id>/", desk.posts_of_somebody, name="postings_of"),
    path("desk/postings/<uuid:account_id>/end/<uuid:posting_id>/", desk.end_posting, name="posting_end"),
    path("desk/authorisations/", desk.authorisations, name="authorisations"),
]
