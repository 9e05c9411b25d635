"""Forms with more fields than Django reads from a request (``DATA_UPLOAD_MAX_NUMBER_FIELDS``): raised view by view, not for the house."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "onedoor_most_fields"
FORM = "application/x-www-form-urlencoded"


def long_form(most_fields: int) -> Callable[[View], View]:
    """Let a view read a form of up to ``most_fields`` fields, sent without files."""

    def mark(view: View) -> View:
        setattr(view, _MARK, most_fields)
        return view

    return mark


class LongForms:
    """Read the long forms of the views that declare them; stands before whoever reads a form first, the CSRF check."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: object, _kwargs: object) -> None:
        """Read the form with the view's own limit.

        :raises TooManyFieldsSent: when even that is exceeded; Django answers with 400.
        """
        most = getattr(view, _MARK, 0)
        if most and request.method == "POST" and request.content_type == FORM:
            request.POST = _read(request.body, most)  # type: ignore[assignment]


def _read(body: bytes, most: int) -> QueryDict:
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=most)
    except ValueError as error:
        raise TooManyFieldsSent(str(error)) from error
    found = QueryDict(mutable=True)
    for name, value in pairs:
        found.appendlist(name, value)
    return found
