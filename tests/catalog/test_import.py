"""The import: all or nothing, every fault with its place, a fixed number of statements."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from functools import cache

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onedoor.catalog import queries, records, services
from onedoor.catalog.exchange.kinds import Profile
from onedoor.catalog.exchange.writing import WRITERS
from onedoor.catalog.models import CatalogItem, Edition, ItemOption, ItemVersion, SearchEntry, ShortCode
from onedoor.catalog.services import FaultyFile, NewVersion, imports, publish_version
from onedoor.journal.models import Entry
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed
from tests.catalog.city import AT, BY
from tests.catalog.sources import guides_file, items_file, sample_records

CODE = "130300-FG-10-0001"
GUIDES = json.loads(guides_file())


def table(*changes: dict[str, str], rows: int = 3, heading: list[str] | None = None, encoding: str = "utf-8-sig") -> bytes:
    """Return the first rows of the sample's table, row n changed by the nth mapping."""
    lines = list(csv.DictReader(io.StringIO(items_file().decode("utf-8-sig"))))[:rows]
    for line, change in zip(lines, changes, strict=False):
        line.update(change)
    out = io.StringIO()
    writer = csv.DictWriter(out, heading or list(lines[0]), extrasaction="ignore", restval="x")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode(encoding)


@cache
def six_items() -> list[bytes]:
    """Return the first items of the sample in each format."""
    found = []
    for writer in WRITERS.values():
        out = io.BytesIO()
        writer(sample_records()[:6], out, Profile.OWN)
        found.append(out.getvalue())
    return found


def guide(change=None, *, code: str = CODE) -> bytes:
    found = json.loads(json.dumps(next(each for each in GUIDES if each["code"] == code)))
    if change is not None:
        change(found)
    return json.dumps([found], ensure_ascii=False).encode()


def faults_of(items: bytes, guides: bytes | None = None) -> list[tuple[str, str]]:
    before = Edition.objects.count()
    with pytest.raises(FaultyFile) as refused:
        services.import_items(basis="测试", items=items, guides=guides, by=BY, at=AT)
    assert not CatalogItem.objects.exists()
    assert not ItemVersion.objects.exists()
    assert Edition.objects.count() == before
    assert all(fault.reason for fault in refused.value.faults)
    return [(fault.row, fault.column) for fault in refused.value.faults]


@pytest.mark.django_db
class TestFaults:
    @pytest.mark.parametrize(
        ("change", "found"),
        [
            ({"code": "FG-1"}, [("2", "code")]),
            ({"code": "130300-FG-10-0006"}, []),
            ({"dept": "XX"}, [("2", "dept")]),
            ({"item_type": "01"}, [("2", "item_type")]),
            ({"item_type": "77"}, [("2", "item_type")]),
            ({"name": ""}, [("2", "name")]),
            ({"name": "长" * 201}, [("2", "name")]),
            ({"board": "其他"}, [("2", "board")]),
            ({"case_kind": "3"}, [("2", "case_kind")]),
            ({"case_kind": "2"}, [("2", "case_kind")]),
            ({"legal_limit": "二十", "legal_unit": "工作日"}, [("2", "legal_limit")]),
            ({"legal_limit": "5", "legal_unit": "即时"}, [("2", "legal_unit")]),
            ({"legal_unit": "周"}, [("2", "legal_unit")]),
            (
                {"promise_limit": "9", "promise_unit": "工作日", "legal_limit": "5", "legal_unit": "工作日", "case_kind": "2"},
                [("2", "promise_limit")],
            ),
            ({"legal_limit": "99999", "legal_unit": "工作日"}, [("2", "legal_limit")]),
            ({"objects": "7"}, [("2", "objects")]),
            ({"channels": ""}, [("2", "channels")]),
            ({"levels": "city;province"}, [("2", "levels")]),
            ({"status": "gone"}, [("2", "status")]),
            ({"visit_count": "-1"}, [("2", "visit_count")]),
            ({"fee_fen_summary": "换领=二十"}, [("2", "fee_fen_summary")]),
        ],
    )  # fmt: skip
    def test_each_fault_of_a_row_is_told_with_its_place(self, change, found):
        if found:
            assert faults_of(table(change)) == found
        else:
            assert services.import_items(basis="测试", items=table(change), by=BY, at=AT).created == 3

    def test_all_faults_of_all_rows_are_told_at_once(self):
        assert faults_of(table({"name": ""}, {"board": "?", "status": "?"}, {"levels": ""})) == [
            ("2", "name"),
            ("3", "board"),
            ("3", "status"),
            ("4", "levels"),
        ]

    def test_the_same_code_twice(self):
        assert faults_of(table({}, {"code": CODE, "item_type": "10", "dept": "FG"})) == [("3", "code")]

    def test_headings(self):
        columns = items_file().decode("utf-8-sig").splitlines()[0].split(",")
        assert faults_of(table(heading=[each for each in columns if each != "name"])) == [("1", "name")]
        assert faults_of(table(heading=[*columns, "prise"])) == [("1", "prise")]

    @pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00\x01\x80\x81", b"PK\x03\x04\x00\x00", b"code,name\n"])
    def test_what_is_no_table(self, data):
        assert faults_of(data)

    def test_a_heading_alone_and_a_torn_row(self):
        heading = items_file().splitlines()[0]
        assert faults_of(heading + b"\n") == [("1", "")]
        assert ("2", "") in faults_of(heading + b"\n1,2,3\n")
        assert faults_of(heading + b'\n"no end\n') != []

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_encodings_of_spreadsheets(self, encoding):
        report = services.import_items(basis="测试", items=table(encoding=encoding), by=BY, at=AT)
        assert report.created == 3
        assert CatalogItem.objects.get(code=CODE).name == "企业投资项目备案"

    @pytest.mark.parametrize(
        ("change", "place"),
        [
            (lambda g: g["form"]["fields"][0].update(type="colour"), "form.org_name"),
            (lambda g: g["form"]["fields"][0].update(condition={"eq": ["nowhere", "x"]}), "form.org_name"),
            (lambda g: g["form"]["fields"][0].update(condition={"eq": ["org_name", "x"]}), "form.org_name"),
            (lambda g: g["form"]["fields"][0].update(condition={"eq": ["org_uscc", "x"]}), "form.org_name"),
            (lambda g: g["form"]["fields"][0].update(condition={"xor": []}), "form.org_name"),
            (lambda g: g["form"]["fields"][0].pop("label"), "form.org_name"),
            (lambda g: g["form"]["fields"][0].update(validation={"pattern": "("}), "form.org_name"),
            (lambda g: g["form"]["fields"].append(dict(g["form"]["fields"][0])), "form.org_name"),
            (lambda g: g["form"]["sections"][0]["fields"].append("ghost"), "form.sections.1.fields"),
            (lambda g: g["form"]["sections"][0]["fields"].remove("org_name"), "form.org_name"),
            (lambda g: g["form"]["fields"][8].update(choices=[]), "form.build_kind"),
            (lambda g: g.pop("form"), "form"),
            (lambda g: g.update(steps=[]), "steps"),
            (lambda g: g["steps"][1].update(unit="周"), "steps.2.unit"),
            (lambda g: g["steps"][1].update(limit=3, unit="工作日"), "steps"),
            (lambda g: g["steps"].pop(2), "steps"),
            (lambda g: g["materials"][0].update(medium="stone"), "materials.1.medium"),
            (lambda g: g["materials"][0].update(name=""), "materials.1.name"),
            (lambda g: g.update(fees=["free"]), "fees.1"),
            (lambda g: g.update(name="别的"), "name"),
        ],
    )
    def test_faults_of_a_guide_are_told_by_item_and_part(self, change, place):
        assert (CODE, place) in faults_of(table(), guide(change))

    def test_a_promised_item_needs_another_pair_of_eyes_before_approval(self):
        code = "130300-YJ-01-0001"
        changed = guide(lambda g: (g["steps"].__delitem__(slice(1, 3)), g["steps"][1].update(limit=5)), code=code)
        with pytest.raises(FaultyFile) as refused:
            services.import_items(basis="测试", items=items_file(), guides=changed, by=BY, at=AT)
        assert [(fault.row, fault.column) for fault in refused.value.faults] == [(code, "steps")]

    def test_a_guide_without_an_item(self):
        assert faults_of(table(), guide(code="130300-YJ-01-0001")) == [("130300-YJ-01-0001", "code")]

    @pytest.mark.parametrize("data", [b"{", b"{}", b"[1]", b'[{"name": "x"}]', b"\xff\xff"])
    def test_guides_that_are_none(self, data):
        assert faults_of(table(), data)


@pytest.mark.django_db
class TestTakingOver:
    def test_the_whole_sample_in_a_few_dozen_statements(self, count_statements):
        with count_statements() as sent:
            report = services.import_items(basis="测试", items=items_file(), guides=guides_file(), by=BY, at=AT)
        assert len(sent) < 30
        assert (report.items, report.created, report.changed, report.complete) == (362, 362, 0, 64)
        counts = {
            status: ItemVersion.objects.filter(status=status).count()
            for status in ("published", "suspended", "cancelled", "handed_down")
        }
        assert counts == {"published": 348, "suspended": 3, "cancelled": 8, "handed_down": 3}
        assert ItemOption.objects.count() == 192
        assert SearchEntry.objects.count() == 362
        assert ShortCode.objects.filter(target_kind="catalog.item").count() == 362
        assert Entry.objects.filter(act="catalog.publish").count() == 362

    def test_three_rows_cost_as_many_statements_as_all(self, count_statements):
        with count_statements() as few:
            services.import_items(basis="测试", items=table(), by=BY, at=AT)
        assert len(few) < 30

    def test_again_changes_nothing(self, city):
        before = queries.edition()
        report = services.import_items(basis="测试", items=items_file(), guides=guides_file(), by=BY, at=AT)
        assert (report.created, report.changed, report.unchanged) == (0, 0, 362)
        assert queries.edition() == before

    def test_a_table_without_its_guides_put_the_full_guides_away(self, city):
        before = {each.item.code: records.item_record(each).content for each in ItemVersion.objects.select_related("item")}
        services.import_items(basis="测试", items=items_file(), by=BY, at=AT)
        after = {each.code: each for each in records.current_records()}
        assert sum(each.is_complete for each in after.values()) == 64
        for code, content in before.items():
            kept = after[code].content
            assert (kept.steps, kept.form, kept.materials, kept.fees) == (
                content.steps,
                content.form,
                content.materials,
                content.fees,
            )

    def test_a_trial_changes_nothing(self):
        report = services.import_items(basis="测试", items=table(), by=BY, at=AT, dry_run=True)
        assert (report.created, report.dry_run) == (3, True)
        assert not CatalogItem.objects.exists()
        assert not Entry.objects.exists()

    def test_units_are_converted(self, city):
        by_code = {version.item.code: version for version in ItemVersion.objects.select_related("item")}
        passport = by_code["130300-GA-01-0001"]
        assert (passport.legal_length, passport.legal_unit, passport.promise_unit) == (15, "natural-days", "working-days")
        assert (by_code[CODE].promise_length, by_code[CODE].promise_unit) == (0, "working-days")
        assert "months" in {version.legal_unit for version in by_code.values()}

    def test_codes_have_their_official_lengths(self, city):
        codes = list(CatalogItem.objects.values_list("catalog_code", flat=True))
        assert {len(code) for code in codes} == {12}
        assert len(set(codes)) == 362
        assert CatalogItem.objects.get(code=CODE).catalog_code.startswith("1310")

    def test_a_change_makes_a_new_version_and_keeps_the_old_one(self):
        services.import_items(basis="测试", items=table(), by=BY, at=AT)
        report = services.import_items(basis="测试", items=table({"plain_name": "另一个叫法"}), by=BY, at=AT)
        assert (report.created, report.changed, report.unchanged) == (0, 1, 2)
        old, new = ItemVersion.objects.filter(item__code=CODE).order_by("number")
        assert (old.status, new.status, new.number) == ("superseded", "published", 2)
        assert old.content["plain_name"] != "另一个叫法"
        assert queries.published_guide(CODE).version_id == new.id

    def test_only_a_status_changes_no_content(self):
        services.import_items(basis="测试", items=table(), by=BY, at=AT)
        services.import_items(basis="测试", items=table({"status": "suspended"}), by=BY, at=AT)
        assert [version.status for version in ItemVersion.objects.filter(item__code=CODE)] == ["suspended"]
        assert not queries.published_guide(CODE).is_open
        assert Entry.objects.filter(act="catalog.change_status").count() == 1

    def test_numbers_of_departments_stay_when_others_come_before_them(self, city):
        before = dict(CatalogItem.objects.values_list("code", "catalog_code"))
        services.import_items(basis="测试", items=table({"code": "130300-ZZ-10-0001", "dept": "ZZ"}), by=BY, at=AT)
        after = dict(CatalogItem.objects.values_list("code", "catalog_code"))
        assert {code: after[code] for code in before} == before

    def test_what_a_table_has_no_column_for_stays_as_it_is(self):
        services.import_items(basis="测试", items=table(), guides=guide(), by=BY, at=AT)
        before = records.item_record(ItemVersion.objects.get(item__code=CODE))
        report = services.import_items(basis="测试", items=b"code,plain_name\n" + f"{CODE},新叫法\n".encode(), by=BY, at=AT)
        after = records.item_record(ItemVersion.objects.get(item__code=CODE, status="published"))
        assert (report.items, report.changed) == (1, 1)
        assert after == replace(before, version=2, content=replace(before.content, plain_name="新叫法"))

    def test_an_old_table_does_not_overwrite_what_was_published_after_it_was_taken_out(self):
        services.import_items(basis="测试", items=table(), by=BY, at=AT)
        old = f"code,version,plain_name\n{CODE},1,甲\n".encode()
        services.import_items(basis="测试", items=old, by=BY, at=AT)
        assert services.import_items(basis="测试", items=old, by=BY, at=AT).unchanged == 1
        with pytest.raises(FaultyFile) as refused:
            services.import_items(basis="测试", items=old.replace("甲".encode(), "乙".encode()), by=BY, at=AT)
        assert [(fault.row, fault.column) for fault in refused.value.faults] == [("2", "version")]

    def test_two_items_with_one_basic_code(self):
        services.import_items(basis="测试", items=table(rows=1), by=BY, at=AT)
        for change in ({"code": "130301-FG-10-0001"}, {"code": "130301-FG-10-0009"}):
            data = table(change, rows=1)
            if change["code"].endswith("9"):
                data = data.replace(b"keywords", b"keywords,catalog_code", 1).replace(b"\r\n", b",131001001000\r\n").replace(
                    b"catalog_code,131001001000", b"catalog_code", 1
                )  # fmt: skip
            with pytest.raises(FaultyFile) as refused:
                services.import_items(basis="测试", items=data, by=BY, at=AT)
            assert [(fault.row, fault.column) for fault in refused.value.faults] == [("2", "catalog_code")]

    def test_chunks_are_one_transaction_and_cost_the_same_each(self, monkeypatch, count_statements):
        monkeypatch.setattr(imports, "CHUNK", 40)
        with count_statements() as sent:
            services.import_items(basis="测试", items=table(rows=120), by=BY, at=AT)
        assert len(sent) < 3 * 20
        wrong = table(*[{}] * 119, {"name": ""}, rows=120).replace("企业投资项目核准".encode(), "别的".encode())
        with pytest.raises(FaultyFile):
            services.import_items(basis="测试", items=wrong, by=BY, at=AT)
        assert ItemVersion.objects.count() == 120

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_any_file_is_wholly_in_or_wholly_out(self, data):
        spoilt = bytearray(data.draw(st.sampled_from([table(rows=6), *six_items()])))
        place = data.draw(st.integers(0, len(spoilt) - 1))
        spoilt[place : place + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"\r\n", b'"', b",", b";"])
        )
        before = transaction.savepoint()
        refused, report = None, None
        try:
            report = services.import_items(basis="测试", items=bytes(spoilt), by=BY, at=AT)
        except FaultyFile as refusal:
            refused = refusal
        there = (CatalogItem.objects.count(), ItemVersion.objects.count())
        assert there == ((0, 0) if refused else (report.items, report.items))
        assert refused is None or refused.count > 0
        transaction.savepoint_rollback(before)

    def test_only_publishers_may(self):
        clerk = Actor(client="web", account=BY.request, posting=BY.request)
        with pytest.raises(NotAllowed):
            services.import_items(basis="测试", items=table(), by=clerk, at=AT)
        assert not CatalogItem.objects.exists()
        with pytest.raises(NotAllowed):
            services.import_items(basis="测试", items=table(), by=clerk, at=AT, dry_run=True)


def another_version() -> NewVersion:
    parsed = next(item for item in sample_records() if item.code == CODE)
    return NewVersion(CODE, "2", 20, "working-days", 5, "working-days", ("city",), True, True, parsed.content)


@pytest.mark.django_db
class TestPublished:
    def test_publishing_moves_the_edition_and_what_is_shown(self):
        services.import_items(basis="测试", items=table(), by=BY, at=AT)
        before = queries.edition()
        assert queries.published_guide(CODE).number == 1
        publish_version(another_version(), by=BY, at=AT)
        assert queries.edition() > before
        shown = queries.published_guide(CODE)
        assert (shown.number, shown.promise_length) == (2, 5)

    @pytest.mark.parametrize(
        "change",
        [
            {"content": {}},
            {"promise_length": 99},
            {"legal_unit": "months"},
            {"levels": []},
            {"number": 9},
            {"status": "draft"},
            {"case_kind": "2"},
            {"accepts_online": False},
        ],
    )
    def test_what_was_published_never_changes(self, change):
        services.import_items(basis="测试", items=table(), by=BY, at=AT)
        with pytest.raises(IntegrityError), transaction.atomic():
            ItemVersion.objects.filter(item__code=CODE).update(**change)

    def test_a_published_version_and_its_options_are_never_deleted(self):
        services.import_items(basis="测试", items=table(), guides=guide(), by=BY, at=AT)
        with pytest.raises(IntegrityError), transaction.atomic():
            ItemOption.objects.all()._raw_delete("default")
        with pytest.raises(IntegrityError), transaction.atomic():
            ItemVersion.objects.all()._raw_delete("default")

    def test_a_superseded_version_does_not_come_back(self):
        services.import_items(basis="测试", items=table(), by=BY, at=AT)
        publish_version(another_version(), by=BY, at=AT)
        with pytest.raises(IntegrityError), transaction.atomic():
            ItemVersion.objects.filter(item__code=CODE, number=1).update(status="suspended")

    def test_a_draft_may_change_and_go(self):
        services.import_items(basis="测试", items=table(), by=BY, at=AT)
        item = CatalogItem.objects.get(code=CODE)
        first = ItemVersion.objects.get(item=item)
        draft = ItemVersion(item=item, number=2, status="draft", effective_from=first.effective_from, case_kind="1", legal_length=0,
                            legal_unit="working-days", promise_length=0, promise_unit="working-days", content={})  # fmt: skip
        draft.save()
        ItemVersion.objects.filter(id=draft.id).update(content={"summary": "x"})
        assert ItemVersion.objects.filter(id=draft.id).delete()[0] == 1


def test_short_codes_are_handed_out_once(db):
    from onedoor.kernel.ids import new_id
    from onedoor.kernel.subjects import Subject

    targets = [Subject("network.window", new_id()) for _ in range(50)]
    first = services.create_short_codes(targets)
    assert len(set(first.values())) == 50
    assert services.create_short_codes(targets[:3]) == {target: first[target] for target in targets[:3]}
    assert all(len(code) == 5 for code in first.values())
    assert services.create_short_codes([]) == {}
