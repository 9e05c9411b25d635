"""Writing the coming version of an item, part by part."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onedoor.catalog import parts
from onedoor.catalog.content import Content
from onedoor.catalog.forms.part import PartEditor, RowForm
from onedoor.catalog.life import ItemSheet
from onedoor.catalog.lint import faults_of
from onedoor.catalog.models import ItemVersion, VersionStatus
from onedoor.catalog.parts import PART_BY_KEY, PARTS, Part
from onedoor.catalog.services import editing
from onedoor.catalog.services.editing import PartChanged
from onedoor.catalog.telling import differences
from onedoor.catalog.views.desk.addresses import OWN_PAGE, address_of, part_links
from onedoor.catalog.views.desk.doorway import actor_of, sheet_for
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound
from onedoor.kernel.long_forms import long_form

# A hundred rows of papers, of some thirty fields each, and what else a part has.
MOST_FIELDS = 4000


@door(Door.STAFF)
@long_form(MOST_FIELDS)
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Show a part of the draft to write in; a POST saves it, or adds, moves and removes rows."""
    sheet = sheet_for(request, code)
    shown = PART_BY_KEY.get(key)
    if shown is None or key == OWN_PAGE:
        raise NotFound
    version = sheet.coming
    if version is None or version.status != VersionStatus.DRAFT:
        messages.error(request, _("There is no draft of this item to write in now."))
        return redirect("catalog:desk_item", sheet.item.code)
    if request.method != "POST":
        return _page(request, sheet, shown, PartEditor(version, shown), mark=parts.seen(version, shown))
    return _posted(request, sheet, version, shown)


def _posted(request: HttpRequest, sheet: ItemSheet, version: ItemVersion, shown: Part) -> HttpResponse:
    editor = PartEditor(version, shown, request.POST)
    mark = request.POST.get("mark", "")
    if editor.rearrange(request.POST.get("do", "")):
        return _page(request, sheet, shown, editor, mark=mark)
    if not editor.is_valid():
        return _page(request, sheet, shown, editor, mark=mark, status=422)
    changes = editor.changes()
    try:
        editing.save_part(version.id, part_key=str(shown.key), changes=changes, mark=mark, by=actor_of(request), at=timezone.now())
    except PartChanged as refusal:
        mine = parts.value_of(editing.preview(version, shown, changes), shown)
        other = {"theirs": differences(refusal.theirs, mine), "refusal": refusal}
        return _page(request, sheet, shown, editor, mark=refusal.mark, status=409, **other)
    messages.success(request, _("%(part)s: saved.") % {"part": shown.title})
    following = next_part(shown) if request.POST.get("do") == "next" else shown
    return redirect("catalog:desk_part", sheet.item.code, following.key)


def next_part(shown: Part) -> Part:
    """Return the part that follows, leaving out the one with a page of its own; the first one after the last."""
    written = [each for each in PARTS if each.key != OWN_PAGE]
    return written[(written.index(shown) + 1) % len(written)]


def _page(
    request: HttpRequest, sheet: ItemSheet, shown: Part, editor: PartEditor, *, mark: str, status: int = 200, **other: Any
) -> HttpResponse:
    faults = [each for each in faults_of(editor.version) if each.part == shown.key]
    blocks = editor.blocks(faults)
    for block in blocks:
        for row in block.rows or ():
            row.condition = _condition(row, sheet.item.code, editor.content)
            row.files_url = _files_url(row, sheet.item.code, editor.content)
    context = {
        "sheet": sheet,
        "part": shown,
        "parts": part_links(sheet),
        "blocks": blocks,
        "errors": list(editor.errors()),
        "mark": mark,
        **other,
    }
    return render(request, "catalog/desk/part.html", context, status=status)


def _files_url(row: RowForm, code: str, saved: Content) -> str:
    """Return where forms and samples are attached to a paper; empty for other rows, and for papers that were never saved."""
    is_saved = row.element == "materials" and row.ident in {each.key for each in saved.materials}
    return address_of("catalog:draft_files", code, row.ident) if is_saved else ""


def _condition(row: RowForm, code: str, saved: Content) -> tuple[str, str] | None:
    """Return when a row applies, as a sentence, with the address where that is written; None where rows have no conditions."""
    told = row.tell_condition(saved.form)
    kind = {"materials": "material", "options": "option", "fees": "fee"}.get(row.element, "")
    ident = _place_of_fee(row, saved) if kind == "fee" else row.ident
    url = address_of("catalog:draft_condition", code, kind, ident) if kind and ident else ""
    return None if told is None else (told, url)


def _place_of_fee(row: RowForm, saved: Content) -> str:
    """Return by which number a fee is known, from 1; empty while it is new. Fees have no keys of their own."""
    return next((str(number) for number, fee in enumerate(saved.fees, start=1) if fee.name == row.title), "")
