"""What strangers see of personal data (domain.md 9.2). Lists, prints and exports mask; unmasking is an act with a reason."""

from __future__ import annotations

STAR = "＊"


def mask_name(name: str) -> str:
    """Return the family name and a star, with the last character kept for names of three and more: 张＊, 张＊三."""
    characters = list(name.strip())
    if len(characters) < 2:
        return STAR
    if len(characters) == 2:
        return characters[0] + STAR
    return characters[0] + STAR * (len(characters) - 2) + characters[-1]


def mask_identity(code: str) -> str:
    """Return an identity code with all but the first six and last four characters hidden."""
    if len(code) <= 6:
        return STAR * len(code)
    head, tail = (6, 4) if len(code) >= 15 else (2, 2)
    return code[:head] + STAR * (len(code) - head - tail) + code[-tail:]


def mask_phone(phone: str) -> str:
    """Return a phone number with its middle hidden: 138＊＊＊＊5072."""
    if len(phone) <= 7:
        return STAR * max(len(phone) - 2, 0) + phone[-2:]
    return phone[:3] + STAR * (len(phone) - 7) + phone[-4:]


def mask_holder(name: str, *, is_person: bool) -> str:
    """Return the name of a holder as strangers see it: persons masked, organisations in full, since their names are public."""
    return mask_name(name) if is_person else name
