"""Pages go packed over the wire: half the sites of the city hang on a poor line."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PACKED = ("text/", "application/json", "application/ld+json", "image/svg+xml")


class PackedPages(GZipMiddleware):
    """Pack what is text and was made for this request; kept pages are packed already, papers and files are as they are.

    Django mixes a random length into each answer, so that the size tells nothing about what is secret in it (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(PACKED):
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed
