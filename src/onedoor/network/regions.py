"""Region codes: twelve digits, whose trailing zeros tell the level (GB/T 2260, GB/T 10114; domain.md 8.1)."""

from __future__ import annotations

LENGTHS = (4, 6, 9, 12)
LENGTH = 12


def codes_above(code: str) -> list[str]:
    """Return the codes of city, county, township and village in which a region lies, down to itself."""
    return list(dict.fromkeys(code[:length].ljust(LENGTH, "0") for length in LENGTHS if length <= len(digits_of(code))))


def digits_of(code: str) -> str:
    """Return the digits with which every region inside ``code`` begins."""
    for length in LENGTHS:
        if not code[length:].strip("0"):
            return code[:length]
    return code


def lies_in(code: str, region: str) -> bool:
    """Return whether a region lies in another; everything lies in the empty one."""
    return code.startswith(digits_of(region))
