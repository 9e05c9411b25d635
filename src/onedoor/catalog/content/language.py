"""Texts in the language of the moment."""

from __future__ import annotations

from django.utils.translation import get_language, gettext, ngettext

# Steps have Chinese names only: the usual ones are told by their names, others by the stage that they are (domain.md 1.3, 19).
STEPS_EN = {
    "受理": "Acceptance", "审核": "Review", "审查": "Examination", "审批": "Approval", "决定": "Decision", "办结": "Completion",
    "制证": "Making the certificate", "发证": "Issue of the certificate", "送达": "Delivery", "现场核查": "On-site check",
    "现场检查": "On-site inspection", "现场审查": "On-site examination", "现场踏勘": "Site survey", "实地勘查": "Site survey",
    "现场评审": "On-site assessment", "专家评审": "Expert review", "入户调查": "Home visit", "公示": "Public notice",
}  # fmt: skip
STAGES_EN = {
    "receive": "Acceptance", "handle": "Handling", "review": "Review", "approve": "Approval", "issue": "Completion",
    "deliver": "Delivery",
}  # fmt: skip
ANSWERS_EN = {"是": "Yes", "否": "No", "有": "Yes", "无": "No", "需要": "Needed", "不需要": "Not needed", "其他": "Other"}


def in_language(chinese: str, english: str) -> str:
    """Return the text in the language of the moment, Chinese where there is no English."""
    return chinese if not english or (get_language() or "zh").startswith("zh") else english


def step_title(stage: str, name: str) -> str:
    """Return the name of a step; in English that of the usual step, or else of its stage."""
    return in_language(name, STEPS_EN.get(name) or STAGES_EN.get(stage, ""))


def limit_text(length: int, unit: str) -> str:
    """Return a limit for people: ``5 个工作日``, ``当场``."""
    if length == 0:
        return gettext("On the spot")
    words = {
        "working-days": ngettext("%(n)d working day", "%(n)d working days", length),
        "natural-days": ngettext("%(n)d day", "%(n)d days", length),
        "months": ngettext("%(n)d month", "%(n)d months", length),
        "years": ngettext("%(n)d year", "%(n)d years", length),
        "working-hours": ngettext("%(n)d working hour", "%(n)d working hours", length),
        "hours": ngettext("%(n)d hour", "%(n)d hours", length),
    }
    return words[unit] % {"n": length}
