"""What a file really is."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from onedoor.documents.sniffing import WrongFile, sniff


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, kind)
    return stream.getvalue()


def package(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
GOOD = {
    "a.pdf": b"%PDF-1.7\n",
    "a.jpg": picture("JPEG"),
    "a.JPEG": picture("JPEG"),
    "a.png": picture("PNG"),
    "a.webp": picture("WEBP"),
    "a.ofd": package("OFD.xml", "Doc_0/Document.xml"),
    "a.docx": package("[Content_Types].xml", "word/document.xml"),
    "a.xlsx": package("[Content_Types].xml", "xl/workbook.xml"),
    "a.doc": OLE + "WordDocument".encode("utf-16-le") + bytes(4),
    "a.xls": OLE + "Workbook".encode("utf-16-le") + bytes(4),
}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_each_format_is_known_by_its_bytes(name: str) -> None:
    found = sniff(io.BytesIO(GOOD[name]), name)
    assert found.format == name.lower().rsplit(".", 1)[1].replace("jpeg", "jpg")
    assert not found.is_active


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", GOOD["a.pdf"]),
        ("a.pdf", GOOD["a.png"]),
        ("a.pdf.exe", GOOD["a.pdf"]),
        ("a.pdf", b"MZ\x90\x00"),
        ("a.html", b"<html><script>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.zip", package("a.txt")),
        ("a.docx", package("word/document.xml")),
        ("a.docx", b"PK\x03\x04broken"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x04ab"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(4)),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(WrongFile):
        sniff(io.BytesIO(content), name)


def test_a_picture_of_billions_of_points_is_refused_without_decoding_it() -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(WrongFile, match="60000"):
        sniff(io.BytesIO(bomb), "a.png")


def test_a_package_that_unpacks_to_far_more_than_a_document_is_refused(monkeypatch) -> None:
    monkeypatch.setattr("onedoor.documents.sniffing._MAX_UNPACKED", 1_000_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("word/document.xml", bytes(1_000_001))
    assert len(stream.getvalue()) < 10_000
    with pytest.raises(WrongFile):
        sniff(stream, "a.docx")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.7\n" + b" " * 65_530 + b"/JavaScript (app.alert(1))"),
        ("a.pdf", b"%PDF-1.7\n<< /S /Launch /F (cmd.exe) >>"),
        ("a.docx", package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("a.doc", GOOD["a.doc"] + "_VBA_PROJECT".encode("utf-16-le")),
    ],
)
def test_code_inside_is_marked(name: str, content: bytes) -> None:
    assert sniff(io.BytesIO(content), name).is_active
