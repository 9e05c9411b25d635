"""``/api/v1/``: the rooms' routers under one roof, with one way to refuse."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from onedoor.casework.api import router as applications
from onedoor.catalog.api import router as catalogue
from onedoor.documents.api import router as files
from onedoor.documents.middleware import TooLarge
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, Refused, Text, TooManyTries, Unreadable
from onedoor.look.refusals import as_json
from onedoor.people import tokens

View = Callable[..., HttpResponse]
DESCRIPTION = """Other systems read the catalogue, file applications for people and organisations, and follow what they filed.

The catalogue is open. For applications send the token of your system as `Authorization: Bearer …`; its scopes are named at each
operation. Times are ISO 8601 with offset, amounts of money are integers in fen, texts for people come in the language of
`Accept-Language` (`zh-Hans` or `en`)."""
PROBLEM = {
    "title": "Problem",
    "description": "Why a request was refused and what to do next.",
    "type": "object",
    "properties": {
        "code": {"type": "string", "description": "Stable code of the reason", "examples": ["invalid"]},
        "message": {"type": "string", "description": "For people, in the language that was asked for"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "What to do about each field, by its path in the request",
            "examples": [{"answers.contact_phone": "手机号码是 11 位数字，请核对。"}],
        },
    },
    "required": ["code", "message"],
    "additionalProperties": False,
}
REASONS = {
    "400": "The request cannot be read.",
    "401": "No token, or one that opens nothing.",
    "403": "The token is not good for this.",
    "404": "There is no such thing, or it is not yours.",
    "409": "Not in this state, or the key was used for another request.",
    "413": "Too large.",
    "422": "Something in the request has to be put right; `errors` names every field.",
    "429": "Too many requests; `Retry-After` says for how many seconds to wait.",
}
WRONG: Mapping[str, Text] = {
    "missing": _("Please give this."),
    "extra_forbidden": _("There is no such field."),
    "string_too_long": _("This is too long."),
    "string_too_short": _("This is too short."),
    "string_pattern_mismatch": _("This is not written as it has to be."),
    "too_long": _("There are too many of these."),
    "too_short": _("There are too few of these."),
    "json_invalid": _("This is not JSON."),
}
DOES_NOT_FIT: Text = _("This value does not fit here.")


class NotJson(Unreadable):
    """A body that is not what its type says."""

    default = _("The request cannot be read. The body has to be JSON in UTF-8.")


class Renderer(JSONRenderer):
    """Writes Chinese as Chinese."""

    json_dumps_params = {"ensure_ascii": False}


class WrongMethod(Refused):
    """An address that does not know the method."""

    code = "wrong_method"
    http_status = 405
    default = _("This address does not know this method. The header Allow says which it knows.")


class Api(NinjaAPI):
    """The API, whose description also tells how each operation refuses."""

    def _get_urls(self) -> list[URLPattern | URLResolver]:
        found = super()._get_urls()
        for pattern in found:
            if isinstance(pattern, URLPattern):
                pattern.callback = door(Door.CLIENT)(of_the_api(pattern.callback))
        return found

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Return the description, made once for each way of being asked: the operations of a process do not change."""
        asked = repr(given)
        if asked not in self._described:
            self._described[asked] = self._describe(**given)
        return self._described[asked]

    @cached_property
    def _described(self) -> dict[str, OpenAPISchema]:
        return {}

    def _describe(self, **given: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**given)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                for parameter in operation["parameters"]:
                    parameter.pop(
                        "examples", None
                    )  # ninja puts the schema's list where OpenAPI wants a mapping; the schema keeps it
                told = operation["responses"] = {str(code): answer for code, answer in operation["responses"].items()}
                told.update({code: _problem(code) for code in _refusals(path, method, operation)})
        return schema


def of_the_api(view: View) -> View:
    """Keep answers out of caches, and answer a method that an address does not know as every other refusal is answered."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        response = view(request, *args, **given)
        response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code != 405:
            return response
        problem = api.create_response(request, as_json(WrongMethod()), status=405)
        problem["Allow"] = response["Allow"]
        return problem

    return answer


def _refusals(path: str, method: str, operation: Mapping[str, Any]) -> list[str]:
    found = ["401", "422", "429"]
    found += ["403"] if operation.get("security") else []
    found += ["404"] if "{" in path or method == "post" else []
    found += ["400", "409", "413"] if method == "post" else []
    return sorted(found)


def _problem(code: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer: dict[str, Any] = {"description": REASONS[code], "content": content}
    if code == "429":
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}
    return answer


api = Api(
    title="OneDoor",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    renderer=Renderer(),
    urls_namespace="api",
    auth=tokens.nobody,
)
for room in (catalogue, applications, files):
    api.add_router("", room)


@api.exception_handler(Refused)
def refuse(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Answer a refusal."""
    response = api.create_response(request, as_json(refusal), status=refusal.http_status)
    if refusal.http_status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, TooManyTries):
        response["Retry-After"] = str(refusal.seconds)
    return response


@api.exception_handler(ValidationError)
def refuse_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request that has not the shape it should have, every field at once."""
    return refuse(request, Invalid({_path(each["loc"]): WRONG.get(each["type"], DOES_NOT_FIT) for each in error.errors}))


@api.exception_handler(HttpError)
@api.exception_handler(SuspiciousOperation)
@api.exception_handler(MultiPartParserError)
def refuse_unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer a body that cannot be read."""
    return refuse(request, TooLarge() if isinstance(error, RequestDataTooBig) else NotJson())


def _path(place: Sequence[str | int]) -> str:
    """Return where in the request something is wrong, as its sender would say it: ``applicant.name``, ``Idempotency-Key``."""
    source, *steps = (str(each) for each in place)
    if source == "body":
        steps = steps[1:]
    name = ".".join(steps) or source
    return "-".join(part.capitalize() for part in re.split("[-_]", name)) if source == "header" else name
