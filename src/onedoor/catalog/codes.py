"""The official codes of items (domain.md 1.5): basic code of 12, implementation code of 31. Opaque to everything else."""

from __future__ import annotations

from collections.abc import Iterable

PROVINCE = "13"
EXERCISE_LEVEL = {"city": "3", "county": "4", "township": "5", "village": "6"}


def catalog_code(item_code: str, department_number: int) -> str:
    """Return the basic code (基本编码): province 2, type 2, department 2, main item 3, sub-item 3 (000: none).

    Source: GB/T 39554.1-2020 as read off live records, domain.md 1.5.
    """
    _area, _department, kind, serial = item_code.split("-")
    return f"{PROVINCE}{kind}{department_number:02d}{int(serial):03d}000"


def task_code(credit_code: str, level: str, basic_code: str) -> str:
    """Return the implementation code (实施编码) of 31: credit code 18, level 1 (A.2), basic code 12."""
    return f"{credit_code:0>18}{EXERCISE_LEVEL[level]}{basic_code}"


def department_numbers(departments: Iterable[str], given: dict[str, int]) -> dict[str, int]:
    """Return a number for each department: the one it has, or the next free one in the order of appearance."""
    numbers = dict(given)
    for code in departments:
        if code not in numbers:
            numbers[code] = max(numbers.values(), default=0) + 1
    return numbers
