"""What the official papers of an application say (domain.md 2.8); their layout and seal are the business of ``documents``.

Papers are written in Chinese, the language of the city's decisions, whatever language the page had.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from onedoor.casework.models import (
    Application,
    CorrectionNotice,
    Extension,
    Material,
    MaterialState,
    SpecialProcedure,
    Tolerance,
)
from onedoor.casework.states import KIND, Outcome
from onedoor.catalog import queries as catalog
from onedoor.documents.services import NewPaper
from onedoor.kernel.clock import local_date
from onedoor.kernel.references import grouped
from onedoor.kernel.subjects import Subject

if TYPE_CHECKING:
    from onedoor.workdays.models import Limit


class Ends(Protocol):
    """A limit, or what is only known of its end."""

    @property
    def due_at(self) -> datetime: ...
    @property
    def confirmed(self) -> bool: ...


# How each paper is called and what its number begins with after the agency's own word, as in 秦审受〔2026〕00123号.
TITLES = {
    "submission_receipt": ("申请回执", ""),
    "receipt": ("材料接收凭证", "收"),
    "acceptance": ("受理通知书", "受"),
    "not_accepted": ("不予受理通知书", "不受"),
    "one_time_notice": ("一次性补正告知书", "补"),
    "tolerance_promise": ("容缺受理承诺书", "容诺"),
    "tolerance": ("容缺受理补齐材料通知书", "容补"),
    "grant": ("准予决定书", "准"),
    "refusal": ("不予许可决定书", "不准"),
    "special_procedure": ("特别程序告知书", "特"),
    "extension": ("延期办理告知书", "延"),
    "delivery_receipt": ("送达回证", "送"),
    "withdrawal": ("撤回申请确认书", "撤"),
    "closed": ("办结通知书", "结"),
    "certificate": ("", "证"),
}
MEDIA = {
    "original": "原件", "copy": "复印件", "original_and_copy": "原件和复印件",
    "form": "表单", "electronic": "电子件", "certificate": "证照", "auto": "系统获取",
}  # fmt: skip
YEARS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "十": 10, "二十": 20}
PERMIT, UNITS = "01", {
    "working-days": "个工作日", "natural-days": "日", "months": "个月", "years": "年", "working-hours": "个工作小时", "hours": "小时",
}  # fmt: skip
WAYS = {"window": "窗口领取", "post": "邮寄送达", "online": "网上送达"}


def submission_receipt(application: Application, materials: Sequence[Material], limit: Limit, entry: UUID) -> NewPaper:
    """Return the receipt of a submission; its number is the application's own reference."""
    content = {
        "materials": _listed(application, [each for each in materials if each.state == MaterialState.PROVIDED]),
        **_due(limit),
        "query_code": application.query_code or "",
    }
    return _paper("submission_receipt", application, content, entry, number=application.reference)


def receipt(application: Application, materials: Sequence[Material], handled_by: str, entry: UUID) -> NewPaper:
    """Return the receipt of materials that a window received."""
    there = [each for each in materials if each.state in (MaterialState.PROVIDED, MaterialState.CHECKED)]
    content = {"materials": _listed(application, there), "handled_by": handled_by}
    return _paper("receipt", application, content, entry)


def acceptance(application: Application, limit: Limit, entry: UUID) -> NewPaper:
    """Return the notice of acceptance with the last day of the decision, which the shorter of its limits says."""
    terms = catalog.case_terms(application.version_id)
    content = {
        "accepted_on": _day(application.accepted_at),
        "is_deemed": application.accepted_as_deemed,
        "legal_limit": _length(terms.legal_length, terms.legal_unit),
        "promise_limit": _length(terms.promised_length(application.option_code), terms.promise_unit),
        **_due(limit),
    }
    return _paper("acceptance", application, content, entry)


def one_time_notice(application: Application, notice: CorrectionNotice, limit: Limit, entry: UUID) -> NewPaper:
    """Return the notice that names everything that is missing (行政许可法 art. 32(4))."""
    return _paper("one_time_notice", application, {"points": notice.points, **_due(limit)}, entry)


def following(application: Application, rows: Sequence[Material]) -> list[dict[str, str]]:
    """Return papers that follow as a promise keeps them: key, name and form."""
    norm = {each.key: each for each in catalog.case_terms(application.version_id).materials}
    return [{"key": row.key, "name": row.name, "form": MEDIA.get(norm[row.key].medium, "")} for row in rows]


def of_tolerance(application: Application, promise: Tolerance, limit: Limit, entry: UUID) -> list[NewPaper]:
    """Return the applicant's promise and the notice that answers it, for an application accepted with papers to follow."""
    content = {
        "accepted_on": _day(application.accepted_at),
        "promised_on": _day(promise.promised_at),
        "is_signed_by_hand": promise.is_signed_at_window,
        "length": _length(promise.length or 0, "working-days"),
        "materials": [{"name": each["name"], "medium": each["form"], "copies": "1", "note": ""} for each in promise.papers],
        **_due(limit),
    }
    return [_paper(kind, application, content, entry) for kind in ("tolerance_promise", "tolerance")]


def not_accepted(application: Application, competent: str, entry: UUID) -> NewPaper:
    """Return the notice of non-acceptance with its reason and the office in charge (行政许可法 art. 32)."""
    content = {"reasons": _lines(application.reason), "competent": competent, "remedies": _remedies(application)}
    return _paper("not_accepted", application, content, entry)


def decision(application: Application, entry: UUID) -> NewPaper:
    """Return the decision: to grant, or to refuse with reasons and remedies (行政许可法 art. 38)."""
    terms = catalog.case_terms(application.version_id)
    content: dict[str, Any] = {
        "accepted_on": _day(application.accepted_at),
        "articles": [f"{each.law}{each.article}" for each in terms.content.legal_bases],
        "remedies": _remedies(application),
    }
    if application.outcome == Outcome.GRANTED:
        return _paper("grant", application, content | {"result": terms.result.name}, entry)
    title = "不予许可决定书" if terms.item_type == PERMIT else "不予办理决定书"
    return _paper("refusal", application, content | {"reasons": _lines(application.reason)}, entry, title=title)


def special_procedure(application: Application, procedure: SpecialProcedure, limit: Ends, entry: UUID) -> NewPaper:
    """Return the notice that a special procedure is needed and how long it takes at most (行政许可法 art. 45)."""
    content = {
        "procedure": procedure.name,
        "length": _length(procedure.length, procedure.unit),
        "reasons": _lines(procedure.reason),
        "articles": [procedure.basis] if procedure.basis else [],
        **_due(limit),
    }
    return _paper("special_procedure", application, content, entry)


def extension(application: Application, request: Extension, limit: Ends, entry: UUID) -> NewPaper:
    """Return the notice that the legal limit was extended, and why (行政许可法 art. 42)."""
    content = {
        "accepted_on": _day(application.accepted_at),
        "extension": _length(request.length, request.unit),
        "reasons": _lines(request.reason),
        **_due(limit),
    }
    return _paper("extension", application, content, entry)


# How an application ended without a decision, as the notice says it.
ENDED_AS = {Outcome.VOID: "作废", Outcome.ENTRY_ERROR: "录入错误，作废", Outcome.LAPSED: "材料逾期没有补齐，终止办理"}


def withdrawal(application: Application, entry: UUID) -> NewPaper:
    """Return the confirmation that an application was taken back."""
    return _paper("withdrawal", application, {"reasons": _lines(application.reason)}, entry)


def closed(application: Application, entry: UUID) -> NewPaper:
    """Return the notice that an application ended without a decision, and why."""
    content = {
        "result": ENDED_AS[Outcome(application.outcome)],
        "reasons": _lines(application.reason),
        "is_without_decision": True,
        "remedies": _remedies(application) if application.outcome == Outcome.VOID else [],
    }
    return _paper("closed", application, content, entry)


def has_certificate(application: Application) -> bool:
    """Tell whether a granted application ends with a paper of its own for the holder."""
    return bool(catalog.case_terms(application.version_id).result.name)


def certificate(application: Application, at: datetime, entry: UUID) -> NewPaper:
    """Return the certificate or document that the item promises as its result."""
    terms = catalog.case_terms(application.version_id)
    first = local_date(at)
    last = valid_until(first, terms.result.validity)
    validity = [{"label": "有效期", "value": terms.result.validity}] if last is None and terms.result.validity else []
    content = {
        "holder_label": "持有人" if application.applicant_person_id else "单位名称",
        "facts": [{"label": "发证机关", "value": application.agency.name}, *validity],
    }
    return _paper(
        "certificate", application, content, entry, title=terms.result.name, valid_from=first if last else None, valid_to=last
    )


def valid_until(first: date, validity: str) -> date | None:
    """Return the last day of a validity in whole years, as in 五年; None where the item says it in other words."""
    found = re.fullmatch(r"(一|二|两|三|四|五|六|十|二十)年", validity)
    if found is None:
        return None
    year = first.year + YEARS[found[1]]
    if (first.month, first.day) == (2, 29):
        return date(year, 2, 28)
    return date(year, first.month, first.day) - timedelta(days=1)


def delivery_receipt(application: Application, way: str, recipient: str, handled_by: str, entry: UUID) -> NewPaper:
    """Return the receipt of delivery."""
    content = {
        "delivered_how": WAYS.get(way, way),
        "delivered_on": _day(application.delivered_at),
        "receiver": recipient,
        "handled_by": handled_by,
        "result": catalog.case_terms(application.version_id).result.name,
    }
    return _paper("delivery_receipt", application, content, entry)


def _paper(
    kind: str,
    application: Application,
    content: dict[str, Any],
    entry: UUID,
    *,
    title: str = "",
    number: str | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> NewPaper:
    terms, agency = catalog.case_terms(application.version_id), application.agency
    named, letter = TITLES[kind]
    return NewPaper(
        kind=kind,
        subject=Subject(KIND, application.id),
        holder=application.applicant_name,
        title=title or named,
        issuer=agency.name,
        series_word="" if number else f"{agency.paper_word or '秦审'}{letter}",
        number=number,
        content={
            "item": terms.name,
            "reference": grouped(application.reference or ""),
            "applied_on": _day(application.submitted_at),
            "addressee": application.applicant_name,
            "contact": {"phone": terms.content.phones.consult},
            **content,
        },
        valid_from=valid_from,
        valid_to=valid_to,
        entry=entry,
    )


def _due(limit: Ends) -> dict[str, Any]:
    """Return the last day of a limit, and whether it rests on holidays that nobody has announced yet."""
    return {"due": _iso(local_date(limit.due_at)), "due_is_provisional": not limit.confirmed}


def _listed(application: Application, materials: Sequence[Material]) -> list[dict[str, Any]]:
    norm = {each.key: each for each in catalog.case_terms(application.version_id).materials}
    return [
        {
            "name": each.name,
            "medium": MEDIA.get(norm[each.key].medium, "") if each.key in norm else "",
            "copies": str(each.copies or 1),
            "note": each.remark,
        }
        for each in materials
    ]


def _remedies(application: Application) -> list[str]:
    remedies = catalog.case_terms(application.version_id).content.remedies
    return [text for text in (remedies.reconsideration, remedies.litigation) if text] or [
        "如不服本决定，可以自收到之日起六十日内依法申请行政复议，也可以自收到之日起六个月内依法向人民法院提起行政诉讼。"
    ]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _length(length: int, unit: str) -> str:
    return f"{length}{UNITS.get(unit, '')}" if length else "当场办结"


def _day(moment: datetime | None) -> str:
    return _iso(local_date(moment)) if moment else ""


def _iso(day: date) -> str:
    return day.isoformat()
