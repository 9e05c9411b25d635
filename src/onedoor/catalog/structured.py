"""A guide as machines read it: schema.org ``GovernmentService`` as JSON-LD, beside the page that people read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe

from onedoor.catalog.content import Fee

if TYPE_CHECKING:
    from onedoor.catalog.queries import Guide, ServiceOffer

MOST_PLACES = 20
# What must not stand in a script block as it is, spelt so that JSON reads the same.
_SPELT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def government_service(guide: Guide, offers: Sequence[ServiceOffer], *, address: str) -> dict[str, Any]:
    """Return what schema.org knows of a service; what the guide does not say is left out.

    :param address: the whole address of the guide's page.
    """
    content = guide.content
    names = [each for each in content.plain_name.replace("、", ",").split(",") if each.strip()]
    found = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "@id": address,
        "url": address,
        "name": guide.title,
        "alternateName": [each.strip() for each in names],
        "identifier": guide.code,
        "description": content.summary or content.who_can,
        "audience": {"@type": "Audience", "audienceType": content.who_can} if content.who_can else None,
        "serviceOperator": _organisation(guide.department, content.phones.consult),
        "provider": _organisation(guide.department, content.phones.consult),
        "areaServed": [
            {"@type": "AdministrativeArea", "name": each} for each in dict.fromkeys(each.region_name for each in offers)
        ],
        "availableChannel": _channels(guide, offers, address),
        "offers": [offer for fee in content.fees if (offer := _offer(fee))],
        "termsOfService": "；".join(f"{each.law}{each.article}" for each in content.legal_bases),
        "serviceOutput": {"@type": "GovernmentPermit", "name": content.result.name} if content.result.name else None,
    }
    return _said(found)


def _organisation(name: str, phone: str) -> dict[str, Any] | None:
    return _said({"@type": "GovernmentOrganization", "name": name, "telephone": phone}) if name else None


def _channels(guide: Guide, offers: Sequence[ServiceOffer], address: str) -> list[dict[str, Any]]:
    found = []
    if guide.can_start:
        start = address.replace("/items/", "/apply/")
        found.append({"@type": "ServiceChannel", "serviceUrl": start, "availableLanguage": ["zh-CN", "en"]})
    places: dict[str, dict[str, Any]] = {}
    for offer in offers:
        for site in offer.sites:
            places.setdefault(site.code, _place(site, guide))
    return found + list(places.values())[:MOST_PLACES]


def _place(site: Any, guide: Guide) -> dict[str, Any]:
    position = {"@type": "GeoCoordinates", "latitude": site.latitude, "longitude": site.longitude} if site.has_position else None
    location = {
        "@type": "GovernmentOffice", "name": site.name, "telephone": site.phone, "geo": position,
        "address": {"@type": "PostalAddress", "streetAddress": site.address, "addressCountry": "CN"} if site.address else None,
    }  # fmt: skip
    return _said({
        "@type": "ServiceChannel", "serviceLocation": _said(location), "servicePhone": _phone(site.phone or guide.content.phones.consult)
    })  # fmt: skip


def _phone(number: str) -> dict[str, Any] | None:
    return {"@type": "ContactPoint", "telephone": number} if number else None


def _offer(fee: Fee) -> dict[str, Any] | None:
    if fee.amount_fen is None:
        return None
    return {"@type": "Offer", "name": fee.name, "price": f"{fee.amount_fen / 100:.2f}", "priceCurrency": "CNY"}


def _said(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def as_script(found: Mapping[str, Any]) -> SafeString:
    """Return the text of a data block: JSON that no part of can end the block or begin another."""
    return mark_safe(json.dumps(found, ensure_ascii=False, separators=(",", ":")).translate(_SPELT))  # noqa: S308 - spelt so
