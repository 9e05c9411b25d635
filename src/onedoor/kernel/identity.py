"""Identity and credit codes, parsed once at the edge into checked types (domain.md 8.2).

python-stdnum is not used: it refuses people born before 1983 in five counties of this city, holders of residence permits of
Hong Kong, Macao and Taiwan, foreigners' permanent cards, and every village collective.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.errors import Refused, Text


class IdentityKind(TextChoices):
    """Kinds of papers that tell who somebody is. Values: GA/T 2000.156 as seen in public code lists (domain.md 8.2)."""

    RESIDENT = "111", _("Resident identity card")
    HOUSEHOLD = "113", _("Household register")
    OFFICER = "114", _("Military officer's card")
    PASSPORT = "414", _("Passport")
    TAIWAN_PASS = "511", _("Mainland travel permit for Taiwan residents")
    HOME_RETURN = "516", _("Mainland travel permit for Hong Kong and Macao residents")
    FOREIGN_PERMANENT = "553", _("Foreign permanent resident's card")
    # No public list holds a code for it; ours, outside the ranges that are in use.
    HMT_RESIDENCE = "B11", _("Residence permit for Hong Kong, Macao and Taiwan residents")
    OTHER = "990", _("Other paper")


class WrongCode(Refused):
    """A code that cannot be right; the text says what is wrong with it."""

    code = "wrong_code"
    http_status = 422


_CARD = re.compile(r"[1-9][0-9]{16}[0-9X]")
_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}")
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_SHAPES = {
    IdentityKind.TAIWAN_PASS: re.compile(r"[0-9]{8}([0-9]{2})?"),
    IdentityKind.HOME_RETURN: re.compile(r"[HM][0-9]{8}([0-9]{2})?"),
    IdentityKind.PASSPORT: re.compile(r"[A-Z0-9]{5,20}"),
}
_OTHER_SHAPE = re.compile(r"[A-Z0-9一-鿿\-()（）第号字]{4,40}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
# Cards for foreigners issued before 2023 and still valid: nationality and twelve digits, no check digit.
_OLD_FOREIGN_CARD = re.compile(r"[A-Z]{3}[0-9]{12}")
# What can be told apart from a card by its look alone.
_NUMBERS_WITHOUT_KIND = {
    IdentityKind.HOME_RETURN: _SHAPES[IdentityKind.HOME_RETURN],
    IdentityKind.FOREIGN_PERMANENT: _OLD_FOREIGN_CARD,
    IdentityKind.PASSPORT: re.compile(r"[A-Z]{1,2}[0-9]{6,9}|[A-Z]{2,3}[0-9]{5,7}"),
    IdentityKind.TAIWAN_PASS: re.compile(r"(?!(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01]))[0-9]{8}"),
}
_CARD_KINDS = frozenset({IdentityKind.RESIDENT, IdentityKind.HOUSEHOLD, IdentityKind.FOREIGN_PERMANENT, IdentityKind.HMT_RESIDENCE})
_HMT_REGIONS = ("810000", "820000", "830000")


def normalise(text: str) -> str:
    """Return a code as it is compared: full-width characters folded, spaces dropped, capitals."""
    return re.sub(r"[\s\u200b\ufeff]", "", unicodedata.normalize("NFKC", text)).upper()


def card_check(body: str) -> str:
    """Return the check character of the first 17 digits of a card (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _CARD_CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _CARD_WEIGHTS, strict=True)) % 11]


def credit_check(body: str) -> str:
    """Return the check character of the first 17 characters of a credit code (GB 32100-2015, MOD 31-3)."""
    weighted = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in zip(body, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[-weighted % 31]


def parse_card(text: str, *, today: date) -> str:
    """Return an 18-character identity card number: residents, residents of Hong Kong, Macao and Taiwan, foreigners' cards.

    :raises WrongCode: when length, characters, birthday or check digit are wrong; region codes are not judged, since
        numbers outlive the regions that gave them.
    """
    value = normalise(text)
    if len(value) != 18:
        raise WrongCode(_("An identity number has 18 characters; you entered %(count)d.") % {"count": len(value)})
    if not _CARD.fullmatch(value):
        raise WrongCode(_("An identity number has 17 digits and ends in a digit or X."))
    if value[0] != "9":
        _check_birthday(value[6:14], today)
    if card_check(value[:17]) != value[17]:
        raise WrongCode(_("One digit of this identity number is wrong. Please compare it with the card."))
    return value


def birthday(kind: str, number: str) -> date | None:
    """Return the birthday that a checked number tells; foreigners' cards and other papers than cards tell none."""
    if kind not in _CARD_KINDS or not _CARD.fullmatch(number) or number[0] == "9":
        return None
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def birthday_in(born: date, years: int) -> date:
    """Return the birthday on which somebody is ``years`` old; born on 29 February, that is 1 March in other years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def _check_birthday(digits: str, today: date) -> None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise WrongCode(_("The birthday in this identity number (digits 7 to 14) is not a date.")) from None
    if not date(1900, 1, 1) <= born <= today:
        raise WrongCode(_("The birthday in this identity number (digits 7 to 14) cannot be right."))


def parse_credit_code(text: str) -> str:
    """Return an 18-character unified social credit code, village collectives (N…) and army units (A…) included.

    :raises WrongCode: when length, characters or check character are wrong.
    """
    value = normalise(text)
    if len(value) != 18:
        raise WrongCode(_("A credit code has 18 characters; you entered %(count)d.") % {"count": len(value)})
    if not _CREDIT.fullmatch(value):
        raise WrongCode(_("A credit code has digits and capitals without I, O, S, V, Z; places 3 to 8 are digits."))
    if credit_check(value[:17]) != value[17]:
        raise WrongCode(_("One character of this credit code is wrong. Please compare it with the licence."))
    return value


def parse_identity(kind: str, text: str, *, today: date) -> str:
    """Return the checked number of an identity paper of ``kind``; the count of renewals on a permit is not part of it.

    :raises WrongCode: when the number does not fit its kind, or the kind is none of ours.
    """
    if kind not in IdentityKind.values:
        raise WrongCode(_("Please choose the kind of paper."))
    value = normalise(text)
    if kind == IdentityKind.FOREIGN_PERMANENT and _OLD_FOREIGN_CARD.fullmatch(value):
        return value
    if kind in _CARD_KINDS:
        value = parse_card(text, today=today)
        if not _fits(kind, value):
            raise WrongCode(_("This number belongs to another kind of paper. Please choose the kind again."))
        return value
    if not _SHAPES.get(IdentityKind(kind), _OTHER_SHAPE).fullmatch(value):
        raise WrongCode(_("This number does not look like one of this paper. Please compare it with the paper."))
    if kind == IdentityKind.HOME_RETURN:
        return value[:9]
    return value[:8] if kind == IdentityKind.TAIWAN_PASS else value


def parse_identity_number(text: str, *, today: date) -> str:
    """Return the checked number of whichever paper tells who somebody is, where a form does not ask for the kind of paper.

    Cards are judged by their check digit; whoever has none (foreigners, some residents of Hong Kong, Macao and Taiwan) writes the
    number of passport or permit. Eight digits are a Taiwan permit unless they are a birthday, which people write here by mistake.

    :raises WrongCode: when it fits none; it tells what is wrong with the number as that of a card.
    """
    value = normalise(text)
    for kind, look in _NUMBERS_WITHOUT_KIND.items():
        if look.fullmatch(value):
            return parse_identity(kind, value, today=today)
    return parse_card(value, today=today)


def _fits(kind: str, card: str) -> bool:
    if kind == IdentityKind.FOREIGN_PERMANENT:
        return card[0] == "9"
    if kind == IdentityKind.HMT_RESIDENCE:
        return card[:6] in _HMT_REGIONS
    return card[0] != "9" and card[:6] not in _HMT_REGIONS


def identity_key(kind: str, value: str) -> str:
    """Return what makes a checked number unique: cards and household registers carry one and the same number."""
    return f"card:{value}" if kind in _CARD_KINDS else f"{kind}:{value}"


def identity_keys(text: str, *, today: date) -> list[str]:
    """Return the keys under which a number typed without its kind may be known, as at log-in; empty when it fits none."""
    found = []
    for kind in IdentityKind.values:
        try:
            found.append(identity_key(kind, parse_identity(kind, text, today=today)))
        except WrongCode:
            continue
    return list(dict.fromkeys(found))


def card_from_old(text: str) -> str:
    """Return the 18 characters for a card number of 15 digits from before 1999: only for searching archives.

    :raises WrongCode: when it has not 15 digits.
    """
    value = normalise(text)
    if not re.fullmatch(r"[1-9][0-9]{14}", value):
        raise WrongCode(_("An old identity number has 15 digits."))
    body = value[:6] + "19" + value[6:]
    return body + card_check(body)


def parse_mobile(text: str) -> str:
    """Return a mobile number as eleven digits.

    :raises WrongCode: when it is not a mainland mobile number.
    """
    value = re.sub(r"[\-()]", "", normalise(text)).removeprefix("+86")
    if not _MOBILE.fullmatch(value):
        raise WrongCode(_("A mobile number has 11 digits and begins with 1."))
    return value


def wrong_code_message(error: WrongCode) -> Text:
    """Return the text of a refusal for a form field."""
    return error.message
