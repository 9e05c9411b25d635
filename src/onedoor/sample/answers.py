"""Answers that fit a form: for the people of the sample city and for tests over every form of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from onedoor.kernel.identity import card_check, credit_check

if TYPE_CHECKING:
    from onedoor.catalog.content import Form, FormField

REGION = "130302000000"
# Region 130399 exists nowhere, so that no sample number is anybody's (data/README.md).
IDENTITY_REGION = "130399"
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "建国 秀英 志强 淑兰 海燕 文博 雨桐 子涵 立新 国栋 晓梅 德明 思远 玉兰 振华 佳怡".split()  # noqa: SIM905
_TRADES = "海燕 渤海 长城 滨海 北戴 联峰 山海 秦皇 祖山 碧海".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Sample:
    """What one answer is made from."""

    random: Random
    today: date
    region: str


def sample_answers(
    form: Form,
    *,
    today: date,
    random: Random | None = None,
    region: str = REGION,
    given: Mapping[str, object] | None = None,
    file_for: Callable[[FormField], str] | None = None,
) -> dict[str, object]:
    """Return answers that the form accepts; fields that are not asked have none.

    :param random: what chooses; without it the first choice is always taken.
    :param given: answers that are taken as they are, such as the applicant's own name and number.
    :param file_for: gives the answer for a field that wants a file.
    """
    first_always = random is None
    sample = Sample(random or Random(7), today, region)  # noqa: S311  made-up people, no secrets
    answers: dict[str, object] = {}
    for field in form:
        if field.condition is not None and not field.condition.holds(answers):
            continue
        if given is not None and field.key in given:
            answers[field.key] = given[field.key]
        elif field.type == "file" and file_for is not None:
            answers[field.key] = file_for(field)
        else:
            answers[field.key] = _answer(field, sample, first_always=first_always)
    return answers


def sample_identity(random: Random, *, today: date) -> str:
    """Return a made-up identity number of somebody of age."""
    born = today - timedelta(days=random.randint(20 * 366, 70 * 365))
    body = f"{IDENTITY_REGION}{born:%Y%m%d}{random.randint(1, 999):03d}"
    return body + card_check(body)


def sample_credit_code(random: Random) -> str:
    """Return a made-up credit code of a company of the sample region."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91{IDENTITY_REGION}MA" + "".join(random.choice(alphabet) for _ in range(7))
    return body + credit_check(body)


def sample_name(random: Random) -> str:
    """Return a made-up name."""
    return random.choice(_FAMILY) + random.choice(_GIVEN)


def sample_phone(random: Random) -> str:
    """Return a made-up mobile number of the range kept for samples."""
    return f"1380335{random.randint(0, 9999):04d}"


def _answer(field: FormField, sample: Sample, *, first_always: bool) -> object:
    random, rules = sample.random, field.validation
    if field.type == "choice":
        return field.choices[0].value if first_always else random.choice(field.choices).value
    if field.type == "multichoice":
        least = max(rules.min_items or 1, 1)
        chosen = field.choices[:least] if first_always else random.sample(field.choices, random.randint(least, len(field.choices)))
        return [choice.value for choice in chosen]
    if field.type == "repeat":
        rows = max(rules.min_rows or 1, 1) if first_always else random.randint(rules.min_rows or 1, 3)
        return [{each.key: _answer(each, sample, first_always=first_always) for each in field.columns} for _ in range(rows)]
    return _single(field, sample)


def _single(field: FormField, sample: Sample) -> str:
    random, rules = sample.random, field.validation
    if field.type in ("number", "money"):
        least = int(rules.min or 0)
        return str(random.randint(least, int(rules.max) if rules.max is not None else least + 80))
    if field.type == "date":
        return (sample.today - timedelta(days=random.randint(1, 900))).isoformat()
    if field.type == "text":
        return _text(field, sample)
    made: dict[str, Callable[[], str]] = {
        "idcard": lambda: sample_identity(random, today=sample.today),
        "uscc": lambda: sample_credit_code(random),
        "phone": lambda: sample_phone(random),
        "region": lambda: sample.region,
        "address": lambda: f"文化路{random.randint(1, 300)}号（示例）",
        "textarea": lambda: f"{field.label}：按实际情况填写（示例）",
        "file": lambda: "",
    }
    return made[field.type]()


def _text(field: FormField, sample: Sample) -> str:
    random, rules = sample.random, field.validation
    if rules.length:
        return "".join(str(random.randint(0, 9)) for _ in range(rules.length))
    if "单位" in field.label or "名称" in field.label:
        return f"秦皇岛{random.choice(_TRADES)}商贸有限公司（示例）"
    if any(word in field.label for word in ("姓名", "联系人", "负责人", "法定代表人", "人姓", "配偶")):
        return sample_name(random)
    return f"{field.label}（示例）"[: rules.max_length or 200]
