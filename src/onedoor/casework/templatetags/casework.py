"""Looking up by key in templates of casework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context

from onedoor.casework.models import Application

register = template.Library()


@register.inclusion_tag("casework/_acting_for.html", takes_context=True)
def acting_for(context: Context, application: Application) -> dict[str, Any]:
    """Say on each page of an application for whom it is made, where that is not the one who reads."""
    person = context["request"].actor.person
    own = application.applicant_organisation_id is None and application.applicant_person_id in (None, person)
    return {"name": "" if own else application.applicant_name}


@register.filter
def at(mapping: Mapping[str, object], key: str) -> object:
    """Return what a mapping holds under a key, or nothing."""
    return mapping.get(key, "")
