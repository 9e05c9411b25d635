"""The places and offices of the sample city: regions, sites with hours and windows, departments, bureaus, township centres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from onedoor.kernel.actor import Actor
from onedoor.network import services as network
from onedoor.network.entries import NewAgency, NewRegion, NewSite, NewWindow
from onedoor.sample import hours, names
from onedoor.sample.sources import CITY, HALL, KINDS, Place, Source

CITY_PREFIX = "130300-"
CENTER = "130300-ZWB"
COUNTY_WORDS = {
    "130302000000": ("海", "Haigang District"),
    "130303000000": ("山", "Shanhaiguan District"),
    "130304000000": ("戴", "Beidaihe District"),
    "130306000000": ("抚", "Funing District"),
    "130321000000": ("青", "Qinglong Manchu Autonomous County"),
    "130322000000": ("昌", "Changli County"),
    "130324000000": ("卢", "Lulong County"),
    "130371000000": ("开", "Economic and Technological Development Zone"),
    "130372000000": ("新", "Beidaihe New Area"),
}
# Windows of the hall: the general ones, those of the five function areas (domain.md 0.3), and the others of domain.md 5.2.
AREAS = ("项目建设", "企业注册", "新车上牌", "车驾管综合", "便民服务")
_AREAS_EN = ("Projects", "Companies", "New cars", "Vehicles and drivers", "Convenience")
_OTHERS = (
    ("19", "统一出件窗口", "issuing", "Collection"),
    ("20", "统一出件窗口", "issuing", "Collection"),
    ("21", "咨询导办台", "advice", "Advice"),
    ("22", "绿色通道窗口", "green", "Green channel"),
    ("23", "企业开办联办窗口", "joint", "Joint window for new companies"),
    ("24", "领办代办窗口", "lead", "Lead and agent service"),
    ("25", "办不成事反映窗口", "trouble", "If it could not be done"),
    ("26", "跨省通办窗口", "cross_province", "Services for other provinces"),
    ("27", "便民缴费窗口", "payment", "Payments"),
)
_COUNTY_WINDOWS = (
    *((str(number), "综合窗口", "integrated", "General window") for number in range(1, 6)),
    ("6", "出件窗口", "issuing", "Collection"),
    ("7", "咨询导办台", "advice", "Advice"),
    ("8", "办不成事反映窗口", "trouble", "If it could not be done"),
)
_TOWNSHIP_WINDOWS = (
    ("1", "综合窗口", "integrated", "General window"),
    ("2", "综合窗口", "integrated", "General window"),
    ("3", "咨询代办窗口", "advice", "Advice"),
)


@transaction.atomic
def make_places(source: Source, *, by: Actor, at: datetime) -> dict[tuple[str, str], UUID]:
    """Make regions, sites, hours and windows; return the windows by site and number."""
    regions = [NewRegion(CITY, "秦皇岛市", "city"), *(NewRegion(p.code, p.name, p.level, p.parent) for p in source.places)]
    network.create_regions(regions, by=by, at=at)
    network.set_hours(hours.hours(), by=by, at=at)
    sites = [_site(source.hall, None), *(_site(each, HALL) for each in source.branches)]
    codes = {CITY: HALL}
    for place in source.places:
        sites.append(_site(place.site, codes[place.parent]))
        codes[place.code] = place.site["code"]
    network.create_sites(sites, by=by, at=at)
    return network.create_windows(list(_windows(source)), by=by, at=at)


def _site(row: dict[str, str], parent: str | None) -> NewSite:
    level = row["level"]
    return NewSite(
        code=row["code"], name=row["name"], kind=KINDS[level], level="city" if level == "sub_centre" else level,
        region=row["region"], address=row["address"], parent=parent, latitude=Decimal(row["lat"]), longitude=Decimal(row["lon"]),
        phone=row["phone"], after_hours_contact=row["after_hours_contact"], hours_code=row["hours_code"],
        facilities=tuple(row["facilities"].split(";")),
    )  # fmt: skip


def _windows(source: Source) -> Iterator[NewWindow]:
    yield from (NewWindow(HALL, str(number), "综合窗口", "integrated", "General window") for number in range(1, 9))
    for place, (area, english) in enumerate(zip(AREAS, _AREAS_EN, strict=True)):
        yield NewWindow(HALL, str(9 + 2 * place), f"{area}专区窗口", "special", english)
        yield NewWindow(HALL, str(10 + 2 * place), f"{area}专区窗口", "special", english)
    yield from (NewWindow(HALL, *each) for each in _OTHERS)
    for branch in source.branches:
        yield from (NewWindow(branch["code"], number, "专业窗口", "special", "Special window") for number in "1234")
    for county in source.counties:
        yield from (NewWindow(county.site["code"], *each) for each in _COUNTY_WINDOWS)
    for township in source.townships:
        yield from (NewWindow(township.site["code"], *each) for each in _TOWNSHIP_WINDOWS)
    for village in source.villages:
        yield NewWindow(village.site["code"], "1", "代办窗口", "lead", "Agent's window")


def agencies(source: Source) -> list[NewAgency]:
    """Return the centre, the departments, the county bureaus and the township centres."""
    center = NewAgency(
        CENTER, "秦皇岛市政务服务管理办公室", "city", CITY, name_en="Qinhuangdao Government Service Office", short_name="市政务办",
        credit_code=names.credit_code("11", 1), site=HALL, remit="管理政务服务大厅、事项目录、窗口和服务规范，监督办理", paper_word="秦政务",
        phone="0335-5550300", complaint_phone="0335-5550399",
    )  # fmt: skip
    counties = {each.code: each for each in source.counties}
    return [
        center,
        *(_department(number, each) for number, each in enumerate(source.departments)),
        *(_bureau(number, each) for number, each in enumerate(source.counties)),
        *(_township_centre(number, each, counties[each.parent]) for number, each in enumerate(source.townships)),
    ]


@transaction.atomic
def make_agencies(new: Sequence[NewAgency], *, by: Actor, at: datetime) -> dict[str, UUID]:
    """Make offices and return their keys by code."""
    return network.create_agencies(new, by=by, at=at)


def department_code(code: str) -> str:
    """Return the code of a department's office."""
    return f"130300-{code}"


def bureau_code(county: Place) -> str:
    """Return the code of a county's approval bureau."""
    return f"{county.code[:6]}-SPJ"


def township_code(township: Place) -> str:
    """Return the code of a township's centre."""
    return f"{township.code[:9]}-BM"


def _department(number: int, row: dict[str, str]) -> NewAgency:
    floor, zone = number // 14 + 1, "ABCDEFG"[number % 7]
    later = row["successor_2026"]
    now = "" if later in {row["name_2015"], "同左"} else f"（现由{later.removeprefix('同左').strip('()（）')}承担）"
    return NewAgency(
        department_code(row["code"]), f"秦皇岛{row['name_2015']}", "city", CITY,
        name_en=f"Qinhuangdao {row['name_en'].removeprefix('Qinhuangdao ')}",
        short_name=row["name_2015"], credit_code=names.credit_code("11", 100 + number), department_code=row["code"], site=HALL,
        section=f"行政审批科（大厅 {floor} 层 {zone} 区）", remit=f"{row['remit']}{now}", paper_word=row["paper_word"],
        phone=f"0335-5550{401 + number}", complaint_phone="0335-5550399",
    )  # fmt: skip


def _bureau(number: int, county: Place) -> NewAgency:
    word, english = COUNTY_WORDS[county.code]
    name = county.name.removeprefix("秦皇岛")
    return NewAgency(
        bureau_code(county), f"{name}行政审批局", "county", county.code, name_en=f"Administrative Approval Bureau, {english}",
        short_name=f"{name}审批局", credit_code=names.credit_code("11", 200 + number), site=county.site["code"],
        section="审批一科、审批二科", remit="办理县（区）级政务服务事项：受理、审查、决定、制证都在大厅完成", paper_word=f"{word}审",
        phone=county.site["phone"], complaint_phone="0335-5550399",
    )  # fmt: skip


def _township_centre(number: int, township: Place, county: Place) -> NewAgency:
    short = township.name.removesuffix("街道").removesuffix("管理处").removesuffix("镇").removesuffix("乡")
    word = COUNTY_WORDS[county.code][0]
    return NewAgency(
        township_code(township), township.site["name"], "township", township.code, short_name=f"{township.name}便民中心",
        credit_code=names.credit_code("11", 300 + number), site=township.site["code"],
        remit="办理乡镇（街道）级政务服务事项，指导村（社区）代办", paper_word=f"{word}{short[:6]}", phone=township.site["phone"],
        complaint_phone="0335-5550399",
    )  # fmt: skip
