"""What the city knows of an applicant already, so that it is neither asked nor asked for again (免填写、免提交).

Answers come from the applicant's record, from certificates of the city and from earlier applications; papers are certificates that
the city itself issued and that are valid today. What was typed is never written over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from onedoor.casework.models import Application
from onedoor.casework.states import Status
from onedoor.catalog import prefill
from onedoor.catalog import queries as catalog
from onedoor.catalog.content import Form, Material
from onedoor.documents import queries as documents
from onedoor.documents.queries import PaperView
from onedoor.kernel.clock import local_date
from onedoor.kernel.subjects import Subject
from onedoor.people import queries as people
from onedoor.people.queries import ApplicantFacts

KEPT_SOURCES = "_known"
"""Where a draft keeps which answers were filled in: question, source, and the value as it was filled in."""
KEPT_GUIDE = "_guide"
"""Where a draft keeps what was answered on the guide's page before it was begun: question and answer."""
EARLIER = 50
MOST_DECIDED = 500
_COPY_OF = re.compile(r"[《》\s]|[（(]?(原件|复印件|正本|副本|及|和|或|、)+[）)]?$")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one applicant."""

    facts: ApplicantFacts | None
    certificates: Mapping[str, PaperView]
    address: str = ""

    def certificate(self, name: str) -> PaperView | None:
        """Return the applicant's valid certificate of a name, the newest where there are several."""
        return self.certificates.get(bare(name))

    def answer(self, source: str) -> str:
        """Return what a source says, empty where it says nothing."""
        found, certificate = prefill.split(source)
        if found is None:
            return ""
        if found.needs_certificate:
            paper = self.certificate(certificate)
            return "" if paper is None else _OF_CERTIFICATE[found.code](paper)
        if found.code == "earlier.address":
            return self.address
        kind = "organisation." if self.facts is not None and self.facts.code_kind == "credit_code" else "person."
        return "" if self.facts is None or not found.code.startswith(kind) else _OF_RECORD[found.code](self.facts)


_OF_RECORD: dict[str, Callable[[ApplicantFacts], str]] = {
    "person.name": lambda facts: facts.name,
    "person.identity": lambda facts: facts.code,
    "person.phone": lambda facts: facts.phone,
    "organisation.name": lambda facts: facts.name,
    "organisation.credit_code": lambda facts: facts.code,
    "organisation.legal_representative": lambda facts: facts.legal_representative,
}
_OF_CERTIFICATE: dict[str, Callable[[PaperView], str]] = {
    "certificate.number": lambda paper: paper.number,
    "certificate.holder": lambda paper: paper.holder,
    "certificate.issuer": lambda paper: paper.issuer,
    "certificate.issued_on": lambda paper: _day(local_date(paper.issued_at)),
    "certificate.valid_to": lambda paper: _day(paper.valid_to),
}


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def bare(name: str) -> str:
    """Return the name of a certificate without what a list of papers adds: 《营业执照》复印件 → 营业执照."""
    return _COPY_OF.sub("", name)


def can_be_fetched(material: Material) -> bool:
    """Tell whether the city may have issued a paper itself: it has a code of the certificate directory, or is a certificate."""
    return bool(material.ecert_code) or "certificate" in (material.kind, material.medium)


def known_of(applications: Sequence[Application], *, at: datetime) -> dict[UUID, Known]:
    """Return what is known of the applicants of drafts that can make use of it. At most five statements, however many drafts."""
    wanted = {each.id: subject for each in applications if (subject := _applicant(each)) is not None and _makes_use(each)}
    if not wanted:
        return {}
    subjects = list(dict.fromkeys(wanted.values()))
    facts = people.applicant_facts(subjects)
    certificates = _certificates(subjects, today=local_date(at))
    addresses = _addresses(subjects) if any(_asks_for_address(each) for each in applications if each.id in wanted) else {}
    return {
        key: Known(facts.get(subject), certificates.get(subject, {}), addresses.get(subject, "")) for key, subject in wanted.items()
    }


def _applicant(application: Application) -> Subject | None:
    if application.applicant_organisation_id is not None:
        return Subject(people.ORGANISATION, application.applicant_organisation_id)
    return Subject(people.PERSON, application.applicant_person_id) if application.applicant_person_id is not None else None


def _form(application: Application) -> Form:
    return catalog.case_terms(application.version_id).content.form


def _makes_use(application: Application) -> bool:
    terms = catalog.case_terms(application.version_id)
    return any(each.prefill for each in terms.content.form.fields) or any(can_be_fetched(each) for each in terms.materials)


def _asks_for_address(application: Application) -> bool:
    return any(each.prefill == "earlier.address" for each in _form(application).fields)


def _of(subjects: Iterable[Subject]) -> Q:
    persons = [each.id for each in subjects if each.kind == people.PERSON]
    organisations = [each.id for each in subjects if each.kind == people.ORGANISATION]
    return Q(applicant_person__in=persons) | Q(applicant_organisation__in=organisations)


def _certificates(subjects: Sequence[Subject], *, today: date) -> dict[Subject, dict[str, PaperView]]:
    """Return the valid certificates of applicants by their bare names; those of applications filed for others are not theirs."""
    decided = Application.objects.filter(_of(subjects), decided_at__isnull=False)
    own = decided.only("applicant_person", "applicant_organisation").order_by("-pk")[:MOST_DECIDED]
    holder = {each.id: subject for each in own if (subject := _applicant(each)) is not None}
    found: dict[Subject, dict[str, PaperView]] = {}
    for subject_id, paper in documents.valid_certificates(list(holder), today=today) if holder else ():
        found.setdefault(holder[subject_id], {})[bare(paper.title)] = paper
    return found


def _addresses(subjects: Sequence[Subject]) -> dict[Subject, str]:
    """Return the address that applicants gave last, from their newest applications."""
    found: dict[Subject, str] = {}
    for application in Application.objects.filter(_of(subjects)).exclude(status=Status.DRAFT).order_by("-pk")[:EARLIER]:
        subject = _applicant(application)
        if subject is None or subject in found:
            continue
        for field in _form(application).fields:
            answer = application.answers.get(field.key)
            if field.type == "address" and isinstance(answer, str) and answer:
                found[subject] = answer
                break
    return found


def filled(application: Application, known: Known | None) -> dict[str, object]:
    """Return the answers of a draft with what is known filled in where nothing was typed.

    What was filled in for another applicant and not touched since goes away again.
    """
    answers = dict(application.answers)
    for key, (_source, value) in sources_of(answers).items():
        if answers.get(key) == value:
            answers.pop(key)
    sources = {}
    for field in _form(application).fields if known is not None else ():
        value = known.answer(field.prefill) if field.prefill and known is not None else ""
        if value and not answers.get(field.key):
            answers[field.key] = value
            sources[field.key] = [field.prefill, value]
    answers.pop(KEPT_SOURCES, None)
    return {**answers, KEPT_SOURCES: sources} if sources else answers


def sources_of(answers: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Return by question from which source a draft's answer was filled in, and what was filled in."""
    kept = answers.get(KEPT_SOURCES)
    return {str(key): (str(row[0]), str(row[1])) for key, row in kept.items()} if isinstance(kept, Mapping) else {}


def source_told(answers: Mapping[str, object], key: str) -> str:
    """Return where an answer that stands as it was filled in is known from, empty where somebody typed it."""
    source, value = sources_of(answers).get(key, ("", ""))
    return prefill.told(source) if source and answers.get(key) == value else ""


def with_guide(answers: Mapping[str, object], guide: Mapping[str, object]) -> dict[str, object]:
    """Return the first answers of a draft with those that were given on the guide's page, marked as such."""
    return {**answers, **guide, KEPT_GUIDE: dict(guide)} if guide else dict(answers)


def is_from_guide(answers: Mapping[str, object], key: str) -> bool:
    """Tell whether an answer still stands as it was given on the guide's page."""
    kept = answers.get(KEPT_GUIDE)
    return isinstance(kept, Mapping) and key in kept and answers.get(key) == kept[key]


def locked(answers: Mapping[str, object]) -> frozenset[str]:
    """Return the questions whose answer comes from an official record and stays as that says."""
    return frozenset(
        key
        for key, (source, value) in sources_of(answers).items()
        if answers.get(key) == value and (found := prefill.split(source)[0]) is not None and found.is_authoritative
    )


def held(material: Material, known: Known | None) -> PaperView | None:
    """Return the valid certificate that the city issued and that spares the applicant a paper."""
    return known.certificate(material.name) if known is not None and can_be_fetched(material) else None
