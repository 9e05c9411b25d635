"""What the desk does for the search: people's words, and what was asked in vain."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.catalog import asked, peoples_words, permissions
from onedoor.catalog.forms.synonyms import SynonymForm
from onedoor.catalog.services import synonyms
from onedoor.catalog.views.desk.doorway import actor_of, clean, done
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door


@door(Door.STAFF, duty=permissions.PUBLISH_DUTY)
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """List people's words, and add one."""
    form = SynonymForm(request.POST if request.method == "POST" else None, initial={"word": clean(request.GET.get("word", ""), 60)})
    if form.is_bound and form.is_valid():
        added = form.synonym()
        if _tried(form, lambda: synonyms.add_synonym(added, by=actor_of(request), at=timezone.now())):
            messages.success(request, _("“%(word)s” finds it from now on.") % {"word": added.word})
            return redirect("catalog:desk_words")
    text, after = clean(request.GET.get("q", "")), clean(request.GET.get("after", ""), 120)
    page = peoples_words.words_page(text, after=after)
    context = {
        "form": form,
        "page": page,
        "text": text,
        "next_url": f"?{urlencode({'q': text, 'after': page.rows[-1].mark})}" if page.has_more else "",
        "previous_url": f"?{urlencode({'q': text})}" if after else "",
    }
    return render(request, "catalog/desk/words.html", context, status=422 if form.errors else 200)


@door(Door.STAFF, duty=permissions.PUBLISH_DUTY)
@require_http_methods(["GET", "HEAD", "POST"])
def word(request: HttpRequest, synonym: UUID) -> HttpResponse:
    """Change one of people's words."""
    shown = peoples_words.word_for(synonym)
    said = {"word": shown.word, "item": shown.item_code, "meaning": shown.catalogue_word}
    form = SynonymForm(request.POST if request.method == "POST" else None, initial=said)
    if form.is_bound and form.is_valid():
        changed = form.synonym()
        if _tried(form, lambda: synonyms.change_synonym(synonym, row=changed, by=actor_of(request), at=timezone.now())):
            messages.success(request, _("“%(word)s” finds it from now on.") % {"word": changed.word})
            return redirect("catalog:desk_words")
    return render(request, "catalog/desk/word.html", {"form": form, "shown": shown}, status=422 if form.errors else 200)


@door(Door.STAFF, duty=permissions.PUBLISH_DUTY)
@require_POST
def remove_word(request: HttpRequest, synonym: UUID) -> HttpResponse:
    """Take one of people's words out of the search."""
    return done(
        request,
        lambda: synonyms.remove_synonym(synonym, by=actor_of(request), at=timezone.now()),
        _("The word was removed from the search."),
        "catalog:desk_words",
    )


@door(Door.STAFF, duty=permissions.PUBLISH_DUTY)
@require_safe
def searches(request: HttpRequest) -> HttpResponse:
    """Show what was asked in vain in the last days."""
    given = request.GET.get("days", "")
    days = int(given) if given in map(str, asked.PERIODS) else asked.PERIODS[1]
    found = asked.asked_in_vain(today=local_date(timezone.now()), days=days)
    return render(request, "catalog/desk/searches.html", {"found": found, "days": days, "periods": asked.PERIODS})


def _tried(form: SynonymForm, act: Callable[[], object]) -> bool:
    """Do an act; a refusal is told at the field that it is about."""
    try:
        act()
    except synonyms.UnknownSynonymItem as refusal:
        form.add_error("item", str(refusal))
    except (synonyms.SynonymTaken, synonyms.WrongSynonym) as refusal:
        form.add_error("word", str(refusal))
    return not form.errors
