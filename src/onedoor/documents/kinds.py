"""Kinds of official papers, and what each must say before it may be issued."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PaperKind(TextChoices):
    """Papers of domain.md 2.8 that exist so far."""

    SUBMISSION_RECEIPT = "submission_receipt", _("Receipt of submission")
    RECEIPT = "receipt", _("Receipt of materials")
    ACCEPTANCE = "acceptance", _("Notice of acceptance")
    NOT_ACCEPTED = "not_accepted", _("Notice of non-acceptance")
    ONE_TIME_NOTICE = "one_time_notice", _("One-time notice of what is missing")
    GRANT = "grant", _("Decision to grant")
    REFUSAL = "refusal", _("Decision to refuse")
    CERTIFICATE = "certificate", _("Certificate")
    DELIVERY_RECEIPT = "delivery_receipt", _("Receipt of delivery")
    TOLERANCE_PROMISE = "tolerance_promise", _("Promise of papers to follow")
    TOLERANCE = "tolerance", _("Notice of the papers to follow")
    COMMITMENT = "commitment", _("Commitment of the applicant")
    EXTENSION = "extension", _("Notice of extension")
    SPECIAL_PROCEDURE = "special_procedure", _("Notice of a special procedure")
    WITHDRAWAL = "withdrawal", _("Confirmation of withdrawal")
    CLOSED = "closed", _("Notice that the matter is closed")


# What the law wants in writing; an act that forgets it is a bug and stops before the paper has a number.
REQUIRED: Mapping[str, frozenset[str]] = {
    PaperKind.ONE_TIME_NOTICE: frozenset({"points"}),  # 行政许可法 art. 32(4): everything that is missing, at once
    PaperKind.NOT_ACCEPTED: frozenset({"reasons"}),  # art. 32(1), (2)
    PaperKind.REFUSAL: frozenset({"reasons", "remedies"}),  # art. 38: reasons, and the right to reconsideration and to sue
    PaperKind.CLOSED: frozenset({"result"}),
    PaperKind.TOLERANCE_PROMISE: frozenset({"materials", "due"}),  # domain.md 2.7: which papers, in which form, until when
    PaperKind.TOLERANCE: frozenset({"materials", "due"}),
    PaperKind.EXTENSION: frozenset({"reasons", "extension"}),  # art. 42: the reason is told to the applicant
    PaperKind.SPECIAL_PROCEDURE: frozenset({"procedure", "length"}),  # art. 45: how long it takes is told in writing
}


def missing(kind: str, content: Mapping[str, object]) -> list[str]:
    """Return what a paper of ``kind`` must say and ``content`` leaves out."""
    return sorted(key for key in REQUIRED.get(kind, frozenset()) if not content.get(key))
