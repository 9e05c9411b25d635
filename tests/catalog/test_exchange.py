"""Files of items in and out: whatever goes out comes back the same, and what cannot be taken is told with its place."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from onedoor.catalog import conditions
from onedoor.catalog.code_sets import WORDS_OF
from onedoor.catalog.conditions import Condition
from onedoor.catalog.content import Content
from onedoor.catalog.exchange.cells import protected, unprotected
from onedoor.catalog.exchange.columns import BY_ANY_NAME, COLUMNS, ITEM_TYPES, LEVELS, TABLES, columns_of
from onedoor.catalog.exchange.faults import Faults
from onedoor.catalog.exchange.given import Given
from onedoor.catalog.exchange.items_file import ItemsFile
from onedoor.catalog.exchange.kinds import Profile
from onedoor.catalog.exchange.records import ItemRecord, changed
from onedoor.catalog.exchange.typed import element_of, is_record, parts_of, without_none
from onedoor.catalog.exchange.writing import WRITERS, TooLongForCell
from onedoor.catalog.records import current_records
from onedoor.catalog.services import changes
from onedoor.catalog.topics import TOPIC_BY_CODE
from tests.catalog.city import AT, BY
from tests.catalog.sources import guides_file, items_file, records_of, sample_records
from tests.catalog.workbooks import MAIN, STRICT, inline, rows_of, workbook

FILES = Path(__file__).parent / "files"
FORMATS = [(kind, profile) for kind in WRITERS for profile in Profile]
LINES = list(csv.reader(io.StringIO(items_file().decode("utf-8-sig"))))


def written(records: list[ItemRecord], kind: str, profile: Profile = Profile.OWN) -> bytes:
    out = io.BytesIO()
    WRITERS[kind](records, out, profile)
    return out.getvalue()


@cache
def two_items(kind: str) -> bytes:
    return written(sample_records()[:2], kind)


def read(data: bytes, name: str = "") -> tuple[list[Given], list[tuple[str, str, str]]]:
    """Return what a file says, before any rule has a say, and its faults."""
    faults = Faults()
    found = list(ItemsFile(io.BytesIO(data), faults, name=name))
    return found, [(each.sheet, each.row, each.column) for each in faults.told]


def said_by(given_: Given) -> Content:
    values = {column.path: given_.values[column.name] for column in COLUMNS if column.path}
    return changed(Content(), values)


def faults_of(data: bytes, name: str = "") -> list[tuple[str, str, str]]:
    _found, faults = records_of(data, name=name)
    assert all(each.reason for each in faults.told)
    return [(each.sheet, each.row, each.column) for each in faults.in_order()]


class TestRoundTrip:
    @pytest.mark.parametrize(("kind", "profile"), FORMATS)
    def test_the_sample_comes_back_unchanged(self, kind, profile):
        sample = sample_records()[:40]
        data = written(sample, kind, profile)
        found, faults = records_of(data, name=f"items.{kind}")
        assert faults.told == []
        assert found == sample
        assert written(found, kind, profile) == data

    def test_every_element_of_the_record_has_a_column(self):
        elements = {each.name for each in dataclasses.fields(Content)}
        assert {column.path[0] for column in COLUMNS if column.path} == elements
        columns = columns_of(Profile.EXCHANGE)
        assert len(BY_ANY_NAME) == len({column.name for column in columns} | {column.exchange for column in columns})
        assert len({column.exchange for column in columns}) == len(columns)

    def test_the_exchange_speaks_the_names_of_the_national_list(self):
        heading = next(csv.reader(io.StringIO(written([], "csv", Profile.EXCHANGE).decode("utf-8-sig"))))
        named = """
            task_name catalog_code local_catalog_code local_task_code task_code task_version task_state task_type by_law use_level
            power_source dept_name dept_code dept_type entrust_name other_dept anticipate_day anticipate_type anticipate_explain
            promise_day promise_type promise_explain accept_condition handle_flow online_flow offline_flow special_procedure
            dn_task_material is_exist_intermediary intermediary_content limit_explain result_type result_name result_guid is_fee
            fee_basis is_pay_online server_type user_topic_type corp_topic_type project_type handle_type limit_scene_num
            limit_scene_explain is_online online_handle_depth online_handle_url is_entry_center center_name transact_addr
            transact_time traffic_guide is_schedule schedule_num schedule_rule is_express is_mail_material is_mail_result
            is_service_terminals is_handle handle_area is_inform_promise inform_promise_explain link_way consult_phone
            net_consult_way supervise_way complain_phone right_enjoy_by_law duty_perform_by_law plan_effective_date
            plan_cancel_date
        """  # domain.md 1.3, all of its names but those of the codes of options and of places in townships and villages
        assert set(named.split()) <= set(heading)
        assert sum(each.startswith(("administrative_review_", "administrative_litigation_")) for each in heading) == 8

    def test_the_exchange_speaks_the_codes_of_the_standard(self):
        (guided,) = [each for each in sample_records() if each.is_complete][:1]
        content = replace(guided.content, cross_region="provinces", receiving_levels=("township",), online_system="province")
        (said,) = json.loads(written([replace(guided, content=content)], "json", Profile.EXCHANGE))
        told = {
            name: said[name] for name in ("task_state", "handle_area", "receiving_levels", "online_system", "is_handle", "is_fee")
        }
        assert told == {
            "task_state": "1", "handle_area": "跨省", "receiving_levels": ["5"], "online_system": "2", "is_handle": 1, "is_fee": 0,
        }  # fmt: skip
        assert {each.get("medium", "1") for each in said["dn_task_material"]} <= {
            "1",
            "2",
            "3",
            "form",
            "electronic",
            "certificate",
            "auto",
        }
        assert {each.get("necessity", "1") for each in said["dn_task_material"]} <= {"1", "2", "3"}
        assert "working-days" not in json.dumps(said)

    @settings(max_examples=40)
    @given(st.data())
    def test_any_content_comes_back_unchanged(self, data):
        record = replace(sample_records()[0], content=data.draw(contents()))
        kind, profile = data.draw(st.sampled_from(FORMATS))
        found, faults = read(written([record], kind, profile))
        assert faults == []
        assert said_by(found[0]) == record.content

    @given(st.text())
    def test_any_text_survives_a_cell_and_is_harmless_there(self, text):
        assert unprotected(protected(text)) == text
        assert not protected(text).startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))

    @pytest.mark.parametrize(
        "text", ["=1+1", "+86 335", "-", "@me", "\tx", "\rx", "'", "''x", "'\"", " x ", '"x" ', "_x0041_", "", "1", "01"]
    )
    @pytest.mark.parametrize("kind", list(WRITERS))
    def test_what_a_spreadsheet_would_take_for_something_else(self, kind, text):
        content = replace(
            sample_records()[0].content,
            traffic=text,
            plain_name=text,
            keywords=(text,),
            phones=replace(Content().phones, hotline=text),
        )
        data = written([replace(sample_records()[0], content=content)], kind)
        assert said_by(read(data)[0][0]) == content
        if kind == "xlsx":
            cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(data)) for row in sheet.iter_rows() for cell in row]
            assert not [cell.value for cell in cells if cell.data_type == "f"]

    def test_a_text_longer_than_a_cell_is_not_cut(self):
        record = replace(sample_records()[0], content=replace(sample_records()[0].content, summary="长" * 32_768))
        with pytest.raises(TooLongForCell):
            written([record], "xlsx")


@cache
def values_of(hint, name=""):
    """Return a strategy for what a type of the content can hold."""
    plain = without_none(hint)
    if plain != hint:
        return st.none() | values_of(plain, name)
    if plain is str:
        return TEXTS
    if plain is bool:
        return st.booleans()
    if plain is int:
        return st.integers(0, 10**6)
    if plain is float:
        return st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False)
    if plain is Condition:
        return CONDITIONS
    if is_record(plain):
        return records(plain)
    return st.lists(values_of(element_of(plain)), max_size=2).map(tuple)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20) | st.sampled_from(
    ["=1+1", "'", "a;b", "a\nb", "[", "[]", '["a"]', " x", "x ", "_x000D_", "\r\n", "是", "即时", "1", "-"]
)
CONDITIONS = st.recursive(
    st.builds(conditions.Equals, TEXTS.filter(bool), TEXTS | st.integers(0, 99) | st.booleans())
    | st.builds(conditions.Less, TEXTS.filter(bool), st.integers(-9, 9))
    | st.builds(conditions.OneOf, TEXTS.filter(bool), st.lists(TEXTS, min_size=1, max_size=2).map(tuple)),
    lambda inner: (
        st.builds(conditions.Not, inner) | st.builds(conditions.Every, st.lists(inner, min_size=1, max_size=2).map(tuple))
    ),
    max_leaves=4,
)


CODED_PARTS = {
    "Step": {"unit": "steps.unit"},
    "SpecialProcedure": {"unit": "special_procedures.unit"},
    "Material": {"medium": "materials.medium", "necessity": "materials.necessity"},
    "Result": {"type": "result.type"},
    "Power": {"source": "power.source"},
}


def codes_of(element: str) -> list[str]:
    return [code for code, _words in WORDS_OF[element]]


@cache
def records(kind):
    if kind.__name__ == "FormField":
        parts = {name: values_of(hint) for name, hint, _may in parts_of(kind) if name != "columns"}
        plain = st.builds(kind, **parts)
        return st.builds(kind, **parts, columns=st.lists(plain, max_size=2).map(tuple))
    special = {part: st.sampled_from(codes_of(path)) for part, path in CODED_PARTS.get(kind.__name__, {}).items()}
    return st.builds(kind, **{name: special.get(name, values_of(hint)) for name, hint, _may in parts_of(kind)})


def contents():
    coded = {
        "topics": st.lists(st.sampled_from(sorted(TOPIC_BY_CODE)), max_size=2, unique=True).map(tuple),
        "board": st.sampled_from(["livelihood", "enterprise"]),
        "objects": st.lists(st.sampled_from("123456"), min_size=1, unique=True).map(tuple),
        "channels": st.lists(st.sampled_from("12349"), min_size=1, unique=True).map(tuple),
        "visit_count": st.integers(0, 9),
        "receiving_levels": st.lists(st.sampled_from(sorted(LEVELS)), max_size=2, unique=True).map(tuple),
        **{
            name: st.sampled_from(codes_of(name))
            for name in ("catalogue", "sub_type", "review_kind", "cross_region", "online_system")
        },
        # The item's row says these; a table says them once.
        "name": st.just(sample_records()[0].name),
        "name_en": st.just(sample_records()[0].name_en),
    }
    return st.builds(Content, **{name: coded.get(name, values_of(hint)) for name, hint, _may in parts_of(Content)})


def cells_of(*changes: dict[str, object], rows: int = 3) -> list[list[object]]:
    """Return heading and first rows of the sample as cells, row n changed by the nth mapping."""
    lines: list[list[object]] = [list(line) for line in LINES[: rows + 1]]
    for line, change in zip(lines[1:], changes, strict=False):
        for name, value in change.items():
            line[LINES[0].index(name)] = value
    return lines


class TestOtherWriters:
    def agree(self, data: bytes, name: str = "items.xlsx", *, without: str = "") -> None:
        found, faults = records_of(data, name=name)
        places = [place for place, column in enumerate(LINES[0]) if column != without]
        expected, _none = records_of("\n".join(",".join(line[place] for place in places) for line in LINES[:4]).encode())
        assert faults.told == []
        assert found == expected
        assert len(found) == 3

    def test_openpyxl_which_writes_as_excel_does(self):
        book = openpyxl.Workbook()
        for line in cells_of():
            book.active.append([int(cell) if str(cell).isdecimal() and cell != "01" else cell for cell in line])
        out = io.BytesIO()
        book.save(out)
        self.agree(out.getvalue())

    def test_xlsxwriter(self):
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out)
        sheet = book.add_worksheet("事项")
        for number, line in enumerate(cells_of()):
            sheet.write_row(number, 0, line)
        book.close()
        self.agree(out.getvalue())

    @pytest.mark.parametrize(("namespace", "prefix"), [(MAIN, ""), (STRICT, ""), (MAIN, "x")])
    def test_texts_in_place_other_namespaces_and_prefixes_as_wps_has_them(self, namespace, prefix):
        self.agree(workbook(("Sheet1", "", rows_of(cells_of())), namespace=namespace, prefix=prefix))

    def test_shared_texts_in_runs_with_readings(self):
        lines, texts, rows = cells_of(), [], ""
        for line in lines:
            rows += "<row>"
            for cell in line:
                half = len(str(cell)) // 2
                runs = f"<r><t>{str(cell)[:half]}</t></r><r><rPr><b/></rPr><t>{str(cell)[half:]}</t></r><rPh><t>pinyin</t></rPh>"
                rows += f'<c t="s"><v>{len(texts)}</v></c>'
                texts.append(f"<si>{runs}</si>")
            rows += "</row>"
        self.agree(workbook(("Sheet1", "", rows), shared=f'<sst xmlns="{MAIN}">{"".join(texts)}</sst>'))

    def test_libreoffice(self):
        self.agree((FILES / "libreoffice.xlsx").read_bytes(), without="sub_type")  # it was saved before there was one

    def test_full_guides_opened_and_saved_by_libreoffice(self):
        found, faults = records_of((FILES / "libreoffice-guides.xlsx").read_bytes(), name="items.xlsx")
        expected, _none = records_of((FILES / "libreoffice-guides.json").read_bytes())
        assert faults.told == []
        assert found == expected
        assert [each.is_complete for each in found] == [True, True]

    def test_odd_relations_declarations_and_parts_as_wps_has_them(self):
        with zipfile.ZipFile(io.BytesIO(workbook(("Sheet1", "", rows_of(cells_of()))))) as package:
            parts = {each: package.read(each).decode() for each in package.namelist()}
        relations = parts["xl/_rels/workbook.xml.rels"].replace('Target="worksheets/', 'Target="/xl/./worksheets/')
        first, second = re.findall(r"<Relationship .*?/>", relations)
        parts["xl/_rels/workbook.xml.rels"] = relations.replace(first + second, second.replace(' Id="s" ', ' Id="rId9" ') + first)
        extra = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"'
        sheet = parts["xl/worksheets/sheet1.xml"].replace("<worksheet ", f'<worksheet {extra} mc:Ignorable="etc" ')
        sheet = sheet.replace("<sheetData>", "<sheetPr><etc:x/></sheetPr><sheetData><?wps keep?><!-- <row/> -->")
        parts["xl/worksheets/sheet1.xml"] = sheet
        parts["customXml/item1.xml"] = parts["xl/cellimages.xml"] = "<etc:x/>"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            for name, text in reversed(parts.items()):
                package.writestr(name, b"\xef\xbb\xbf" + text.encode() if name.startswith("xl/worksheets/") else text)
        self.agree(out.getvalue())

    def test_real_dates_read_as_dates_and_dates_as_text_stay_as_they_are(self):
        columns = ["item", "law", "in_force_since"]
        rows = rows_of([columns, ["130300-FG-10-0001", "甲法", "2010年1月"]])
        rows += f'<row>{inline("130300-FG-10-0001")}{inline("乙法")}<c s="1"><v>46350</v></c></row>'
        found, faults = read(workbook(("items", "", rows_of(cells_of(rows=1))), ("legal_bases", "", rows)))
        assert faults == []
        assert [each.in_force_since for each in found[0].values["legal_bases"]] == ["2010年1月", "2026-11-24"]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_encodings(self, encoding):
        found, faults = records_of(items_file().decode("utf-8-sig").encode(encoding), guides_file())
        assert faults.told == []
        assert found == sample_records()

    def test_unicode_text_with_tabs_as_excel_saves_it(self):
        lines = io.StringIO()
        csv.writer(lines, delimiter="\t", lineterminator="\r\n").writerows(cells_of())
        self.agree(lines.getvalue().encode("utf-16"), "items.csv")

    def test_numbers_as_text_and_text_as_numbers(self):
        rows = cells_of({"visit_count": "0"})
        data = rows_of(rows[:1]) + "<row>" + "".join(
            f"<c><v>{cell}.0</v></c>" if str(cell).isdecimal() else inline(cell) for cell in rows[1]
        ) + "</row>"  # fmt: skip
        assert faults_of(workbook(("Sheet1", "", data))) == []


class TestWhatCannotBeTaken:
    def test_ten_faults_among_362_rows_are_all_told_with_their_places(self):
        wrong = [
            ({"name": ""}, "name"), ({"board": "其他"}, "board"), ({"objects": "8"}, "objects"), ({"channels": ""}, "channels"),
            ({"promise_limit": "五"}, "promise_limit"), ({"legal_unit": "周"}, "legal_unit"), ({"levels": "province"}, "levels"),
            ({"status": "gone"}, "status"), ({"visit_count": "-1"}, "visit_count"), ({"code": "FG-1"}, "code"),
        ]  # fmt: skip
        places = [3, 40, 77, 114, 151, 188, 225, 262, 299, 362]
        changes: list[dict[str, object]] = [{} for _ in range(362)]
        for place, (change, _column) in zip(places, wrong, strict=True):
            changes[place - 1] = change
        lines = cells_of(*changes, rows=362)
        out = io.StringIO()
        csv.writer(out).writerows(lines)
        expected = [("", str(place + 1), column) for place, (_change, column) in zip(places, wrong, strict=True)]
        assert faults_of(out.getvalue().encode()) == expected
        assert faults_of(workbook(("Sheet1", "", rows_of(lines)))) == expected

    def test_formulas_errors_merged_cells_hidden_rows_and_columns(self):
        rows = rows_of(cells_of(rows=1)) + f'<row>{inline("130300-FG-01-0001")}<c><f>A2&amp;"x"</f><v>7</v></c></row>'
        assert ("", "3", "name") in faults_of(workbook(("Sheet1", "", rows)))
        errors = rows_of(cells_of(rows=1)) + f'<row>{inline("130300-FG-01-0001")}<c t="e"><v>#N/A</v></c></row>'
        assert ("", "3", "name") in faults_of(workbook(("Sheet1", "", errors)))
        plain = rows_of(cells_of(rows=1))
        assert faults_of(workbook(("Sheet1", "", plain), after='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>')) == [
            ("", "2", "name")
        ]
        assert faults_of(workbook(("Sheet1", "", plain.replace("</row><row>", '</row><row hidden="1">')))) == [("", "2", "")]
        hidden = '<cols><col min="2" max="3" hidden="1"/></cols>'
        assert faults_of(workbook(("Sheet1", "", plain), before=hidden)) == [("", "1", "name"), ("", "1", "name_en")]

    def test_hidden_sheets_of_ours_are_told_and_others_left_alone(self):
        items, steps = ("items", "", rows_of(cells_of(rows=1))), rows_of([["item", "name", "stage"]])
        assert faults_of(workbook(items, ("steps", "hidden", steps))) == [("steps", "", "")]
        assert faults_of(workbook(items, ("WpsReserved_CellImgList", "veryHidden", rows_of([["x"]])))) == []
        assert faults_of(workbook(items, ("step", "", steps))) == [("step", "", "")]
        assert faults_of(workbook(items, ("Sheet2", "", ""))) == []

    def test_rows_of_papers_without_their_item_or_with_a_wrong_column(self):
        items = ("items", "", rows_of(cells_of(rows=1)))
        lost = rows_of([["item", "name", "stage"], ["130300-FG-01-0009", "受理", "receive"]])
        assert ("steps", "2", "item") in faults_of(workbook(items, ("steps", "", lost)))
        assert faults_of(workbook(items, ("steps", "", rows_of([["item", "nome"]])))) == [("steps", "1", "nome")]
        papers = rows_of(
            [["item", "key", "name", "medium"], ["130300-FG-10-0001", "m1", "身份证", "stone"], ["130300-FG-10-0001", "m2", "", ""]]
        )
        assert [each for each in faults_of(workbook(items, ("materials", "", papers))) if each[0] == "materials"] == [
            ("materials", "2", "medium"),
            ("materials", "3", "name"),
        ]

    def test_all_1048576_rows_of_a_sheet_are_passed_over_where_they_are_empty(self):
        styled = "".join(f'<row r="{number}"><c r="A{number}" s="1"/></row>' for number in range(5, 1005))
        bare = "".join([f'<row r="{number}"/>' for number in range(1005, 1_048_576)])
        last = f'<row r="1048576">{inline("")}</row>'
        found, faults = records_of(
            workbook(("Sheet1", "", rows_of(cells_of()) + styled + bare + last), compression=zipfile.ZIP_STORED)
        )
        assert (len(found), faults.told) == (3, [])

    def test_a_bomb_is_not_unpacked(self):
        data = bytearray(workbook(("Sheet1", "", rows_of(cells_of()))))
        place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
        data[place + 24 : place + 28] = (1_000_000_001).to_bytes(4, "little")  # what the part unpacks to, as it announces
        with translation.override("en"):
            _found, faults = records_of(bytes(data))
        assert ["far more than a table holds" in each.reason for each in faults.told] == [True]

    def test_a_part_that_unpacks_to_more_than_it_announces(self):
        data = bytearray(workbook(("Sheet1", "", rows_of(cells_of()) + " " * 100_000)))
        place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
        data[place + 24 : place + 28] = (500).to_bytes(4, "little")
        assert ("", "", "") in faults_of(bytes(data))

    def test_entities_are_not_expanded(self):
        bomb = workbook(
            ("Sheet1", "", rows_of(cells_of())), shared='<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
        )
        assert faults_of(bomb) == [("", "", "")]

    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (b"", "items.csv"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "items.xlsx"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "Workbook".encode("utf-16-le") + b"\0\0", "items.xls"),
            (b"<html><table><tr><td>code</td></tr></table></html>", "items.xls"),
            (b"%PDF-1.7 code,name", "items.csv"),
            (items_file(), "items.xlsx"),
            ((FILES / "libreoffice.ods").read_bytes(), "items.ods"),
            (b"[]", "items.csv"),
            (b"[]", "items.json"),
            (b'{"code": 1}', "items.json"),
            (b'[{"code": "130300-FG-10-0001"} {}]', "items.json"),
            (b'[{"code": NaN}]', "items.json"),
            (b'[{"code": "130300-FG-10-0001"}', "items.json"),
            (b"[" * 100_000, "items.json"),
            (b'[{"a":' * 50_000, "items.json"),
            (b"PK\x03\x04" + b"\0" * 200, "items.xlsx"),
        ],
    )
    def test_files_that_are_something_else(self, data, name):
        assert faults_of(data, name) != []

    @pytest.mark.parametrize(
        ("name", "said"), [("password.xlsx", "password"), ("libreoffice.xls", "old Excel"), ("libreoffice.ods", "save it as XLSX")]
    )
    def test_what_people_hand_in_by_mistake_is_told_with_what_to_do(self, name, said):
        with translation.override("en"):
            _found, faults = records_of((FILES / name).read_bytes(), name=name)
            assert [said in each.reason for each in faults.told] == [True]

    def test_a_file_of_more_than_200_megabytes_is_not_read(self, tmp_path):
        with (tmp_path / "items.csv").open("w+b") as sparse:
            sparse.truncate(200_000_001)
            faults = Faults()
            assert list(ItemsFile(sparse, faults)) == []
        assert faults.count == 1

    def test_a_json_of_other_types_than_ours(self):
        heads = '"name":"a","board":"民生服务","case_kind":"1","legal_limit":0,"legal_unit":"即时","promise_limit":0,'
        heads += '"promise_unit":"即时","objects":["1"],"channels":["1"],"levels":["city"]'
        for said, place in [
            ('"materials":{}', "materials"),
            ('"materials":["x"]', "materials.1"),
            ('"materials":[{"key":"m1","name":"x","colour":1}]', "materials.1.colour"),
            ('"materials":[{"key":"m1","name":"x","copies_photo":"1"}]', "materials.1.copies_photo"),
            ('"materials":[{"key":"m1","name":"x","when":{"eq":[]}}]', "materials.1.when"),
            ('"summary":"\\u0000"', "summary"),
            ('"summary":7', "summary"),
            ('"colour":7', "colour"),
            ('"topics":["none"]', "topics"),
        ]:
            data = f'[{{"code":"130300-FG-10-0001",{heads},{said}}}]'.encode()
            assert ("", "130300-FG-10-0001", place) in faults_of(data)

    @settings(max_examples=60)
    @given(st.data())
    def test_no_file_is_more_than_refused(self, data):
        spoilt = bytearray(two_items(data.draw(st.sampled_from(sorted(WRITERS)))))
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(spoilt) - 1))
            spoilt[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
        records_of(bytes(spoilt))


@pytest.mark.usefixtures("city")
def test_who_implements_an_item_and_from_when_to_when_goes_out_and_is_passed_over_on_the_way_in(count_statements):
    code = "130300-FG-10-0001"
    day = date(2030, 1, 1)
    changes.decide_change(changes.NewChange("cancelled", (code,), "试运行决定", day), by=BY, at=AT)
    with count_statements() as sent:
        found = {each.code: each for each in current_records()}
    assert len(sent) <= 3
    record = found[code]
    (said,) = json.loads(written([record], "json"))
    assert (said["effective_to"], len(said["effective_from"]), len(said["task_code"])) == ("2029-12-31", 10, 31)
    assert said["agency"]
    (exchanged,) = json.loads(written([record], "json", Profile.EXCHANGE))
    assert (exchanged["plan_cancel_date"], exchanged["dept_name"], exchanged["dept_type"]) == ("2029-12-31", said["agency"], "1")
    told, faults = records_of(json.dumps([said | {"agency": "别的机构", "effective_from": "不是日期"}]).encode())
    assert faults.told == []
    assert told == [replace(record, told={})]


def test_the_codes_of_the_columns_are_those_of_the_standard():
    assert "01" in ITEM_TYPES
    assert LEVELS == {"city": "3", "county": "4", "township": "5", "village": "6"}
    assert {column.name for column in TABLES} >= {"materials", "steps", "form.fields"}
