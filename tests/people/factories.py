"""Synthetic numbers: nobody lives in region 130399, and the phones belong to nobody."""

from __future__ import annotations

from onedoor.kernel.identity import card_check, credit_check

GOOD_PASSWORD = "morgens um sieben 7"


def a_card(order: int, born: str = "19800307") -> str:
    body = f"130399{born}{order:03d}"
    return body + card_check(body)


def a_phone(last: int) -> str:
    return f"1380000{last:04d}"


def a_credit_code(serial: int, kind: str = "91") -> str:
    body = f"{kind}130399{serial:09d}"
    return body + credit_check(body)
