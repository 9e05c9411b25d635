"""What the city knows already and need not ask again: the sources that a question of a form can name (行政许可法 art. 31, 免填写).

A source of a certificate names the certificate too: ``certificate.number:食品经营许可证``. How each is fetched is the business of casework.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from onedoor.kernel.errors import Text

_LINE = frozenset({"text", "textarea"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer may be known from. Who applies cannot change what an authoritative source says."""

    code: str
    title: Text
    types: frozenset[str]
    is_authoritative: bool = False

    @property
    def needs_certificate(self) -> bool:
        """Whether it is a source only together with the name of a certificate."""
        return self.code.startswith(CERTIFICATE)


CERTIFICATE = "certificate."
SOURCES = {
    source.code: source
    for source in (
        Source("person.name", _("the applicant's record: name"), _LINE, is_authoritative=True),
        Source(
            "person.identity", _("the applicant's record: identity number"), frozenset({"idcard", "text"}), is_authoritative=True
        ),
        Source("person.phone", _("the applicant's record: mobile"), frozenset({"phone", "text"})),
        Source("organisation.name", _("the organisation's record: name"), _LINE, is_authoritative=True),
        Source(
            "organisation.credit_code",
            _("the organisation's record: credit code"),
            frozenset({"uscc", "text"}),
            is_authoritative=True,
        ),
        Source("organisation.legal_representative", _("the organisation's record: legal representative"), _LINE),
        Source("earlier.address", _("an earlier application: address"), frozenset({"address"}) | _LINE),
        Source("certificate.number", _("a certificate of the city: number"), _LINE, is_authoritative=True),
        Source("certificate.holder", _("a certificate of the city: holder"), _LINE, is_authoritative=True),
        Source("certificate.issuer", _("a certificate of the city: issued by"), _LINE, is_authoritative=True),
        Source("certificate.issued_on", _("a certificate of the city: day of issue"), frozenset({"date"}), is_authoritative=True),
        Source("certificate.valid_to", _("a certificate of the city: valid until"), frozenset({"date"}), is_authoritative=True),
    )
}


def split(prefill: str) -> tuple[Source | None, str]:
    """Return the source that a question names, and the name of the certificate where it is one of a certificate."""
    code, _colon, certificate = prefill.partition(":")
    return SOURCES.get(code), certificate.strip()


def told(prefill: str) -> str:
    """Return in the language of the moment where an answer is known from."""
    source, certificate = split(prefill)
    if source is None:
        return prefill
    return f"{source.title}（{certificate}）" if certificate else str(source.title)


def fault(prefill: str, field_type: str) -> Text | None:
    """Return what is wrong with the source that a question names, if anything is."""
    source, certificate = split(prefill)
    if source is None:
        return _("Nothing is known of this source. Choose another one.")
    if field_type not in source.types:
        return _("What this source knows does not fit the type of the question.")
    if source.needs_certificate and not certificate:
        return _("Write the name of the certificate, as its item calls it.")
    return None
