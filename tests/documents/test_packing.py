"""Fonts are packed so that every reader unpacks them to the same bytes."""

from __future__ import annotations

import random

import pikepdf
import pytest

from onedoor.documents import layout


@pytest.mark.parametrize("length", [0, 1, 5, 6, 7, 1000, 65_537])
def test_what_was_packed_is_unpacked_by_a_pdf_library(length: int) -> None:
    data = random.Random(length).randbytes(length)
    document = pikepdf.new()
    stream = pikepdf.Stream(document, b"")
    parameters = pikepdf.Dictionary(Predictor=12, Columns=3)
    stream.write(layout._packed(data), filter=pikepdf.Name.FlateDecode, decode_parms=parameters)
    unpacked = stream.read_bytes()
    assert unpacked[:length] == data
    assert unpacked[length:].strip(b"\0") == b""
