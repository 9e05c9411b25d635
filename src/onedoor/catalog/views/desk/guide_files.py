"""The page on which a department attaches a blank form and a sample to a paper of its draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from onedoor.catalog.form_drafts import FormDraft, form_draft
from onedoor.catalog.guide_files import KINDS
from onedoor.catalog.services import guide_files
from onedoor.catalog.views.desk.doorway import actor_of, keeper
from onedoor.documents import queries as documents
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotAllowed, NotFound, Refused, Text
from onedoor.kernel.ids import id_from

TITLES: dict[str, Text] = {"blank": gettext_lazy("Blank form"), "sample": gettext_lazy("Sample, filled in")}


@door(Door.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_files(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Show what is attached to a paper; attach and remove."""
    keeper(request)
    draft = form_draft(actor_of(request), code)
    paper = next((each for each in draft.content.materials if each.key == key), None)
    if paper is None:
        raise NotFound
    if request.method != "POST":
        return _page(request, draft, key)
    kind = request.POST.get("kind", "")
    try:
        _act(request, draft, key, kind)
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return _page(request, draft, key, errors={kind: refusal.message})
    messages.success(request, _("%(part)s: saved.") % {"part": TITLES[kind]})
    return redirect("catalog:draft_files", draft.code, key)


def _act(request: HttpRequest, draft: FormDraft, key: str, kind: str) -> None:
    upload, by, at = request.FILES.get("file"), actor_of(request), timezone.now()
    mark = request.POST.get("mark", "")[:40]
    if request.POST.get("act") == "remove":
        guide_files.remove_guide_file(draft.version_id, material=key, kind=kind, mark=mark, by=by, at=at)
    elif upload is None:
        raise Refused(_("Choose a file first."))
    else:
        guide_files.attach_guide_file(draft.version_id, material=key, kind=kind, upload=upload, mark=mark, by=by, at=at)


def _page(request: HttpRequest, draft: FormDraft, key: str, *, errors: dict[str, Text] | None = None) -> HttpResponse:
    paper = next(each for each in draft.content.materials if each.key == key)
    named = {kind: getattr(paper, element) for kind, element in KINDS.items()}
    files = documents.files_of([found for each in named.values() if (found := id_from(each)) is not None])
    rows: list[dict[str, Any]] = []
    for kind, title in TITLES.items():
        found = id_from(named[kind])
        rows.append({
            "kind": kind, "title": title, "file": files.get(found) if found else None, "words": "" if found else named[kind],
            "error": (errors or {}).get(kind, ""),
        })  # fmt: skip
    context = {"draft": draft, "paper": paper, "rows": rows, "mark": draft.marks["materials"],
               "errors": [(f"id_file_{kind}", text) for kind, text in (errors or {}).items()]}  # fmt: skip
    return render(request, "catalog/desk/files.html", context, status=422 if errors else 200)
