"""The catalogue of the sample city: items with their guides, who implements them where, people's words, short codes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from onedoor.catalog import services as catalog_services
from onedoor.catalog.guide_files import KINDS
from onedoor.catalog.services import NewServiceItem, NewSynonym
from onedoor.catalog.services import changes as changes_services
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.network.entries import NewAgency
from onedoor.sample import offices, sources
from onedoor.sample.sources import Item, Source

BASIS = "示例：示例城市的事项目录；所缺要素以“指南待完善”向公众说明，由各部门补齐"


def implementing(source: Source) -> list[tuple[str, list[Item]]]:
    """Return, for each office that implements items, its code and its items: by rule from the items' levels."""
    of_department: dict[str, list[Item]] = {}
    for item in source.items:
        if "city" in item.levels:
            of_department.setdefault(item.department, []).append(item)
    found = [(offices.department_code(code), items) for code, items in of_department.items()]
    for_county = [item for item in source.items if "county" in item.levels]
    for_township = [item for item in source.items if "township" in item.levels]
    found += [(offices.bureau_code(each), for_county) for each in source.counties]
    found += [(offices.township_code(each), for_township) for each in source.townships]
    return found


def make_catalogue(source: Source, known: Sequence[NewAgency], keys: Mapping[str, UUID], *, by: Actor, at: datetime) -> None:
    """Import the items and enter who implements them."""
    catalog_services.import_items(
        items=sources.text("items_full.csv").encode(),
        guides=with_files(sources.text("guides.json"), by=by, at=at).encode(),
        name="items_full.csv",
        basis=BASIS,
        by=by,
        at=at,
    )
    make_history(by=by, at=at)
    agencies = {each.code: each for each in known}
    with transaction.atomic():
        rows = [
            NewServiceItem(item.code, keys[code], agencies[code].level, agencies[code].credit_code)
            for code, items in implementing(source)
            for item in items
        ]
        catalog_services.create_service_items(rows, by=by, at=at)
        words = [each for each in sources.rows("synonyms.csv") if each["kind"] in {"item", "term"}]
        catalog_services.add_synonyms(
            [NewSynonym(each["word"], each["catalogue_word"], each["item_code"]) for each in words], by=by, at=at
        )


def with_files(guides: str, *, by: Actor, at: datetime) -> str:
    """Return the guides naming the blank forms and samples of ``data/files/``, which are kept first."""
    told = json.loads(guides)
    by_code = {each["code"]: each for each in told}
    for path in sorted((sources.DATA / "files").glob("*.pdf")):
        code, key, kind = path.stem.rsplit("-", 2)
        paper = by_code[code]["materials"][int(key.removeprefix("m")) - 1]
        upload = SimpleUploadedFile(f"{paper['name']}（{FILE_WORDS[kind]}）.pdf", path.read_bytes(), "application/pdf")
        file = documents.store_upload(upload, by=by, at=at, subject=Subject("catalog.guide_file", new_id()))
        paper[KINDS[kind]] = str(file.id)
    return json.dumps(told, ensure_ascii=False)


FILE_WORDS = {"blank": "空白表", "sample": "填写示例"}


def make_history(*, by: Actor, at: datetime) -> None:
    """Enter what happened to the catalogue before, in the numbers that are told of the hall (255 and 52 moved in, 113 re-engineered).

    Days and bases are made up. Of the 64 items that were cancelled or handed down, only those are there that the catalogue still has.
    """
    known = sources.rows("items_full.csv")
    codes = {status: sorted(each["code"] for each in known if each["status"] == status) for status in ("published", *_LEFT)}
    open_, year = codes["published"], at.year
    changes = [
        _past("moved_in", open_[:MOVED_IN_BEFORE], date(year - 2, 6, 30), "示例：进驻政务大厅事项目录（第一批）"),
        _past("moved_in", open_[MOVED_IN_BEFORE:][:MOVED_IN_NEWLY], date(year - 1, 6, 30), "示例：进驻政务大厅事项目录（第二批）"),
        _past("re_engineered", open_[:RE_ENGINEERED], date(year - 1, 9, 30), "示例：审批流程再造方案"),
        *(_past(status, codes[status], date(year - 1, 12, 31), f"示例：{basis}") for status, basis in _LEFT.items()),
    ]
    changes_services.enter_changes([each for each in changes if each.touched], by=by, at=at)


_LEFT = {"cancelled": "取消行政审批事项的决定", "handed_down": "下放行政审批事项的决定"}
MOVED_IN_BEFORE, MOVED_IN_NEWLY, RE_ENGINEERED = 255, 52, 113


def _past(kind: str, codes: Sequence[str], day: date, basis: str) -> changes_services.NewChange:
    return changes_services.NewChange(kind, tuple(codes), basis, day)


def make_short_codes(agencies: Sequence[UUID], windows: Sequence[UUID], *, by: Actor, at: datetime) -> None:
    """Hand out the codes that stand on the counters (S13)."""
    targets = [Subject("network.agency", each) for each in agencies] + [Subject("network.window", each) for each in windows]
    catalog_services.make_short_codes(targets, by=by, at=at)
