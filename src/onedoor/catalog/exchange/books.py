"""Workbooks that are written row by row, with the rows in a folder of their own that goes when the workbook is done, or is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import IO, Any

import xlsxwriter

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  a workbook's own date has no zone
"""A workbook says when it was made; the same content makes the same workbook, so ours say always the same."""


@contextmanager
def new_book(out: IO[bytes]) -> Iterator[Any]:
    """Give a workbook to fill, whose sheets take rows in their order only, and write it to ``out`` at the end."""
    with TemporaryDirectory() as folder:
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(out, {"constant_memory": True, "tmpdir": folder, **plain})
        book.set_properties({"created": _MADE})
        try:
            yield book
            book.close()
        finally:
            for sheet in book.worksheets():
                sheet.row_data_fh.close()
