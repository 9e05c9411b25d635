"""What messages say: rooms register their texts by code, and a message keeps only the values.

Texts are rendered when they are read or sent, in the recipient's language. A value ``item_en`` takes the place of ``item`` in
English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from onedoor.kernel.masking import mask_identity
from onedoor.kernel.subjects import Subject

Text = str | Promise
SMS_UNITS = 70
SMS_UNITS_IN_SERIES = 67
SMS_MAX_PARTS = 5
IDENTITY_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])", re.ASCII)


class UnknownTemplate(LookupError):
    """A message was told whose text nobody registered: a bug of the room that tells."""


class TemplateRegisteredTwice(ValueError):
    """Two rooms claim one code."""


@dataclass(frozen=True, slots=True)
class Template:
    """Title and text with ``%(name)s`` for values. Values of a ``secret`` one are wiped as soon as nothing more is to be sent."""

    code: str
    title: Text
    text: Text
    secret: bool
    kind: str = ""
    is_patient: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    title: str
    text: str


_templates: dict[str, Template] = {}
_links: dict[tuple[str, bool], Callable[[UUID], str]] = {}


KINDS: dict[str, Text] = {
    "case": _("How my applications stand"),
    "message": _("Messages of the office"),
    "mandate": _("Acting for somebody else"),
}
"""What people may choose the ways out for; news without a kind concern the safety of the account and always go out."""


def register(code: str, title: Text, text: Text, *, secret: bool = False, kind: str = "", is_patient: bool = False) -> Template:
    """Register what messages of ``code`` say, and of which kind they are.

    One that ``is_patient`` wakes nobody up: it leaves the house in the hours of ``ONEDOOR_MESSAGE_HOURS`` only.

    :raises TemplateRegisteredTwice: when the code is taken.
    """
    if code in _templates:
        raise TemplateRegisteredTwice(code)
    template = _templates[code] = Template(code, title, text, secret, kind, is_patient)
    return template


def registered(code: str) -> Template:
    """Return the template of a code.

    :raises UnknownTemplate: when nobody registered it.
    """
    try:
        return _templates[code]
    except KeyError:
        raise UnknownTemplate(code) from None


def render(code: str, language: str, values: Mapping[str, Any]) -> Rendered:
    """Return title and text in ``language``; identity numbers are masked, whoever let one slip in.

    :raises UnknownTemplate: when nobody registered the code.
    :raises KeyError: when the text needs a value that is not there.
    """
    template = registered(code)
    words = _in_language(language, values)
    with override(language):
        return Rendered(_masked(str(template.title) % words), _masked(str(template.text) % words))


def sms_parts(text: str) -> int:
    """Return in how many text messages ``text`` travels: 70 UTF-16 units alone, 67 each in a series (3GPP TS 23.040)."""
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= SMS_UNITS else -(-units // SMS_UNITS_IN_SERIES)


def short(text: str) -> str:
    """Return ``text`` cut to what at most five text messages hold."""
    while sms_parts(text) > SMS_MAX_PARTS:
        text = text[:-2] + "…"
    return text


def register_link(kind: str, address: Callable[[UUID], str], *, at_desk: bool = False) -> None:
    """Let ``address`` say which page of the citizen, or of the desk, shows a subject of ``kind``, so that a message leads there."""
    _links[kind, at_desk] = address


def link_to(subject: Subject, *, at_desk: bool = False) -> str:
    """Return the page of a subject, or nothing where no room has registered one."""
    address = _links.get((subject.kind, at_desk))
    return "" if address is None else address(subject.id)


def _in_language(language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    if not language.startswith("en"):
        return dict(values)
    return {**values, **{name.removesuffix("_en"): value for name, value in values.items() if name.endswith("_en") and value}}


def _masked(text: str) -> str:
    return IDENTITY_NUMBER.sub(lambda found: mask_identity(found.group()), text)
