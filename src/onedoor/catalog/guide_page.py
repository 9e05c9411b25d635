"""What the guide page says, made from the guide: the four answers, how each paper is handed in, where to go. No database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onedoor.catalog.content import Content, Fee, Material, Step, in_language, limit_text
from onedoor.look.words import amount_text

if TYPE_CHECKING:
    from onedoor.catalog.queries import Guide, ServiceOffer, SiteOffer
    from onedoor.network.opening import OpenState

SECONDS_PER_QUESTION = 40
LEVELS_SHOWN = ("city", "county")


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the four things that people want to know first."""

    question: str
    answer: str
    more: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A material with how many are needed and how it is handed in: a light, a shape and a word."""

    material: Material
    copies: str
    light: str
    shape: str
    word: str


@dataclass(frozen=True, slots=True)
class StepLine:
    step: Step
    limit: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that receives, with whether it is open."""

    offer: ServiceOffer
    site: SiteOffer
    state: OpenState


@dataclass(frozen=True, slots=True)
class FeeLine:
    fee: Fee
    amount: str


def answers(guide: Guide) -> list[Answer]:
    """Return how long, how much, how many trips and what to bring."""
    return [_how_long(guide), _how_much(guide.content), _how_many_trips(guide), _what_to_bring(guide.content)]


def _how_long(guide: Guide) -> Answer:
    legal = _("by law %(limit)s") % {"limit": guide.legal}
    if not guide.content.limits_verified:
        legal = _("%(legal)s, not verified") % {"legal": legal}
    return Answer(_("How long"), guide.promise, legal)


def _how_much(content: Content) -> Answer:
    question = _("How much")
    amounts = [fee.amount_fen for fee in content.fees if fee.amount_fen is not None]
    names = in_language("、", ", ").join(fee.name for fee in content.fees[:3])
    if not content.fees:
        return Answer(question, _("No fee"), _("Postage is not included"))
    if not amounts:
        return Answer(question, _("By the tariff"), names)
    least, most = min(amounts), max(amounts)
    if len(amounts) < len(content.fees) or any(fee.text for fee in content.fees):
        return Answer(question, _("From %(amount)s") % {"amount": amount_text(least)}, names)
    if least == most:
        return Answer(question, amount_text(least), names)
    return Answer(question, _("%(least)s to %(most)s") % {"least": amount_text(least), "most": amount_text(most)}, names)


def _how_many_trips(guide: Guide) -> Answer:
    count = guide.content.visit_count
    text = ngettext("%(n)d trip", "%(n)d trips", count) % {"n": count}
    if count == 0:
        return Answer(_("How many trips"), text, _("all of it online"))
    more = _("apply online, come once for the rest") if guide.accepts_online else _("come to a window")
    return Answer(_("How many trips"), text, more)


def _what_to_bring(content: Content) -> Answer:
    needed = sum(each.is_handed_in and each.necessity != "optional" for each in content.materials)
    spared = sum(not each.is_handed_in for each in content.materials)
    text = ngettext("%(n)d paper", "%(n)d papers", needed) % {"n": needed} if needed else _("Nothing")
    more = ngettext("%(n)d more you need not hand in", "%(n)d more you need not hand in", spared) % {"n": spared} if spared else ""
    return Answer(_("What to bring"), text, more)


def papers(content: Content) -> list[Paper]:
    """Return the materials, those that must be brought first, as they stand in the guide."""
    return [_paper(each) for each in content.materials]


def _paper(material: Material) -> Paper:
    if material.is_fetched:
        light, shape, word = "ok", "ok", _("Not needed from you")
    elif material.is_generated:
        light, shape, word = "run", "run", _("Filled in online")
    elif material.necessity == "optional":
        light, shape, word = "idle", "idle", _("Only if it applies")
    elif material.may_follow:
        light, shape, word = "due", "later", _("May follow later")
    else:
        light, shape, word = "idle", "idle", _("You bring it")
    return Paper(material, "" if material.is_fetched else _copies(material), light, shape, word)


def _copies(material: Material) -> str:
    parts = []
    if material.copies_original:
        parts.append(ngettext("%(n)d original", "%(n)d originals", material.copies_original) % {"n": material.copies_original})
    if material.copies_photo:
        parts.append(ngettext("%(n)d copy", "%(n)d copies", material.copies_photo) % {"n": material.copies_photo})
    return in_language("、", ", ").join(parts)


def tolerance_days(content: Content) -> int:
    """Return within how many working days papers that may follow must follow, 0 where none may."""
    return max((each.tolerance_days for each in content.materials if each.may_follow and each.necessity != "optional"), default=0)


def step_lines(content: Content) -> list[StepLine]:
    """Return the steps with their limits; making and handing over have the legal limit in their text."""
    return [
        StepLine(
            step, "" if step.limit == 0 and step.stage in ("issue", "deliver", "handle") else limit_text(step.limit, step.unit)
        )
        for step in content.steps
    ]


def fee_lines(content: Content) -> list[FeeLine]:
    """Return the fees with their amounts in words."""
    return [FeeLine(fee, _fee_amount(fee)) for fee in content.fees]


def _fee_amount(fee: Fee) -> str:
    if fee.amount_fen is None:
        return _("By the tariff")
    amount = amount_text(fee.amount_fen)
    amount = _("From %(amount)s") % {"amount": amount} if fee.text else amount
    return f"{amount} / {fee.unit}" if fee.unit else amount


def minutes_to_fill(content: Content) -> int:
    """Return about how many minutes the form takes, in steps of five: questions asked of everybody, 40 seconds each."""
    asked = sum(field.condition is None for field in content.form.fields)
    return max(5, round(asked * SECONDS_PER_QUESTION / 300) * 5)


def spots(offers: Sequence[ServiceOffer], state_of: Callable[[SiteOffer], OpenState]) -> tuple[list[Spot], list[Spot]]:
    """Return the places of the city and the counties, and those of the townships."""
    near: list[Spot] = []
    far: list[Spot] = []
    for offer in offers:
        for site in offer.sites:
            (near if offer.level in LEVELS_SHOWN else far).append(Spot(offer, site, state_of(site)))
    return near, far
