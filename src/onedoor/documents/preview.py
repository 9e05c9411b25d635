"""What a paper would say, as part of a page, before anything is issued: the words of its own template, without number and seal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode
from django.utils import translation
from django.utils.safestring import SafeString

from onedoor.documents.services import NewPaper

DATES = ("applied_on", "accepted_on", "delivered_on", "due")


def body_of(paper: NewPaper) -> SafeString:
    """Return the body of a paper as HTML, in Chinese as the paper itself."""
    template: Any = get_template(f"documents/papers/{paper.kind}.html")
    (whole,) = template.template.nodelist.get_nodes_by_type(ExtendsNode)
    context = Context(_words(paper.content))
    with translation.override("zh-hans"), context.bind_template(template.template):
        text: str = whole.blocks["body"].render(context)
    return SafeString(text)


def _words(content: Mapping[str, Any]) -> dict[str, Any]:
    words = dict(content)
    words.update({name: date.fromisoformat(content[name]) for name in DATES if content.get(name)})
    words["reference"] = str(content.get("reference") or "").replace(" ", "")
    return words
