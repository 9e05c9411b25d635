"""Numbers that people read out: references with a check digit, query codes, short codes (domain.md 1.5)."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import date

# Letters and digits that cannot be taken for one another, on paper or on the phone.
UNMISTAKABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
QUERY_CODE_LENGTH = 8
LAST_SERIAL = 99999


def check_digit(digits: str) -> str:
    """Return the ISO 7064 MOD 11,10 check digit of a string of digits; it finds every single wrong digit."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def make_reference(day: date, serial: int) -> str:
    """Return the twelve digits ``yymmdd`` + serial of five + check digit that name an application to people.

    :raises ValueError: when the serial does not fit five digits.
    """
    if not 0 <= serial <= LAST_SERIAL:
        raise ValueError(serial)
    body = f"{day:%y%m%d}{serial:05d}"
    return body + check_digit(body)


def parse_reference(text: str) -> str | None:
    """Return the bare twelve digits of a reference typed by a person, or None where the check digit says it is mistyped."""
    digits = re.sub(r"[\s\-·‐-―]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[0-9]{12}", digits) or check_digit(digits[:11]) != digits[11]:
        return None
    return digits


def grouped(reference: str) -> str:
    """Return a reference in groups of four, as it is shown: ``2611 1812 0482``."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def new_query_code() -> str:
    """Return a random code that opens one application without an account."""
    return new_code(QUERY_CODE_LENGTH)


def new_code(length: int) -> str:
    """Return ``length`` random unmistakable letters and digits."""
    return "".join(secrets.choice(UNMISTAKABLE) for _ in range(length))


def parse_code(text: str) -> str:
    """Return a code as stored: full-width letters folded, spaces dropped, capitals."""
    return re.sub(r"[\s\-‐-―]", "", unicodedata.normalize("NFKC", text)).upper()
