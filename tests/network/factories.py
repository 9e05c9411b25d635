"""A small city, built through the acts: two offices, a hall with windows, a village room, posts, people and rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID

from onedoor.kernel.actor import system_actor
from onedoor.network import services
from onedoor.network.entries import (
    NewAgency,
    NewAuthorisation,
    NewHours,
    NewPost,
    NewPosting,
    NewRegion,
    NewSite,
    NewWindow,
)
from onedoor.people.services import create_staff

BUILDER = system_actor("test")
BUILT_AT = datetime(2026, 1, 5, 1, tzinfo=UTC)
CITY, COUNTY, TOWN, VILLAGE = "130300000000", "130302000000", "130302001000", "130302001001"
ITEM, OTHER_ITEM = "130300-FG-10-0001", "130300-FG-10-0002"


@dataclass(frozen=True)
class SmallCity:
    agencies: dict[str, UUID]
    sites: dict[str, UUID]
    windows: dict[tuple[str, str], UUID]
    posts: dict[str, UUID]
    accounts: dict[str, UUID]
    postings: dict[str, UUID]
    rights: list[UUID]


def weekdays(code: str, *days: int, periods: tuple[tuple[time, time], ...]) -> list[NewHours]:
    return [NewHours(code, day, opens, closes) for day in days for opens, closes in periods]


WHOLE_DAY = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
MORNING = ((time(8, 30), time(12)),)
HOURS = [
    *weekdays("HALL-CITY", 0, 1, 2, 3, 4, periods=WHOLE_DAY),
    *weekdays("HALL-CITY", 5, periods=MORNING),
    *weekdays("ROOM-VILLAGE", 0, 2, 4, periods=MORNING),
]


def a_small_city() -> SmallCity:
    """Build the city; the clerk receives and the approver approves ITEM for the city's office FG, at the hall."""
    regions = [(CITY, "秦皇岛市", "city", None), (COUNTY, "海港区", "county", CITY)]
    regions += [(TOWN, "文化路街道", "township", COUNTY), (VILLAGE, "文化里社区", "village", TOWN)]
    services.create_regions([NewRegion(*each) for each in regions], by=BUILDER, at=BUILT_AT)
    sites = services.create_sites(
        [
            NewSite("HALL", "市政务服务中心", "center", "city", CITY, "海港区示例路 1 号", hours_code="HALL-CITY",
                    phone="0335-5550301", after_hours_contact="值班 0335-5550300", facilities=["无障碍通道", "母婴室"]),
            NewSite("ROOM", "文化里社区便民服务室", "room", "village", VILLAGE, "文化里", parent="HALL", hours_code="ROOM-VILLAGE"),
        ],
        by=BUILDER,
        at=BUILT_AT,
    )  # fmt: skip
    services.set_hours(HOURS, by=BUILDER, at=BUILT_AT)
    agencies = services.create_agencies(
        [
            NewAgency("130300-FG", "市发展和改革委员会", "city", CITY, name_en="Development and Reform Commission",
                      department_code="FG", site="HALL", section="行政审批科", remit="管项目备案和价格。", phone="0335-5550310"),
            NewAgency("130302-SP", "海港区行政审批局", "county", COUNTY),
        ],
        by=BUILDER,
        at=BUILT_AT,
    )  # fmt: skip
    windows = services.create_windows([NewWindow("HALL", "12", "综合窗口", name_en="General")], by=BUILDER, at=BUILT_AT)
    posts = services.create_posts(
        [
            NewPost("fg.clerk", "窗口受理岗", "130300-FG", "window_clerk", site="HALL"),
            NewPost("fg.approver", "审批岗", "130300-FG", "approver", site="HALL", duties=["people.unmask"]),
            NewPost("fg.head", "首席代表", "130300-FG", "dept_head", site="HALL", duties=["network.authorise"]),
            NewPost("sp.clerk", "区窗口受理岗", "130302-SP", "window_clerk"),
            NewPost("village", "代办岗", "130302-SP", "village_agent"),
        ],
        by=BUILDER,
        at=BUILT_AT,
    )
    accounts = {
        name: create_staff(f"s-{name}", shown, None, by=BUILDER, at=BUILT_AT, must_change=False).id
        for name, shown in (("clerk", "王敏"), ("approver", "李强"), ("head", "赵静"), ("agent", "田秀"))
    }
    held = [("clerk", "fg.clerk"), ("approver", "fg.approver"), ("head", "fg.head")]
    new = [NewPosting(accounts[who], post) for who, post in held]
    new[0] = NewPosting(accounts["clerk"], "fg.clerk", window=windows["HALL", "12"])
    new.append(NewPosting(accounts["agent"], "village", site="ROOM"))
    keys = services.post_people(new, by=BUILDER, at=BUILT_AT)
    fg, sp = agencies["130300-FG"], agencies["130302-SP"]
    rights = services.grant_authorisations(
        [
            NewAuthorisation(posts["fg.clerk"], fg, ITEM, "receive"),
            NewAuthorisation(posts["fg.approver"], fg, ITEM, "approve"),
            NewAuthorisation(posts["village"], sp, OTHER_ITEM, "receive"),
        ],
        by=BUILDER,
        at=BUILT_AT,
    )
    return SmallCity(
        agencies, sites, windows, posts, accounts, dict(zip(("clerk", "approver", "head", "agent"), keys, strict=True)), rights
    )
