"""One page for every condition of a version: when a question is asked, when a paper is needed, which option it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onedoor.catalog.condition_rows import ALL, ANY, COMPARISONS, Comparison, RowFault, Rows, condition_of, read_rows, rows_of
from onedoor.catalog.conditions import Condition
from onedoor.catalog.content import Content, FormField
from onedoor.catalog.form_changes import field_of, put_field
from onedoor.catalog.form_drafts import FormDraft, form_draft
from onedoor.catalog.services import editing
from onedoor.catalog.services.editing import PartChanged
from onedoor.catalog.views.desk.doorway import actor_of
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound, Text

SPARE, MOST = 2, 20


@dataclass(frozen=True, slots=True)
class _Owner:
    """What has a condition: its name, the condition, the part that is saved, and which questions may be asked for."""

    part: str
    name: str
    condition: Condition | None
    fields: tuple[FormField, ...]


def _owner(content: Content, kind: str, key: str) -> _Owner:
    """Return what has the condition.

    :raises NotFound: when it is not there.
    """
    asked = tuple(content.form)
    if kind == "field" and (field := field_of(content.form, key)) is not None:
        place = [each.key for each in asked].index(key) if field in asked else len(asked)
        return _Owner("form", field.text, field.condition, asked[:place])
    if kind == "material":
        for material in content.materials:
            if material.key == key:
                return _Owner("materials", material.name, material.when, asked)
    if kind == "option":
        for option in content.options:
            if option.code == key:
                return _Owner("options", option.name, option.condition, asked)
    if kind == "fee" and key.isdecimal() and 0 < int(key) <= len(content.fees):
        fee = content.fees[int(key) - 1]
        return _Owner("fees", fee.name, fee.when, asked)
    raise NotFound


def _changes(content: Content, kind: str, key: str, condition: Condition | None) -> dict[str, Any]:
    if kind == "field":
        return {"form": put_field(content.form, replace(content.form.field(key), condition=condition))}
    if kind == "material":
        return {"materials": tuple(replace(each, when=condition) if each.key == key else each for each in content.materials)}
    if kind == "fee":
        at = int(key) - 1
        return {"fees": tuple(replace(each, when=condition) if place == at else each for place, each in enumerate(content.fees))}
    return {"options": tuple(replace(each, condition=condition) if each.code == key else each for each in content.options)}


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_condition(request: HttpRequest, code: str, kind: str, key: str) -> HttpResponse:
    """Show a condition as rows and as a sentence; write it."""
    draft = form_draft(actor_of(request), code)
    owner = _owner(draft.content, kind, key)
    by_key = {each.key: each for each in draft.form.fields}
    if request.method != "POST":
        rows = rows_of(owner.condition, by_key)
        return _page(request, draft, owner, rows or Rows(), is_deeper=rows is None)
    rows = _posted(request)
    if request.POST.get("act") == "more":
        return _page(request, draft, owner, rows, spare=2 * SPARE)
    if request.POST.get("act") == "clear":
        rows = Rows()
    condition, faults = condition_of(rows, {each.key: each for each in owner.fields})
    if faults:
        return _page(request, draft, owner, rows, faults=faults)
    try:
        editing.save_part(
            draft.version_id, part_key=owner.part, changes=_changes(draft.content, kind, key, condition),
            mark=request.POST.get("mark", "")[:40], by=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except PartChanged as refused:
        return _page(request, draft, owner, rows, theirs=_told(owner, draft), refusal=str(refused))
    return redirect(_back(request, code, kind, key))


def _posted(request: HttpRequest) -> Rows:
    posted: Mapping[str, str] = request.POST.dict()
    outer = read_rows(posted, "row", MOST)
    inner = read_rows(posted, "group", MOST)
    group = Rows(_joined(posted, "group"), posted.get("group-turned") == "on", tuple(each for each in inner if each.field))
    return Rows(_joined(posted, "row"), posted.get("row-turned") == "on", tuple(each for each in outer if each.field),
                group if group.rows else None)  # fmt: skip


def _joined(posted: Mapping[str, str], prefix: str) -> str:
    return ANY if posted.get(f"{prefix}-joined") == ANY else ALL


def _told(owner: _Owner, draft: FormDraft) -> str:
    return owner.condition.tell(draft.form) if owner.condition is not None else _("always")


def _back(request: HttpRequest, code: str, kind: str, key: str) -> str:
    """Return where the page was opened from, the form where it does not say."""
    back = request.GET.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return back
    return reverse("catalog:draft_form", args=[code]) + f"#{kind}-{key}"


def _page(
    request: HttpRequest,
    draft: FormDraft,
    owner: _Owner,
    rows: Rows,
    *,
    faults: tuple[RowFault, ...] = (),
    is_deeper: bool = False,
    spare: int = SPARE,
    theirs: str = "",
    refusal: str = "",
) -> HttpResponse:
    wrong = {fault.place: fault.reason for fault in faults}
    known = [(each.key, each.text) for each in owner.fields]
    group = rows.group or Rows()
    context = {
        "draft": draft,
        "owner": owner,
        "kind": request.resolver_match.kwargs["kind"] if request.resolver_match else "",
        "mark": draft.marks[owner.part],
        "sentence": _told(owner, draft),
        "is_deeper": is_deeper,
        "rows": rows,
        "group": group,
        "outer": _drawn("row", rows, known, wrong, "", spare),
        "inner": _drawn("group", group, known, wrong, "g", spare),
        "comparisons": COMPARISONS.items(),
        "choices": list(dict.fromkeys(choice.text for each in owner.fields for choice in each.choices)),
        "errors": [(f"{'group-' + place[1:] if place[0] == 'g' else 'row-' + place}-field", text) for place, text in wrong.items()],
        "theirs": theirs,
        "refusal": refusal,
        "back": _back(request, draft.code, "field", ""),
    }
    return render(request, "catalog/desk/form_condition.html", context, status=422 if faults or refusal else 200)


def _drawn(
    prefix: str, rows: Rows, known: list[tuple[str, str]], wrong: Mapping[str, Text], letter: str, spare: int
) -> list[dict[str, Any]]:
    """Return the rows as they are drawn, with empty ones to fill in; a question that is not there stays to be seen."""
    shown = [*rows.rows, *(Comparison("", "is") for _number in range(spare))][:MOST]
    return [
        {
            "id": f"{prefix}-{number}",
            "row": row,
            "number": number + 1,
            "fields": known if not row.field or row.field in dict(known) else [*known, (row.field, row.field)],
            "error": wrong.get(f"{letter}{number}", ""),
        }
        for number, row in enumerate(shown)
    ]
