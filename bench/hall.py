"""A small hall as the ground of submissions: one item with four papers, eight citizens, and drafts that are ready to be submitted."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

CLIENTS = 8
ITEM = "130300-JY-01-0001"  # 教师资格认定: 15 questions, 8 materials, 4 of them handed in
PASSWORD = "benchmarks run at night 8"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)

# Copies of each citizen's finished draft, with its materials and files; what the acts wrote is multiplied in the database, row by row.
_COPIES = """
CREATE TABLE bench_draft AS
    SELECT d.id AS pattern, d.filed_by_id AS account, uuidv7() AS id, n FROM casework_application d, generate_series(1, {each}) n;
CREATE UNIQUE INDEX ON bench_draft (account, n);
INSERT INTO casework_application ({application})
    SELECT {from_application} FROM bench_draft b JOIN casework_application d ON d.id = b.pattern ORDER BY b.id;
CREATE TEMP TABLE paper AS
    SELECT m.id AS pattern, uuidv7() AS id, b.id AS draft FROM bench_draft b JOIN casework_material m ON m.application_id = b.pattern;
INSERT INTO casework_material ({material})
    SELECT {from_material} FROM paper b JOIN casework_material d ON d.id = b.pattern ORDER BY b.id;
CREATE TEMP TABLE upload AS
    SELECT f.id AS pattern, f.file_id, uuidv7() AS id, uuidv7() AS file, b.id AS material, b.draft
      FROM paper b JOIN casework_materialfile f ON f.material_id = b.pattern;
INSERT INTO documents_file ({file})
    SELECT {from_file} FROM upload b JOIN documents_file d ON d.id = b.file_id ORDER BY b.file;
INSERT INTO casework_materialfile ({materialfile})
    SELECT {from_materialfile} FROM upload b JOIN casework_materialfile d ON d.id = b.pattern ORDER BY b.id;
-- Drafts for the floor, which reads no papers; their keys are numbers, so that pgbench knows them without asking.
INSERT INTO casework_application ({application})
    SELECT {floor_application} FROM (SELECT * FROM casework_application WHERE id IN (SELECT pattern FROM bench_draft) LIMIT 1) d,
           generate_series(1, {floor}) n;
CREATE SEQUENCE bench_floor_draft;
"""
FLOOR_KEY = "('00000000-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def build(each: int, floor: int) -> None:
    """Furnish the hall, and make ``each`` drafts for each of the eight citizens and ``floor`` drafts for the floor."""
    from django.utils import timezone

    at = timezone.now() - timedelta(days=30)
    offer = _furnish(at)
    for number in range(CLIENTS):
        draft(offer, number, at)
    _multiply(each, floor)


def login_of(number: int) -> str:
    """Return the mobile number with which a citizen logs in."""
    return f"1380336{number:04d}"  # the sample city has none of these


def _furnish(at: datetime) -> object:
    """Open one agency that implements one item, and return what it offers."""
    from onedoor.catalog import queries as catalog
    from onedoor.catalog import services as catalog_services
    from onedoor.kernel.actor import Actor
    from onedoor.network import entries, services
    from onedoor.network import queries as network

    by = Actor(
        client="system:bench", label="bench", duties=frozenset({"network.manage", "catalog.publish", "people.manage_accounts"})
    )
    services.create_regions(
        [
            entries.NewRegion("130300000000", "秦皇岛市", "city"),
            entries.NewRegion("130302000000", "海港区", "county", parent="130300000000"),
        ],
        by=by,
        at=at,
    )
    services.create_sites(
        [
            entries.NewSite(
                "QHD-C-0001", "秦皇岛市政务服务中心", "center", "city", "130300000000", "示例路 1 号", hours_code="HALL-CITY"
            )
        ],
        by=by,
        at=at,
    )
    services.create_agencies(
        [
            entries.NewAgency(
                "SP",
                "秦皇岛市行政审批局",
                "city",
                "130300000000",
                credit_code="11130300MB0A1C016F",
                paper_word="秦审",
                site="QHD-C-0001",
            )
        ],
        by=by,
        at=at,
    )
    catalog_services.import_items(basis="测试", items=_items(), guides=_guides(), by=by, at=at)
    catalog_services.create_service_items(
        [catalog_services.NewServiceItem(ITEM, network.agency_for("SP").id, "city", "11130300MB0A1C016F")], by=by, at=at
    )
    return catalog.service_items_for(ITEM)[0].service_item_id


def _sample() -> Path:
    import onedoor.sample

    return Path(str(onedoor.sample.__file__)).parent / "data"


def _items() -> bytes:
    rows = list(csv.DictReader(io.StringIO((_sample() / "items_full.csv").read_text("utf-8-sig"))))
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(row for row in rows if row["code"] == ITEM)
    return text.getvalue().encode()


def _guides() -> bytes:
    guides = json.loads((_sample() / "guides.json").read_text())
    return json.dumps([each for each in guides if each["code"] == ITEM], ensure_ascii=False).encode()


def draft(offer: object, number: int, at: datetime) -> UUID:
    """Register one citizen, let him write one application to the end, through the acts, and return its key."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from onedoor.casework.services import drafts
    from onedoor.catalog import queries as catalog
    from onedoor.documents import services as documents
    from onedoor.kernel.actor import Actor
    from onedoor.kernel.clock import local_date
    from onedoor.kernel.identity import card_check
    from onedoor.kernel.subjects import Subject
    from onedoor.people import services as people
    from onedoor.sample.answers import sample_answers

    body = f"13039919190504{number:03d}"
    citizen = people.NewCitizen(
        name="张海燕", identity_kind="111", identity=body + card_check(body), phone=login_of(number), password=PASSWORD
    )
    (account,) = people.register_citizens([citizen], by=Actor(client="system:bench", label="bench"), at=at)
    by = Actor(client="web", account=account.id, person=account.person_id)
    applicant = drafts.Applicant(name=citizen.name, person_id=account.person_id)
    begun = drafts.open_draft(service_item_id=offer, applicant=applicant, channel="online", by=by, at=at)  # type: ignore[arg-type]
    answers = sample_answers(catalog.version_form(begun.version_id), today=local_date(at))
    drafts.save_answers(application_id=begun.id, answers=answers, by=by, at=at)
    wanted = [each.key for each in catalog.case_terms(begun.version_id).materials if each.is_handed_in and each.is_required]
    for key in wanted:
        upload = SimpleUploadedFile("photo.pdf", PDF, content_type="application/pdf")
        file = documents.store_upload(upload, by=by, at=at, subject=Subject("casework.application", begun.id))
        drafts.attach_file(application_id=begun.id, key=key, file_id=file.id, by=by, at=at)
    return begun.id


def _multiply(each: int, floor: int) -> None:
    from django.db import connection

    tables = {
        "application": ("casework_application", {"id": "b.id"}),
        "material": ("casework_material", {"id": "b.id", "application_id": "b.draft"}),
        "materialfile": ("casework_materialfile", {"id": "b.id", "material_id": "b.material", "file_id": "b.file"}),
        "file": ("documents_file", {"id": "b.file", "subject_id": "b.draft", "storage_key": "d.storage_key || '-' || b.file"}),
    }
    parts = {}
    with connection.cursor() as cursor:
        for name, (table, given) in tables.items():
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            parts[name] = ", ".join(f'"{column}"' for column in columns)
            parts[f"from_{name}"] = ", ".join(given.get(column, f'd."{column}"') for column in columns)
            if name == "application":
                key = FLOOR_KEY.format(number="n")
                parts["floor_application"] = ", ".join(key if column == "id" else f'd."{column}"' for column in columns)
        cursor.execute(_COPIES.format(each=each, floor=floor, **parts))
        cursor.execute("VACUUM ANALYZE")
