"""What can be done, by name: each act knows its sentence for people and which of its facts are personal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


@dataclass(frozen=True, slots=True)
class Act:
    """A registered act. ``personal`` names the facts that are kept encrypted beside the entry and can be shredded.

    ``several`` is the sentence for many of its entries that say the same, with ``%(count)s``.
    """

    code: str
    sentence: Sentence
    personal: frozenset[str] = frozenset()
    several: Sentence = ""


class UnregisteredAct(LookupError):
    """An act was recorded that nobody registered: its sentence and its personal facts would be unknown."""


class ActRegisteredTwice(ValueError):
    """Two acts claim one code."""


_registered: dict[str, Act] = {}


def register(code: str, sentence: Sentence, *, personal: Iterable[str] = (), several: Sentence = "") -> Act:
    """Register an act; ``sentence`` is a template with ``%(actor)s`` and the names of facts that are not personal.

    :param several: the template for ``%(count)s`` entries that follow each other and say the same.

    :raises ActRegisteredTwice: when the code is taken.
    """
    if code in _registered:
        raise ActRegisteredTwice(code)
    act = _registered[code] = Act(code, sentence, frozenset(personal), several)
    return act


def registered(code: str) -> Act:
    """Return the act of a code.

    :raises UnregisteredAct: when nobody registered it.
    """
    try:
        return _registered[code]
    except KeyError:
        raise UnregisteredAct(code) from None


def sentence_for(code: str, actor: str, facts: Mapping[str, Any]) -> str:
    """Return what happened as a sentence for people, in the language of the moment."""
    act = _registered.get(code)
    return code if act is None else str(act.sentence) % _Words(facts, actor=actor)


def sentence_for_several(code: str, actor: str, facts: Mapping[str, Any], count: int) -> str:
    """Return what happened ``count`` times as one sentence for people, in the language of the moment."""
    act = _registered.get(code)
    if act is not None and act.several:
        return str(act.several) % _Words(facts, actor=actor, count=count)
    return gettext("%(sentence)s (%(count)s times)") % {"sentence": sentence_for(code, actor, facts), "count": count}


class _Words(dict[str, Any]):
    """Facts for a sentence; one that an old entry does not have yet reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


REFUSE = register("journal.refuse", _("%(actor)s was refused: %(reason)s"))
AUDIT = register("journal.audit", _("%(actor)s looked through the journal"))
SHRED = register("journal.shred", _("%(actor)s shredded the personal facts, because: %(basis)s"))
