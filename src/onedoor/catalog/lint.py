"""The rules of good guides that a machine can check (domain.md 1.6): twelve of a real city's quality check, and eight of ours.

A rule that is broken stops nobody from writing; a version that breaks one is approved with a reason only, and its guide says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onedoor.catalog.content import Content
from onedoor.catalog.topics import TOPIC_BY_CODE
from onedoor.kernel.clock import SHANGHAI
from onedoor.kernel.errors import Text
from onedoor.workdays import queries as workdays
from onedoor.workdays.arithmetic import Unit, due

if TYPE_CHECKING:
    from onedoor.catalog.models import ItemVersion

LICENSING = "01"
INSTANT, COMMITMENT = "1", "2"
ON_THE_SPOT, REVIEW_FIRST = "on_the_spot", "review_first"
FULLY_ONLINE = 4
PERSON, BY_MAIL, OTHER_WAY = "1", "4", "9"
RESULT_TYPE_OF_ENDING = (("批复", "approval"), ("证", "certificate"), ("文", "document"))
STAGES_OF_LICENSING = ("受理", "审核", "审批", "办结", "送达")
_CATCH_ALL = re.compile(
    r"^其他(相关|有关|必要)?(的)?(材料|资料|文件|条件)|法律、?法规(、规章)?(所)?规定的其他|(认为|要求)(需要)?(提供|提交)?的其他|等其他"
)
_AREA_PHONE = re.compile(r"0335-?\d{7,8}")
_NUMBER = re.compile(r"\d+")
# An acceptance before each of the two long holidays of a year: there working and natural days lie furthest apart.
_BEFORE_HOLIDAYS = (datetime(2026, 2, 12, 9, tzinfo=SHANGHAI), datetime(2026, 9, 28, 9, tzinfo=SHANGHAI))


# What each rule demands, for whoever tells which ones a guide breaks without looking at the guide again.
RULE_WORDS: dict[int, Text] = {
    1: pgettext_lazy("rule", "On the spot is said alike in promise, kind and review"),
    2: pgettext_lazy("rule", "What is not done on the spot is a commitment item, reviewed first"),
    3: pgettext_lazy("rule", "The type of the result follows its name"),
    4: pgettext_lazy("rule", "A visit has a reason, no visit has none"),
    5: pgettext_lazy("rule", "Without a visit there is another way to hand in"),
    6: pgettext_lazy("rule", "What is fully online needs no visit"),
    7: pgettext_lazy("rule", "A fee has a basis and an amount or standard"),
    8: pgettext_lazy("rule", "A number to ask and another to complain, with the area code"),
    9: pgettext_lazy("rule", "The topics fit those who can apply"),
    10: pgettext_lazy("rule", "A licence has questions and answers"),
    11: pgettext_lazy("rule", "A licence has all five steps"),
    12: pgettext_lazy("rule", "A result has a sample"),
    13: pgettext_lazy("rule", "The promise is no longer than the law allows"),
    14: pgettext_lazy("rule", "At least one paper is necessary"),
    15: pgettext_lazy("rule", "Each paper says where it comes from"),
    16: pgettext_lazy("rule", "No catch-all among papers and conditions"),
    17: pgettext_lazy("rule", "What the city issues is not asked for"),
    18: pgettext_lazy("rule", "Notes name no other number than the limit"),
    19: pgettext_lazy("rule", "Over long holidays too the promise ends within the law"),
    20: pgettext_lazy("rule", "The form asks nothing that is not needed"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a version breaks: its number in domain.md 1.6, the part to mend it in, and what is wrong in people's words."""

    rule: int
    part: str
    reason: Text


class Given(NamedTuple):
    """A version and what it says, read once for all rules."""

    version: ItemVersion
    content: Content


Rule = Callable[[Given], Iterator[Fault]]
RULES: list[Rule] = []


def faults_of(version: ItemVersion) -> tuple[Fault, ...]:
    """Return what a version breaks of the twenty rules, in their order. No statement when the calendar is warm."""
    return faults_in(version, Content.from_json(version.content))


def faults_in(version: ItemVersion, content: Content) -> tuple[Fault, ...]:
    """Return what a version breaks whose content was read already. No statement when the calendar is warm."""
    given = Given(version, content)
    return tuple(fault for rule in RULES for fault in rule(given))


def _rule(check: Rule) -> Rule:
    RULES.append(check)
    return check


@_rule
def on_the_spot_means_one_thing(given: Given) -> Iterator[Fault]:
    """Rules 1 and 2: a promise of 0, the kind 即办件 and the review 即审即办 go together, and so do their opposites."""
    instant = given.version.case_kind == INSTANT
    if instant != (given.version.promise_length == 0) or (instant and given.content.review_kind not in ("", ON_THE_SPOT)):
        yield Fault(1, "limits", _("On the spot is said in three places (promise, kind, review): they must say the same."))
    if not instant and (given.version.case_kind != COMMITMENT or given.content.review_kind not in ("", REVIEW_FIRST)):
        yield Fault(2, "limits", _("An item that is not done on the spot is a commitment item, reviewed first and approved then."))


@_rule
def result_type_follows_its_name(given: Given) -> Iterator[Fault]:
    """Rule 3: 证 is a certificate, 批复 an approval, 文 a document."""
    for ending, kind in RESULT_TYPE_OF_ENDING:
        if given.content.result.name.endswith(ending):
            if given.content.result.type != kind:
                yield Fault(3, "result", _("The name of the result and its type do not go together."))
            return


@_rule
def visits_have_reasons(given: Given) -> Iterator[Fault]:
    """Rules 4 to 6: visits and their reasons, no visit needs another way, fully online needs no visit."""
    if (given.content.visit_count > 0) != bool(given.content.visit_reason):
        yield Fault(4, "channels", _("Say why people have to come, and say nothing where they need not."))
    if (
        given.content.visit_count == 0
        and not given.version.accepts_online
        and not {BY_MAIL, OTHER_WAY} & set(given.content.channels)
    ):
        yield Fault(5, "channels", _("Nobody has to come, but it can be sent neither online nor by post."))
    if given.content.online_depth == FULLY_ONLINE and given.content.visit_count:
        yield Fault(6, "channels", _("It is fully online, and yet people have to come."))


@_rule
def fees_are_explained(given: Given) -> Iterator[Fault]:
    """Rule 7: each fee has its basis, its item and its amount or standard."""
    for fee in given.content.fees:
        if not (fee.name and fee.basis and (fee.amount_fen is not None or fee.text)):
            yield Fault(7, "fees", _("A fee needs a name, a basis and an amount or a standard."))
            return
    if any(fee.online and fee.amount_fen == 0 for fee in given.content.fees):
        yield Fault(7, "fees", _("What costs nothing is not paid online."))


@_rule
def phones_are_there(given: Given) -> Iterator[Fault]:
    """Rule 8: a number to ask and another to complain, both with the area code."""
    ask, complain = given.content.phones.consult, given.content.phones.complain
    if not (_AREA_PHONE.search(ask) and _AREA_PHONE.search(complain)) or ask == complain:
        yield Fault(8, "contact", _("Give a number to ask and another one to complain, both with the area code 0335."))


@_rule
def topics_fit_those_served(given: Given) -> Iterator[Fault]:
    """Rule 9: topics for people go with people, topics for enterprises with organisations."""
    boards = {TOPIC_BY_CODE[each].board for each in given.content.topics if each in TOPIC_BY_CODE}
    if ("livelihood" in boards and given.content.objects and PERSON not in given.content.objects) or (
        boards == {"enterprise"} and set(given.content.objects) == {PERSON}
    ):
        yield Fault(9, "names", _("The topics do not fit those who can apply."))


@_rule
def licences_are_explained(given: Given) -> Iterator[Fault]:
    """Rules 10 and 11: a licence has at least one question and answer, and all five steps."""
    if given.version.item.item_type != LICENSING:
        return
    if not given.content.faqs:
        yield Fault(10, "contact", _("A licence needs at least one frequent question with its answer."))
    if not set(STAGES_OF_LICENSING) <= {step.name for step in given.content.steps}:
        yield Fault(11, "steps", _("A licence has the steps 受理, 审核, 审批, 办结 and 送达."))


@_rule
def results_have_samples(given: Given) -> Iterator[Fault]:
    """Rule 12: who waits for a result may see what it looks like."""
    if given.content.result.name and not given.content.result.sample:
        yield Fault(12, "result", _("There is a result, but no sample of it."))


@_rule
def promises_keep_within_the_law(given: Given) -> Iterator[Fault]:
    """Rules 13 and 19: the promise is no longer than the law allows; different units are compared by what is due when."""
    if not given.version.legal_length or not given.version.promise_length:
        return
    if given.version.legal_unit == given.version.promise_unit:
        if given.version.promise_length > given.version.legal_length:
            yield Fault(13, "limits", _("The promise is longer than the law allows."))
        return
    calendar = workdays.calendar()
    for start in _BEFORE_HOLIDAYS:
        promised = due(calendar, Unit(given.version.promise_unit), given.version.promise_length, start)
        legal = due(calendar, Unit(given.version.legal_unit), given.version.legal_length, start)
        if promised.moment > legal.moment:
            yield Fault(19, "limits", _("Counted from the day before a long holiday, the promise ends later than the law allows."))
            return


@_rule
def papers_are_named(given: Given) -> Iterator[Fault]:
    """Rules 14 to 17: some paper is needed, each has a source, none is a catch-all, none is what the city itself issues."""
    if not any(each.is_required for each in given.content.materials):
        yield Fault(14, "materials", _("No paper is marked as necessary."))
    if any(not each.source for each in given.content.materials):
        yield Fault(15, "materials", _("Say of each paper where it comes from."))
    named = [each.name for each in given.content.materials]
    if any(_CATCH_ALL.search(each) for each in named):
        yield Fault(
            16, "materials", _("“Other papers” is no paper: all of them are named (Administrative Licensing Law, art. 30).")
        )
    if any(_CATCH_ALL.search(each) for each in given.content.conditions):
        yield Fault(16, "who", _("“Other conditions” is no condition: all of them are named."))
    if any(each.ecert_code and each.is_handed_in for each in given.content.materials):
        yield Fault(17, "materials", _("The city issues this paper itself: it is fetched, not asked for."))


@_rule
def notes_agree_with_limits(given: Given) -> Iterator[Fault]:
    """Rule 18: the note of a limit names no other number than the limit."""
    for note, length in (
        (given.content.legal_note, given.version.legal_length),
        (given.content.promise_note, given.version.promise_length),
    ):
        if set(_NUMBER.findall(note)) - {str(length)}:
            yield Fault(18, "limits", _("The note of a limit names another number than the limit."))


@_rule
def questions_are_needed(given: Given) -> Iterator[Fault]:
    """Rule 20: nothing is asked twice, and nothing that the applicant's record knows without saying so (行政许可法 29)."""
    labels = [field.label for field in given.content.form]
    if len(set(labels)) != len(labels):
        yield Fault(20, "form", _("The form asks the same question twice."))
    elif not labels:
        yield Fault(20, "form", _("There is no form yet: nobody can apply."))
