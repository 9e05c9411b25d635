"""What may be changed after a one-time notice: what it asks for, and nothing else. Everything else stays as it was handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from onedoor.casework import journey
from onedoor.catalog.content import Content
from onedoor.kernel.errors import Refused

QUESTION = "field:"
"""With this the key of a point begins that asks for an answer; other points ask for a material."""


class NotAsked(Refused):
    """The notice does not ask for this answer or paper."""

    code = "not_asked"
    http_status = 422
    default = _(
        "The notice does not ask for this, so it stays as you handed it in. To change it nevertheless, take the application back "
        "and apply again, or ask at the window."
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """The questions and materials that a notice opens again, by their keys."""

    questions: frozenset[str]
    materials: frozenset[str]


def scope(content: Content, answers: Mapping[str, object], points: Iterable[str], *, today: date) -> Scope:
    """Return what the points of a notice open: what they name, questions that hang on a named one, and answers that cannot stay.

    A paper that is made from the answers opens all of them. An answer that cannot stay (nothing where something is required)
    would keep the application from being handed in.
    """
    named, form = frozenset(points), content.form
    is_whole = any(each.is_generated and each.key in named for each in content.materials)
    questions = {each.key for each in form.fields if is_whole or QUESTION + each.key in named}
    files = {each.key for each in form.file_questions}
    questions |= {key.split(".")[0] for key in journey.faults(form, answers, today=today)} - files  # files are no answers
    for each in form:  # a condition reads earlier questions only
        if each.condition is not None and not questions.isdisjoint(each.condition.fields()):
            questions.add(each.key)
    materials = {journey.file_key(key) for key in files & questions} | {key for key in named if not key.startswith(QUESTION)}
    return Scope(frozenset(questions), frozenset(materials))
