"""Papers: numbered in the act, made and sealed by the worker, checked from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.db import transaction
from PIL import Image, ImageChops

from onedoor.documents import keeping, kinds, queries, seal_keys, services, signing, tasks
from onedoor.documents.kinds import PaperKind
from onedoor.documents.layout import paper_pdf
from onedoor.documents.models import Paper, PaperCounter, PaperState
from onedoor.documents.queries import Standing
from onedoor.documents.services import NewPaper, PaperIncomplete
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.errors import NotFound, WrongState
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.look import strip
from tests.documents.conftest import AT, ISSUER

pytestmark = pytest.mark.django_db
RARE = "𠮷㑇䶮㛃"
WORKER = system_actor("documents.seal_papers")


def stored(paper: Paper, tmp_path: Path) -> Path:
    file = tmp_path / "paper.pdf"
    with keeping.open_stored(paper.storage_key) as stream:
        file.write_bytes(stream.read())
    return file


def text_of(file: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout


# Numbers


def test_numbers_follow_each_other_in_each_series_and_year(citizen: Actor, case: Subject) -> None:
    def new(word: str) -> NewPaper:
        return NewPaper(kind="receipt", subject=case, holder="张三", title="凭证", issuer=ISSUER, series_word=word)

    first = services.issue_papers([new("秦审受"), new("秦审准"), new("秦审受")], by=citizen, at=AT)
    second = services.issue_papers([new("秦审受")], by=citizen, at=AT)
    new_year = datetime(2027, 1, 1, 0, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    third = services.issue_papers([new("秦审受")], by=citizen, at=new_year)
    assert [paper.number for paper in first + second + third] == [
        "秦审受〔2026〕00001号",
        "秦审准〔2026〕00001号",
        "秦审受〔2026〕00002号",
        "秦审受〔2026〕00003号",
        "秦审受〔2027〕00001号",
    ]


def test_a_given_number_takes_none_from_the_series(citizen: Actor, case: Subject) -> None:
    paper = NewPaper(kind="submission_receipt", subject=case, holder="张三", title="回执", issuer=ISSUER, number="261118120482")
    (issued,) = services.issue_papers([paper], by=citizen, at=AT)
    assert issued.number == "261118120482"
    assert not PaperCounter.objects.exists()


def test_a_rollback_gives_the_number_back(issue: Callable[..., Paper]) -> None:
    issue()
    with transaction.atomic():
        assert issue().number.endswith("00002号")
        transaction.set_rollback(True)
    assert issue().number.endswith("00002号")


def test_hundred_papers_cost_as_many_statements_as_one(citizen: Actor, case: Subject, count_statements) -> None:
    def issue(count: int) -> int:
        new = NewPaper(kind="receipt", subject=case, holder="张三", title="凭证", issuer=ISSUER, series_word="秦审受")
        with transaction.atomic(), count_statements() as sent:
            services.issue_papers([new] * count, by=citizen, at=AT)
        return len(sent)

    issue(1)  # what every process asks only once
    assert issue(1) == issue(100) == 3


@pytest.mark.parametrize("kind", sorted(kinds.REQUIRED))
def test_what_the_law_wants_said_cannot_be_left_out(issue: Callable[..., Paper], kind: str) -> None:
    with pytest.raises(PaperIncomplete), transaction.atomic():
        issue(kind)
    assert not Paper.objects.exists()


# Making and sealing


CONTENT = {
    "points": [{"material": "布局图", "problem": "没有标明面积。", "how": "标出长和宽。"}],
    "reasons": ["不符合条件。"],
    "remedies": ["可以申请行政复议。"],
    "materials": [{"name": "营业执照", "copies": 1}],
    "due": "2026-12-03",
    "procedure": "专家评审",
    "length": "10个工作日",
    "extension": "5个工作日",
    "result": "撤回申请，终止办理。",
}


SAID = {
    "points": "没有标明面积。",
    "reasons": "不符合条件。",
    "remedies": "可以申请行政复议。",
    "materials": "营业执照",
    "due": "2026年12月3日",
    "procedure": "专家评审",
    "length": "10个工作日",
    "extension": "5个工作日",
    "result": "撤回申请，终止办理。",
}


@pytest.mark.parametrize("kind", PaperKind.values)
def test_every_kind_is_made_on_a_page_that_says_what_it_must(issue: Callable[..., Paper], tmp_path: Path, kind: str) -> None:
    paper, file = issue(kind, content=CONTENT, title="测试文书标题"), tmp_path / "paper.pdf"
    file.write_bytes(paper_pdf(paper))
    text = text_of(file)
    for expected in ("测试文书标题", paper.number, "2611 1812 0482", "王䶮㛃", ISSUER, "2026年11月24日", "第 1 页", "核验码"):
        assert expected in text, expected
    for wanted in kinds.REQUIRED.get(kind, ()):
        assert SAID[wanted] in text


def test_pdfsig_trusts_the_seal_and_sees_one_changed_bit(example: tuple[Paper, Path], tmp_path: Path, pdfsig) -> None:
    _paper, file = example
    said = pdfsig(file)
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert f"CN={ISSUER}" in said
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(content)
    assert "Signature is Valid" not in pdfsig(changed)


def test_the_file_says_it_is_an_archive_file_and_holds_its_fonts(example: tuple[Paper, Path]) -> None:
    with pikepdf.open(example[1]) as document:
        assert document.open_metadata().pdfa_status == "2B"
        assert "/Version" not in document.Root
        parts = [each for each in document.objects if isinstance(each, pikepdf.Dictionary)]
        fonts = [each for each in parts if each.get("/Type") == "/FontDescriptor"]
        assert fonts
        assert all("/FontFile3" in font for font in fonts)
        assert not any("/JS" in each for each in parts)


def test_the_citys_real_seal_is_used_when_it_is_set(issue, tmp_path: Path, pdfsig, settings) -> None:
    """A PKCS#12 file with a password, as a certificate authority hands it out."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "某市电子印章")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(b"secret")
    file, password = tmp_path / "seal.p12", tmp_path / "password"
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, locked))
    password.write_bytes(b"secret\n")
    settings.ONEDOOR_SEAL_P12, settings.ONEDOOR_SEAL_PASSWORD_FILE = str(file), str(password)
    paper, page = tmp_path / "sealed.pdf", paper_pdf(issue())
    seal_keys.require_seal(ISSUER, at=AT)
    paper.write_bytes(signing.sign(page, issuer=ISSUER, number="1"))
    said = pdfsig(paper)
    assert "Signature is Valid" in said
    assert "CN=某市电子印章" in said
    assert "Certificate is Trusted" not in said


def test_rare_characters_of_names_are_text_and_picture(made: Callable[..., Paper], tmp_path: Path) -> None:
    """Each rare character is found as text, and drawn: not as nothing, not as the box of a missing one, not alike."""
    paper = made("certificate", holder=RARE, title="证书")
    file = stored(paper, tmp_path)
    assert RARE in text_of(file)
    page = _picture(file, tmp_path)
    box = _box_of(file, RARE)
    scale = 200 / 72
    width = (box[2] - box[0]) / len(RARE)
    glyphs = []
    for place in range(len(RARE)):
        left = box[0] + width * place
        area = (round(left * scale), round(box[1] * scale), round((left + width) * scale), round(box[3] * scale))
        glyphs.append(page.crop(area).resize((40, 40)))
    for glyph in glyphs:
        dark = sum(value < 128 for value in glyph.tobytes())
        assert dark > 150, "next to nothing is drawn: a character is missing"
    for one in range(len(glyphs)):
        for other in range(one):
            difference = ImageChops.difference(glyphs[one], glyphs[other])
            assert sum(value > 100 for value in difference.tobytes()) > 150, "two characters look alike: boxes of missing ones"


def _picture(file: Path, tmp_path: Path) -> Image.Image:
    subprocess.run(["pdftoppm", "-r", "200", "-gray", "-f", "1", "-l", "1", str(file), str(tmp_path / "page")], check=True)
    with Image.open(next(tmp_path.glob("page-*.pgm"))) as page:
        return page.convert("L")


def _box_of(file: Path, word: str) -> tuple[float, float, float, float]:
    boxes = subprocess.run(["pdftotext", "-bbox", str(file), "-"], capture_output=True, check=True).stdout.decode(errors="replace")
    line = next(line for line in boxes.splitlines() if f">{word}<" in line)
    values = dict(part.split("=") for part in line.replace("<word ", "").split(">")[0].split())
    return tuple(float(values[name].strip('"')) for name in ("xMin", "yMin", "xMax", "yMax"))  # type: ignore[return-value]


def test_the_qr_code_is_read_back_from_the_page(example: tuple[Paper, Path], tmp_path: Path, settings) -> None:
    paper, file = example
    _picture(file, tmp_path)
    picture = next(tmp_path.glob("page-*.pgm"))
    said = subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, text=True, check=True).stdout
    assert said.strip() == f"{settings.ONEDOOR_BASE_URL}/verify/{paper.code}"


def test_a_sample_city_issues_samples_only(
    example: tuple[Paper, Path], made: Callable[..., Paper], tmp_path: Path, monkeypatch
) -> None:
    assert "示例文书" not in text_of(example[1])
    monkeypatch.setattr(strip, "sample", strip.Kept(60, nothing=True))
    assert "示例文书，不具法律效力" in text_of(stored(made(), tmp_path))


def test_sealing_is_recorded_with_the_digest(sealed: Callable[..., Paper]) -> None:
    paper = sealed()
    (entry,) = journal.entries_of(Subject("documents.paper", paper.id))
    assert entry.id == paper.seal_entry_id


def test_the_newest_paper_is_made_first_and_the_second_run_finds_nothing(issue: Callable[..., Paper]) -> None:
    papers = [issue() for _ in range(3)]
    made = [services.seal_newest(make=lambda _: b"%PDF", by=WORKER, at=AT) for _ in range(4)]
    assert [paper and paper.pk for paper in made] == [papers[2].pk, papers[1].pk, papers[0].pk, None]


def test_a_paper_that_cannot_be_made_does_not_hold_up_the_others(issue: Callable[..., Paper]) -> None:
    good, bad = issue(), issue(holder="毒")

    def make(paper: Paper) -> bytes:
        if paper.pk == bad.pk:
            raise ZeroDivisionError
        return b"%PDF"

    with pytest.raises(ZeroDivisionError):
        _outside_transaction(lambda: services.seal_newest(make=make, by=WORKER, at=AT))
    made = services.seal_newest(make=make, by=WORKER, at=AT)
    assert made is not None
    assert made.pk == good.pk
    for _ in range(5 - 1):
        with pytest.raises(ZeroDivisionError):
            _outside_transaction(lambda: services.seal_newest(make=make, by=WORKER, at=AT))
    assert services.seal_newest(make=make, by=WORKER, at=AT) is None
    with pytest.raises(ZeroDivisionError):
        _outside_transaction(lambda: services.seal_newest(make=make, by=WORKER, at=AT, stubborn=True))


def _outside_transaction(act: Callable[[], object]) -> None:
    act()


@pytest.mark.django_db(transaction=True)
def test_the_job_makes_all_that_waits(issue: Callable[..., Paper]) -> None:
    for _ in range(2):
        issue()
    tasks.seal_papers()
    tasks.seal_papers()
    assert set(Paper.objects.values_list("state", flat=True)) == {PaperState.SEALED}


def test_web_processes_do_not_load_what_makes_papers() -> None:
    code = (
        "import sys, onedoor.config.wsgi, onedoor.config.urls, onedoor.documents.tasks\n"
        "print(sorted({'weasyprint', 'pyhanko', 'pikepdf', 'fontTools', 'onedoor.documents.layout'} & set(sys.modules)))"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "onedoor.config.settings"}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment).stdout
    assert said.splitlines()[-1] == "[]"


# Reading and verifying


def test_a_paper_is_listed_at_once_and_can_be_opened_when_it_is_sealed(citizen: Actor, case: Subject, issue) -> None:
    paper = issue()
    (view,) = queries.papers_of(case.id)
    assert (view.is_sealed, view.url, view.number) == (False, "", paper.number)
    with pytest.raises(WrongState):
        queries.paper_for(citizen, paper.id)
    services.seal_newest(make=lambda _: b"%PDF", by=WORKER, at=AT)
    (view,) = queries.papers_of(case.id)
    assert (view.is_sealed, view.url) == (True, f"/papers/{paper.id}/")
    assert queries.paper_for(citizen, paper.id).number == paper.number
    stranger = Actor(client="web", account=new_id())
    with pytest.raises(NotFound):
        queries.paper_for(stranger, paper.id)
    assert queries.paper_for(stranger, paper.id, granted=[case.id])


def test_a_stranger_learns_no_more_than_the_holder_masked(sealed: Callable[..., Paper]) -> None:
    paper = sealed(content={"identity": "130399199003077716"})
    found = queries.verification_by_code(paper.code, now=AT)
    assert found is not None
    assert (found.holder, found.standing) == ("王＊㛃", Standing.VALID)
    assert not hasattr(found, "content")
    assert "王䶮㛃" not in repr(found)


@pytest.mark.parametrize(
    "typed", ["海审受〔2026〕00001号", "海审受[2026]00001号", " 海审受（2026）00001 号", "海审受〔2026〕00001"]
)
def test_numbers_are_understood_as_people_type_them(sealed: Callable[..., Paper], typed: str) -> None:
    paper = sealed()
    spaced = f"{paper.code[:4]} {paper.code[4:8]} {paper.code[8:]}".lower()
    assert queries.verification_by_code(spaced, number=typed, now=AT)
    assert queries.verification_by_code(spaced, number="海审受〔2026〕00002号", now=AT) is None


@pytest.mark.parametrize(
    ("today", "standing"),
    [
        (date(2026, 11, 30), Standing.NOT_YET),
        (date(2026, 12, 1), Standing.VALID),
        (date(2027, 11, 30), Standing.VALID),
        (date(2027, 12, 1), Standing.EXPIRED),
    ],
)
def test_standing_follows_the_days_of_validity(sealed: Callable[..., Paper], today: date, standing: Standing) -> None:
    paper = sealed("certificate", valid_from=date(2026, 12, 1), valid_to=date(2027, 11, 30))
    assert queries.standing_of(paper, today) == standing


def test_revoked_and_replaced_papers_say_so(sealed: Callable[..., Paper], citizen: Actor) -> None:
    old, new = sealed(), sealed()
    services.revoke_papers([old.id], reason="登记错误", by=citizen, at=AT + timedelta(days=1))
    found = queries.verification_by_code(old.code, now=AT + timedelta(days=1))
    assert found is not None
    assert found.standing == Standing.REVOKED
    older = sealed()
    services.revoke_papers([older.id], reason="换发", by=citizen, at=AT, replaced_by=new.id)
    found = queries.verification_by_code(older.code, now=AT)
    assert found is not None
    assert found.standing == Standing.REPLACED
