"""What the editor of forms reads of a draft: its content, the marks of its parts, and which keys were ever given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from onedoor.catalog import parts
from onedoor.catalog.content import Content, Form, in_language
from onedoor.catalog.definition import DefinitionFault, definition_faults
from onedoor.catalog.models import COMING, ItemVersion, VersionStatus
from onedoor.catalog.permissions import require_editor
from onedoor.kernel.errors import NotFound

if TYPE_CHECKING:
    from onedoor.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class FormDraft:
    """The coming version of an item, as its form is written. ``taken`` are the keys that questions of any version have."""

    version_id: UUID
    code: str
    title: str
    number: int
    is_writable: bool
    content: Content
    marks: Mapping[str, str]
    taken: frozenset[str]

    @property
    def form(self) -> Form:
        return self.content.form

    @property
    def faults(self) -> tuple[DefinitionFault, ...]:
        """What is wrong with the form as it is defined."""
        return definition_faults(self.content)


def form_draft(actor: Actor, code: str) -> FormDraft:
    """Return the coming version of an item for somebody who writes it.

    :raises NotFound: when no version is being written.
    :raises NotAllowed: when the actor does not write the items of the department.
    """
    versions = list(ItemVersion.objects.filter(item__code=code.replace("\x00", "")).select_related("item").order_by("number"))
    version = next((each for each in versions if each.status in COMING), None)
    if version is None:
        raise NotFound
    require_editor(actor, version.item.department_code)
    content = Content.from_json(version.content)
    return FormDraft(
        version_id=version.id,
        code=version.item.code,
        title=in_language(content.name or version.item.name, content.name_en or version.item.name_en),
        number=version.number,
        is_writable=version.status == VersionStatus.DRAFT,
        content=content,
        marks={part.key: parts.seen(version, part) for part in parts.PARTS},
        taken=frozenset(
            field["key"] for each in versions for field in each.content.get("form", {}).get("fields", ()) if "key" in field
        ),
    )
