"""Situations as questions: what somebody answers on a guide's page, and what of the guide is left for those answers. No database.

Only questions that are answered by choosing from a list are asked here, because answers travel in the address of the page: a
choice says what the matter is, never who somebody is (docs/adr/0015).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from onedoor.catalog.conditions import Condition
from onedoor.catalog.content import Choice, Content, Fee, FormField, Material, OptionText, in_language
from onedoor.catalog.form_rules import visible_fields

CLOSED = frozenset({"choice", "multichoice"})
MOST_ANSWERS = 100
Given = Mapping[str, Sequence[str]]
Answers = dict[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a situation with what was answered; nothing is chosen where it was not answered yet."""

    field: FormField
    chosen: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The answer in words, empty where there is none."""
        return in_language("、", ", ").join(each.text for each in self.field.choices if each.value in self.chosen)

    @property
    def choices(self) -> list[tuple[Choice, bool]]:
        """What can be chosen, and whether it was."""
        return [(each, each.value in self.chosen) for each in self.field.choices]


@dataclass(frozen=True, slots=True)
class Needed:
    """A paper that is needed, or may be: then ``only_if`` says when."""

    material: Material
    only_if: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A fee that is due, or may be: then ``only_if`` says when."""

    fee: Fee
    only_if: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A guide as it reads for the answers given; without an answer it reads for everybody."""

    asked: tuple[Asked, ...]
    answers: Answers
    papers: tuple[Needed, ...]
    spared: tuple[Material, ...]
    fees: tuple[Due, ...]
    option: OptionText | None
    other_options: tuple[OptionText, ...]
    questions: int

    @property
    def is_narrowed(self) -> bool:
        """Whether something was answered."""
        return bool(self.answers)

    @property
    def answered(self) -> tuple[Asked, ...]:
        return tuple(each for each in self.asked if each.chosen)

    @property
    def is_answered(self) -> bool:
        """Whether every question was answered, so that nothing hangs in the air."""
        return all(each.chosen for each in self.asked)

    @property
    def query(self) -> str:
        """The answers as they stand in an address, in the order of the questions."""
        return urlencode([(each.field.key, value) for each in self.asked for value in each.chosen])

    @property
    def told(self) -> str:
        """The answers as a sentence: 转移原因：买卖；是否办理按揭：否."""
        between, after = in_language("；", "; "), in_language("：", ": ")
        return between.join(f"{each.field.text}{after}{each.answer}" for each in self.answered)


def situation_fields(content: Content) -> tuple[FormField, ...]:
    """Return the questions of situations: those marked so, and those on which papers, options and fees depend, in their order."""
    form = content.form
    closed = {field.key: field for field in form.fields if field.type in CLOSED}
    wanted = {key for section in form.sections if section.scenario for key in section.fields}
    wanted |= {key for condition in _conditions(content) for key in condition.fields()}
    waiting = [key for key in wanted if key in closed]
    found = set(waiting)
    while waiting:
        condition = closed[waiting.pop()].condition
        for key in condition.fields() if condition is not None else ():
            if key in closed and key not in found:
                found.add(key)
                waiting.append(key)
    return tuple(field for field in form if field.key in found)


def _conditions(content: Content) -> Iterable[Condition]:
    given = [each.when for each in content.materials]
    given += [each.condition for each in content.options]
    given += [each.when for each in content.fees]
    return [each for each in given if each is not None]


def given_by(query: Iterable[tuple[str, Sequence[str]]]) -> dict[str, tuple[str, ...]]:
    """Return the parameters of an address as answers, empty ones left out."""
    found = {key: tuple(dict.fromkeys(each for each in values if each)) for key, values in query}
    return {key: values for key, values in found.items() if values}


def scanned(text: str) -> tuple[str, dict[str, tuple[str, ...]]] | None:
    """Return the item's code and the answers that a guide's address names, None where a text is no such address."""
    try:
        address = urlsplit(text.strip())
        query = parse_qs(address.query, max_num_fields=MOST_ANSWERS)
    except ValueError:
        return None
    parts = address.path.strip("/").split("/")
    return (parts[1], given_by(query.items())) if len(parts) == 2 and parts[0] == "items" else None


def answers_in(content: Content, given: Given) -> Answers:
    """Return the answers that the guide understands; unknown questions and choices are passed over, and so is what is not asked."""
    answers: Answers = {}
    for field in situation_fields(content):
        values = _known(field, given.get(field.key, ()))
        if values and (field.condition is None or field.condition.holds(answers)):
            answers[field.key] = list(values) if field.type == "multichoice" else values[0]
    return answers


def _known(field: FormField, values: Sequence[str]) -> tuple[str, ...]:
    known = tuple(choice.value for choice in field.choices if choice.value in values)
    return known if field.type == "multichoice" else known[:1]


def is_wholly_known(content: Content, given: Given) -> bool:
    """Tell whether an address holds nothing but answers that the guide understands, each question answered once."""
    understood = {key: len(value) if isinstance(value, list) else 1 for key, value in answers_in(content, given).items()}
    return understood == {key: len(values) for key, values in given.items()}


def case_for(content: Content, given: Given) -> Case:
    """Return the guide as it reads for the answers of an address."""
    answers, fields = answers_in(content, given), situation_fields(content)
    keys = {field.key for field in fields}
    unknown = {field.key for field in content.form.fields} - answers.keys()
    asked = []
    for field in fields:
        is_asked = True if field.condition is None else field.condition.verdict(answers, unknown)
        if is_asked is False:
            unknown.discard(field.key)
        elif is_asked or not set(field.condition.fields()) <= keys:  # type: ignore[union-attr]
            asked.append(Asked(field, _chosen(answers.get(field.key))))
    papers = [(each, _verdict(each.when, answers, unknown)) for each in content.materials]
    fees = [(each, _verdict(each.when, answers, unknown)) for each in content.fees]
    options = [(each, _verdict(each.condition, answers, unknown)) for each in content.options]
    option = next((each for each, holds in options if holds and each.condition is not None), None)
    return Case(
        asked=tuple(asked),
        answers=answers,
        papers=tuple(Needed(each, _told(each.when, content, holds)) for each, holds in papers if holds is not False),
        spared=tuple(each for each, holds in papers if holds is False),
        fees=tuple(Due(each, _told(each.when, content, holds)) for each, holds in fees if holds is not False),
        option=option,
        other_options=() if option else tuple(each for each, holds in options if holds is not False),
        questions=sum(_is_asked_of_all(field, answers, unknown) for field in content.form.fields),
    )


def _chosen(answer: object) -> tuple[str, ...]:
    return tuple(str(each) for each in answer) if isinstance(answer, list) else (str(answer),) if answer else ()


def _verdict(condition: Condition | None, answers: Answers, unknown: set[str]) -> bool | None:
    return True if condition is None else condition.verdict(answers, unknown)


def _told(condition: Condition | None, content: Content, holds: bool | None) -> str:  # noqa: FBT001 - a verdict, not a switch
    return condition.tell(content.form) if holds is None and condition is not None else ""


def _is_asked_of_all(field: FormField, answers: Answers, unknown: set[str]) -> bool:
    return field.key not in answers and _verdict(field.condition, answers, unknown) is True


def read_answers(content: Content, answers: Mapping[str, object]) -> Answers:
    """Return the answers of a form as conditions read them: what is not asked counts as empty."""
    return {field.key: answers.get(field.key) for field in visible_fields(content.form, answers)}
