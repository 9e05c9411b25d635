"""Which handling option an application is: its situation decides, and only where none does, whoever writes it (domain.md 1.1)."""

from __future__ import annotations

from onedoor.casework.models import Application
from onedoor.catalog import queries as catalog
from onedoor.catalog.scenario import read_answers


def settle_option(application: Application) -> None:
    """Let the answers say which handling option it is; what somebody chose stands only where no situation decides."""
    content = catalog.case_terms(application.version_id).content
    application.option_code = content.settled_option(read_answers(content, application.answers), application.option_code)
