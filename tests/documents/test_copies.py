"""Files that are only shown with their purpose across them, and photos of pages as one paper."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pikepdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from PIL import Image, ImageChops

from onedoor.documents import access, keeping, marks, queries, services, tasks
from onedoor.documents.models import Copy, File
from onedoor.documents.page_binding import CannotBind, Part, bound_pdf
from onedoor.documents.views import public
from onedoor.documents.watermark import SIDE_AT_MOST, marked_jpeg
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotFound, WrongState
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from tests.documents.conftest import AT, KIND

MARK = "仅供办理“食品经营许可”使用，他用无效\n2026-11-24　办件编号 2611 1812 0482"
NUMBER = "130302199001010011"


def photo(colour: str, size: tuple[int, int] = (300, 400), kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def pdf(*words: str) -> bytes:
    """Return a PDF with a page for each of some words."""
    with pikepdf.new() as book:
        for word in words:
            page = book.add_blank_page(page_size=(400, 300))
            font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
            page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            page.obj.Contents = pikepdf.Stream(book, f"BT /F 24 Tf 40 150 Td ({word}) Tj ET".encode())
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def words_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    found = []
    for page in document:
        text = page.get_textpage()
        found.append(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return found


def colours_of(data: bytes) -> list[tuple[int, ...]]:
    document = pypdfium2.PdfDocument(data)
    found = []
    for page in document:
        picture = page.render(scale=0.3).to_pil().convert("RGB")
        pixel = picture.getpixel((picture.width // 2, picture.height // 2))
        assert isinstance(pixel, tuple)
        found.append(pixel)
        page.close()
    document.close()
    return found


def test_the_mark_goes_across_all_of_the_picture_and_leaves_it_readable() -> None:
    plain = photo("white", (1600, 1000))
    with Image.open(io.BytesIO(marked_jpeg(plain, MARK))) as shown:
        difference = ImageChops.difference(shown.convert("L"), Image.new("L", shown.size, 255))
        width, height = shown.size
        assert (width, height) == (1600, 1000)
        for column in range(4):
            for row in range(4):
                piece = (column * width // 4, row * height // 4, (column + 1) * width // 4, (row + 1) * height // 4)
                assert (difference.crop(piece).getextrema()[1]) > 40, "a part can be cut out that bears no mark"
        dark = sum(difference.histogram()[128:])
        assert dark == 0, "what lies under the mark can be read"


def test_a_photo_is_shown_no_larger_than_is_needed_to_read_it() -> None:
    with Image.open(io.BytesIO(marked_jpeg(photo("white", (4000, 3000)), MARK))) as shown:
        assert max(shown.size) == SIDE_AT_MOST
    see_through = io.BytesIO()
    Image.new("RGBA", (60, 40), (255, 0, 0, 0)).save(see_through, "PNG")
    assert marked_jpeg(see_through.getvalue(), MARK)


def test_pages_stand_in_their_order_and_no_point_of_a_photo_changes() -> None:
    red, blue, words = photo("red"), photo("blue", kind="PNG"), pdf("ONE", "TWO")
    bound = bound_pdf([Part("application/pdf", words, ""), Part("image/jpeg", red, ""), Part("image/png", blue, "")], title="章程")
    assert [text.strip() for text in words_of(bound)] == ["ONE", "TWO", "", ""]
    colours = colours_of(bound)
    assert (colours[2][0] > 200, colours[3][2] > 200) == (True, True)
    with pikepdf.open(io.BytesIO(bound)) as book:
        assert book.pages[2].obj.Resources.XObject.Picture.read_raw_bytes() == red
        assert str(book.docinfo["/Title"]) == "章程"
        assert [round(float(side)) for side in book.pages[2].mediabox] == [0, 0, 595, 842]


def test_a_marked_pdf_holds_pictures_only_so_that_the_mark_cannot_be_taken_off() -> None:
    plain = pdf(NUMBER)
    assert NUMBER in words_of(plain)[0]
    shown = bound_pdf([Part("application/pdf", plain, MARK)], title="身份证")
    assert words_of(shown) == [""]
    assert NUMBER.encode() not in shown


def test_files_that_run_something_do_not_bring_it_into_the_copy() -> None:
    with pikepdf.open(io.BytesIO(pdf("ONE"))) as book:
        book.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        out = io.BytesIO()
        book.save(out)
    assert b"JavaScript" not in bound_pdf(
        [Part("application/pdf", out.getvalue(), ""), Part("image/jpeg", photo("red"), "")], title=""
    )


@pytest.mark.parametrize("mark", ["", MARK])
@pytest.mark.parametrize("broken", [b"%PDF-1.7 nothing", pdf("LONG")[:200]])
def test_what_cannot_be_made_into_pages_is_said(broken: bytes, mark: str) -> None:
    with pytest.raises(CannotBind):
        bound_pdf([Part("application/pdf", broken, mark)], title="")


# Through the room's pages


@pytest.fixture
def marked_ids() -> Iterator[set[UUID]]:
    ids: set[UUID] = set()
    marks._markers[KIND] = lambda asked: {each: MARK for each in asked if each in ids}
    yield ids
    del marks._markers[KIND]


@pytest.fixture
def request_of(db: None) -> Callable[[Actor], object]:
    def make(actor: Actor) -> object:
        from django.contrib.sessions.backends.db import SessionStore

        request = RequestFactory().get("/")
        request.session, request.actor = SessionStore(), actor  # type: ignore[attr-defined]
        return request

    return make


def keep(name: str, content: bytes, citizen: Actor, case: Subject) -> File:
    return services.store_upload(SimpleUploadedFile(name, content), by=citizen, at=AT, subject=case)


def sent(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.django_db
def test_a_marked_photo_never_leaves_without_its_mark(citizen: Actor, case: Subject, request_of, marked_ids: set[UUID]) -> None:
    taken = photo("white", (800, 600))
    file = keep("身份证.png", photo("white", (800, 600), "PNG"), citizen, case)
    other = keep("照片.jpg", taken, citizen, case)
    marked_ids.add(file.id)
    request = request_of(citizen)
    answer = public.stored_file(request, access.file_link(request, file.id).split("/")[2])
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].endswith(".jpg")
    with Image.open(io.BytesIO(sent(answer))) as shown:
        assert shown.convert("L").getextrema()[0] < 215
    assert sent(public.stored_file(request, access.file_link(request, other.id).split("/")[2])) == taken


@pytest.mark.django_db(transaction=True)
def test_pages_of_one_paper_are_bound_by_the_worker_while_the_page_waits(
    citizen: Actor, case: Subject, request_of, marked_ids: set[UUID]
) -> None:
    files = [keep("1.jpg", photo("red"), citizen, case), keep("2.pdf", pdf(NUMBER), citizen, case)]
    marked_ids.add(files[1].id)
    request = request_of(citizen)
    token = access.bound_link(request, [file.id for file in files], "户口簿").split("/")[3]
    waiting = public.bound_files(request, token)
    assert waiting["Refresh"] == "2"
    copy = Copy.objects.get()
    for _ in range(2):
        tasks.make_copy(digest=bytes(copy.digest).hex())
    made = Copy.objects.get().storage_key
    answer = public.bound_files(request, token)
    assert answer["Content-Type"] == "application/pdf"
    bound = sent(answer)
    assert words_of(bound) == ["", ""]
    with keeping.storage().open(made) as raw:
        assert b"%PDF" not in raw.read(), "copies lie encrypted, too"
    with pytest.raises(NotFound):
        public.bound_files(request_of(Actor(client="web", account=new_id())), token)
    services.sweep_copies(at=AT)
    assert keeping.storage().exists(made)
    services.sweep_copies(at=Copy.objects.get().asked_at + timedelta(days=31))
    assert not keeping.storage().exists(made)


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_shown_as_pages_is_told_and_not_tried_for_ever(
    citizen: Actor, case: Subject, request_of, marked_ids
) -> None:
    broken = keep("a.pdf", b"%PDF-1.7 nothing", citizen, case)
    marked_ids.add(broken.id)
    request = request_of(citizen)
    token = access.file_link(request, broken.id).split("/")[2]
    public.stored_file(request, token)
    tasks.make_copy(digest=bytes(Copy.objects.get().digest).hex())
    with pytest.raises(WrongState, match=r"a\.pdf"):
        public.stored_file(request, token)


@pytest.mark.django_db
def test_nobody_binds_files_of_others_and_no_infected_one(citizen: Actor, case: Subject) -> None:
    mine = keep("1.jpg", photo("red"), citizen, case)
    theirs = services.store_upload(SimpleUploadedFile("2.jpg", photo("red")), by=Actor(client="web", account=new_id()), at=AT)
    with pytest.raises(NotFound):
        queries.files_for(citizen, [mine.id, theirs.id])
    with pytest.raises(NotFound):
        queries.files_for(citizen, [mine.id, new_id()])
    File.objects.filter(pk=mine.id).update(scan="infected")
    with pytest.raises(WrongState):
        queries.files_for(citizen, [mine.id])
