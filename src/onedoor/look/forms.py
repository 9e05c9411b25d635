"""Django forms drawn with the parts of the house."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_noop, ngettext_lazy


class Renderer(TemplatesSetting):
    """The renderer of every form: ``{{ form }}`` and ``{{ form.field.as_field_group }}`` use the same parts as definitions do."""

    form_template_name = "look/parts/form.html"
    field_template_name = "look/parts/bound.html"


# Sentences of Django's own fields that the catalogue of this room says in the words of the house.
SAID_IN_OUR_WORDS = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a whole number."),
    gettext_noop("Enter a number."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("No file was submitted. Check the encoding type on the form."),
    gettext_noop("No file was submitted."),
    gettext_noop("The submitted file is empty."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)
