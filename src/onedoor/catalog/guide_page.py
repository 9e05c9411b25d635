"""What the guide page says, made from the guide: the four answers, how each paper is handed in, where to go. No database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onedoor.catalog.code_sets import LEVELS, word_of
from onedoor.catalog.content import Content, Fee, Material, Step, in_language, limit_text
from onedoor.catalog.scenario import Case, Due, Needed
from onedoor.kernel.errors import Text
from onedoor.kernel.ids import id_from
from onedoor.look.words import amount_text

if TYPE_CHECKING:
    from onedoor.catalog.guide_files import GuideFile
    from onedoor.catalog.queries import Guide, ServiceOffer, SiteOffer
    from onedoor.network.opening import OpenState

SECONDS_PER_QUESTION = 40
LEVELS_SHOWN = ("city", "county")
SHOWN_AT_ONCE = 3
LEVEL_ORDER = {"city": 0, "county": 1, "township": 2, "village": 3}
LEVEL_NAMES: dict[str, Text] = dict(LEVELS)


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the four things that people want to know first."""

    question: str
    answer: str
    more: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A material with how many are needed, how it is handed in (a light, a shape and a word), and what can be had for it.

    ``only_if`` says in which situation it is needed, where the answers so far do not tell.
    """

    material: Material
    copies: str
    light: str
    shape: str
    word: str
    only_if: str = ""
    blank: GuideFile | None = None
    sample: GuideFile | None = None

    @property
    def name(self) -> str:
        return in_language(self.material.name, self.material.name_en)


@dataclass(frozen=True, slots=True)
class StepLine:
    step: Step
    limit: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that receives, with whether it is open.

    ``passes_on`` is its level where it takes applications in only to pass them on to the office of the offer.
    """

    offer: ServiceOffer
    site: SiteOffer
    state: OpenState
    passes_on: str = ""

    @property
    def level(self) -> Text:
        """Which level takes the application there."""
        if self.passes_on == "village":
            return _("village agent, on your behalf")
        if self.passes_on:
            return _("%(level)s, takes it in and passes it on") % {"level": LEVEL_NAMES.get(self.passes_on, "")}
        return LEVEL_NAMES.get(self.offer.level, "")


@dataclass(frozen=True, slots=True)
class FeeLine:
    fee: Fee
    amount: str
    only_if: str = ""


def answers(guide: Guide, case: Case) -> list[Answer]:
    """Return how long, how much, how many trips and what to bring, in the situation that was answered for."""
    return [_how_long(guide, case), _how_much([each.fee for each in case.fees]), _how_many_trips(guide), _what_to_bring(case)]


def promise_of(guide: Guide, case: Case) -> str:
    """Return within how long it is done: the handling option's own promise where its situation was answered."""
    own = case.option.promise_length if case.option is not None else None
    return limit_text(guide.promise_length if own is None else own, guide.promise_unit)


def _how_long(guide: Guide, case: Case) -> Answer:
    legal = _("by law %(limit)s") % {"limit": guide.legal}
    if not guide.content.limits_verified:
        legal = _("%(legal)s, not verified") % {"legal": legal}
    return Answer(_("How long"), promise_of(guide, case), legal)


def _how_much(fees: Sequence[Fee]) -> Answer:
    question = _("How much")
    amounts = [fee.amount_fen for fee in fees if fee.amount_fen is not None]
    names = in_language("、", ", ").join(fee.name for fee in fees[:3])
    if not fees:
        return Answer(question, _("No fee"), _("Postage is not included"))
    if not amounts:
        return Answer(question, _("By the tariff"), names)
    least, most = min(amounts), max(amounts)
    if len(amounts) < len(fees) or any(fee.text for fee in fees):
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


def _what_to_bring(case: Case) -> Answer:
    needed = sum(_is_brought(each) and not each.only_if for each in case.papers)
    perhaps = sum(_is_brought(each) and bool(each.only_if) for each in case.papers)
    spared = sum(not each.material.is_handed_in for each in case.papers)
    text = ngettext("%(n)d paper", "%(n)d papers", needed) % {"n": needed} if needed else _("Nothing")
    if perhaps:
        more = ngettext("%(n)d more, as the case may be", "%(n)d more, as the case may be", perhaps) % {"n": perhaps}
        return Answer(_("What to bring"), text, more)
    more = ngettext("%(n)d more you need not hand in", "%(n)d more you need not hand in", spared) % {"n": spared} if spared else ""
    return Answer(_("What to bring"), text, more)


def _is_brought(needed: Needed) -> bool:
    return needed.material.is_handed_in and needed.material.necessity != "optional"


def papers(case: Case, files: Mapping[UUID, GuideFile]) -> list[Paper]:
    """Return the papers of a case, as they stand in the guide, with the forms and samples that can be had for them."""
    return [_paper(each, files) for each in case.papers]


def _paper(needed: Needed, files: Mapping[UUID, GuideFile]) -> Paper:
    material = needed.material
    if material.is_fetched:
        light, shape, word = "ok", "ok", _("Not needed from you")
    elif material.is_generated:
        light, shape, word = "run", "run", _("Filled in online")
    elif material.necessity == "optional" or needed.only_if:
        light, shape, word = "idle", "idle", _("Only if it applies")
    elif material.may_follow:
        light, shape, word = "due", "later", _("May follow later")
    else:
        light, shape, word = "idle", "idle", _("You bring it")
    return Paper(
        material, "" if material.is_fetched else _copies(material), light, shape, word, needed.only_if,
        _file(material.blank_form, files), _file(material.sample_form, files),
    )  # fmt: skip


def _file(named: str, files: Mapping[UUID, GuideFile]) -> GuideFile | None:
    key = id_from(named)
    return None if key is None else files.get(key)


def _copies(material: Material) -> str:
    parts = []
    if material.copies_original:
        parts.append(ngettext("%(n)d original", "%(n)d originals", material.copies_original) % {"n": material.copies_original})
    if material.copies_photo:
        parts.append(ngettext("%(n)d copy", "%(n)d copies", material.copies_photo) % {"n": material.copies_photo})
    return in_language("、", ", ").join(parts)


def tolerance_days(case: Case) -> int:
    """Return within how many working days papers that may follow must follow, 0 where none may."""
    wanted = [each.material for each in case.papers]
    return max((each.tolerance_days for each in wanted if each.may_follow and each.necessity != "optional"), default=0)


def step_lines(content: Content) -> list[StepLine]:
    """Return the steps with their limits; making and handing over have the legal limit in their text."""
    return [
        StepLine(
            step, "" if step.limit == 0 and step.stage in ("issue", "deliver", "handle") else limit_text(step.limit, step.unit)
        )
        for step in content.steps
    ]


def fee_lines(case: Case) -> list[FeeLine]:
    """Return the fees of a case with their amounts in words."""
    return [_fee_line(each) for each in case.fees]


def _fee_line(due: Due) -> FeeLine:
    return FeeLine(due.fee, _fee_amount(due.fee), due.only_if)


def _fee_amount(fee: Fee) -> str:
    if fee.amount_fen is None:
        return _("By the tariff")
    amount = amount_text(fee.amount_fen)
    amount = _("From %(amount)s") % {"amount": amount} if fee.text else amount
    return f"{amount} / {fee.unit}" if fee.unit else amount


def minutes_to_fill(case: Case) -> int:
    """Return about how many minutes the form takes, in steps of five: questions asked of everybody, 40 seconds each."""
    return max(5, round(case.questions * SECONDS_PER_QUESTION / 300) * 5)


@dataclass(frozen=True, slots=True)
class Places:
    """Where to go: what is nearest to where the reader lives, then the places of city and counties, then those of townships."""

    nearest: Sequence[Spot]
    near: Sequence[Spot]
    far: Sequence[Spot]

    @property
    def others(self) -> Sequence[Spot]:
        """Those of city and counties that stand folded."""
        return self.near[SHOWN_AT_ONCE:]

    @property
    def is_empty(self) -> bool:
        return not (self.nearest or self.near or self.far)

    @property
    def have_positions(self) -> bool:
        """Whether it is known where at least some of them lie."""
        return any(each.site.has_position for each in (*self.near, *self.far))


def places(
    offers: Sequence[ServiceOffer],
    region: str,
    passing_on: Sequence[tuple[str, SiteOffer]],
    state_of: Callable[[SiteOffer], OpenState],
) -> Places:
    """Return where an item is taken.

    :param region: where the reader lives, empty where that is not known: then nothing is nearest.
    :param passing_on: the reader's places that take the item in and pass it on, with their levels.
    """
    found = {True: [], False: []}  # type: dict[bool, list[Spot]]
    nearest: list[tuple[int, Spot]] = []
    for offer in offers:
        for site in offer.sites:
            spot = Spot(offer, site, state_of(site))
            found[offer.level in LEVELS_SHOWN].append(spot)
            if region and offer.covers(region):
                nearest.append((-LEVEL_ORDER[offer.level], spot))
    nearest.sort(key=lambda each: each[0])
    below = [spot for _order, spot in nearest]
    if below:
        below = [Spot(below[0].offer, site, state_of(site), level) for level, site in passing_on] + below
    return Places(below, found[True], found[False])


def more_lines(content: Content) -> list[tuple[Text, str]]:
    """Return what else is known of an item and has no place of its own in the guide: name and text, those that say something."""
    joint, remedies, phones = in_language("、", ", "), content.remedies, content.phones
    levels = joint.join(str(word_of("receiving_levels", each)) for each in content.receiving_levels)
    said: list[tuple[Text, str]] = [
        (_("Kind of service"), str(word_of("sub_type", content.sub_type)) if content.sub_type else ""),
        (_("Also taken in and passed on"), levels),
        (_("Can be done elsewhere"), str(word_of("cross_region", content.cross_region)) if content.cross_region else ""),
        (_("Hall"), content.hall),
        (_("Limit of the quantity"), content.quantity_limit),
        (_("Appointments"), content.booking.rule if content.booking.possible else ""),
        (_("Window to ask"), phones.consult_window),
        (_("Ask online"), _some(phones.consult_online, phones.consult_mail, phones.consult_account)),
        (_("Window to complain"), phones.complain_window),
        (_("Complain online"), _some(phones.complain_online, phones.complain_mail)),
        (
            _("Where to ask for reconsideration"),
            _some(remedies.review_office, remedies.review_address, remedies.review_phone, remedies.review_url),
        ),
        (_("Which court to go to"), _some(remedies.court, remedies.court_address, remedies.court_phone, remedies.court_url)),
    ]
    return [(name, text) for name, text in said if text]


def _some(*texts: str) -> str:
    return in_language("，", ", ").join(each for each in texts if each)
