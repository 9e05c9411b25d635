"""Photos from telephones: kept upright, without the place where they were taken, and refused where they cannot be shown."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from onedoor.documents import keeping, pictures, services, sniffing
from onedoor.documents.models import File
from onedoor.documents.services import WrongFile
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.subjects import Subject
from tests.documents.conftest import AT

SECRET = b"SECRETPHONE"
HEIC = (Path(__file__).parent / "pictures" / "red_left.heic").read_bytes()


def photo(kind: str = "JPEG", orientation: int = 1, size: tuple[int, int] = (64, 48), **more: object) -> bytes:
    """Return a photo whose upright picture is red on the left half, as a telephone held in some way would write it."""
    upright = Image.new("RGB", size, "white")
    upright.paste("red", (0, 0, size[0] // 2, size[1]))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    taken = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 56.0, 0.0), 3: "E", 4: (119.0, 36.0, 0.0)})
    stream = io.BytesIO()
    taken.save(stream, kind, exif=exif, **more)  # type: ignore[arg-type]
    return stream.getvalue()


def kept(data: bytes, kind: str) -> bytes:
    made = pictures.as_kept(io.BytesIO(data), kind)
    return data if made is None else made[0]


def is_red_on_the_left(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as picture:
        whole = picture.convert("RGB")
    width, height = whole.size

    def red(x: int) -> bool:
        pixel = whole.getpixel((x, height // 2))
        assert isinstance(pixel, tuple)
        return pixel[0] > 200 and pixel[1] < 90

    return red(width // 8) and not red(width - width // 8)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_however_the_telephone_was_held_the_photo_is_kept_upright_and_bare(kind: str, orientation: int) -> None:
    taken = photo(kind, orientation)
    assert SECRET in taken
    result = kept(taken, {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[kind])
    assert is_red_on_the_left(result)
    with Image.open(io.BytesIO(result)) as picture:
        assert picture.size == (64, 48)
        assert not picture.getexif()
    assert SECRET not in result


def test_taking_the_remarks_out_changes_no_point_of_the_picture() -> None:
    taken = photo(quality=80, progressive=True)
    with Image.open(io.BytesIO(taken)) as before, Image.open(io.BytesIO(kept(taken, "jpg"))) as after:
        assert before.tobytes() == after.tobytes()


def test_colours_stay_and_everything_beside_the_picture_goes() -> None:
    profile = b"colours of this camera" * 4
    plain = photo(icc_profile=profile, xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>", comment=SECRET)
    second_picture = photo()
    bare = kept(plain + second_picture, "jpg")
    assert SECRET not in bare
    assert bare.count(b"\xff\xd8\xff") == 1
    with Image.open(io.BytesIO(bare)) as picture:
        assert picture.info["icc_profile"] == profile
    words = PngInfo()
    words.add_text("Author", SECRET.decode())
    words.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    assert SECRET not in kept(photo("PNG", pnginfo=words) + SECRET, "png")


def test_a_picture_without_remarks_is_kept_bit_by_bit() -> None:
    for kind, ending in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")):
        stream = io.BytesIO()
        Image.new("RGB", (40, 30), "red").save(stream, kind)
        assert pictures.as_kept(stream, ending) is None


def test_a_very_large_photo_is_turned_at_half_its_size(monkeypatch) -> None:
    monkeypatch.setattr(pictures, "TURNED_AT_MOST", 64 * 48 - 1)
    result = kept(photo(orientation=6), "jpg")
    with Image.open(io.BytesIO(result)) as picture:
        assert picture.size == (32, 24)
    assert is_red_on_the_left(result)


@pytest.mark.parametrize("part", [0.3, 0.7, 0.97])
@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_half_a_photo_is_refused_while_it_can_be_taken_again(kind: str, ending: str, part: float) -> None:
    noise = Image.effect_noise((200, 160), 80)
    stream = io.BytesIO()
    noise.convert("RGB").save(stream, kind)
    with pytest.raises(WrongFile):
        pictures.as_kept(io.BytesIO(stream.getvalue()[: int(len(stream.getvalue()) * part)]), ending)


def test_a_picture_that_only_its_reader_could_count_is_refused_before_it_is_decoded() -> None:
    head = struct.pack(">IIBBBBB", 9_000, 9_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(WrongFile, match="9000 × 9000"):
        sniffing.sniff(io.BytesIO(bomb), "a.png")


@pytest.mark.django_db
def test_a_photo_of_an_iphone_becomes_one_that_every_office_opens(citizen: Actor, case: Subject) -> None:
    file = services.store_upload(SimpleUploadedFile("IMG_0042.HEIC", HEIC), by=citizen, at=AT, subject=case)
    assert (file.name, file.media_type) == ("IMG_0042.jpg", "image/jpeg")
    with keeping.open_stored(file.storage_key) as stored:
        data = stored.read()
    assert is_red_on_the_left(data)
    assert SECRET not in data
    with pytest.raises(WrongFile):
        services.store_upload(SimpleUploadedFile("half.heic", HEIC[:500]), by=citizen, at=AT, subject=case)


@pytest.mark.django_db
def test_what_came_and_what_is_kept_are_both_vouched_for(citizen: Actor, case: Subject) -> None:
    taken = photo(orientation=6)
    file = services.store_upload(SimpleUploadedFile("IMG_1.JPG", taken), by=citizen, at=AT, subject=case)
    file.refresh_from_db()
    with keeping.open_stored(file.storage_key) as stored:
        data = stored.read()
    assert bytes(file.sha256) == hashlib.sha256(data).digest()
    assert bytes(file.original_sha256 or b"") == hashlib.sha256(taken).digest()
    assert file.size == len(data)
    (entry,) = journal.entries_of(case)
    assert entry.facts["original_sha256"] == hashlib.sha256(taken).hexdigest()


@pytest.mark.django_db
def test_on_the_disk_nobody_reads_what_was_handed_in(citizen: Actor, case: Subject) -> None:
    words = b"%PDF-1.7 " + SECRET
    file = services.store_upload(SimpleUploadedFile("a.pdf", words), by=citizen, at=AT, subject=case)
    with keeping.storage().open(file.storage_key) as raw:
        assert SECRET not in raw.read()
    with keeping.open_stored(file.storage_key) as stored:
        assert stored.read() == words
    assert File.objects.get().original_sha256 is None
