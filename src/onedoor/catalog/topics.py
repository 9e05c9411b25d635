"""The kinds of things by which people look for an item, in two boards, and which item belongs to which."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from onedoor.kernel.errors import Text

LIVELIHOOD, ENTERPRISE = "livelihood", "enterprise"
BOARD_OF_WORD = {"民生服务": LIVELIHOOD, "涉企综合服务": ENTERPRISE}


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of thing; an item belongs to it by its name, its department or its area in the hall."""

    code: str
    name: Text
    icon: str
    board: str
    words: str
    departments: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    only_board: bool = True

    @property
    def url(self) -> str:
        return f"/items/?topic={self.code}"


def _departments(words: str) -> frozenset[str]:
    return frozenset(words.split())


TOPICS: tuple[Topic, ...] = (
    Topic("birth", _("Birth and household"), "baby", LIVELIHOOD, "出生|生育|户口"),
    Topic(
        "papers", _("Papers and travel"), "id-card", LIVELIHOOD, "身份证|护照|通行证|居住证|无犯罪|公交|ETC|民族成份|养犬|读者证"
    ),
    Topic("school", _("School and study"), "graduation-cap", LIVELIHOOD, "入学|学校|教师|校外培训|技能", _departments("JY")),
    Topic("family", _("Marriage and family"), "heart-handshake", LIVELIHOOD, "结婚|离婚|婚姻|法律援助|公证|调解|档案|特困"),
    Topic(
        "home",
        _("Home and housing fund"),
        "house",
        LIVELIHOOD,
        "公积金|不动产|商品房|房屋|存量房|契税|住宅|住房|物业|宅基地|乡村建设|报装",
    ),
    Topic(
        "health",
        _("Doctor and health insurance"),
        "heart-pulse",
        LIVELIHOOD,
        "医保|医疗|门诊|慢特病|异地就医|诊所|医师|护士|义诊|医学证明",
    ),
    Topic(
        "pension",
        _("Insurance and pension"),
        "umbrella",
        LIVELIHOOD,
        "社会保障卡|社会保险|养老|失业|退休|工伤|参保|高龄|优待证|灵活就业|创业|生育保险|补贴申领",
    ),
    Topic(
        "cars",
        _("Cars and licences"),
        "car-front",
        LIVELIHOOD,
        "机动车|驾驶|车辆购置税|ETC|电动自行车|校车|出租汽车|拖拉机",
        _departments("JJ"),
    ),
    Topic(
        "help",
        _("Disability and relief"),
        "accessibility",
        LIVELIHOOD,
        "残疾|最低生活|救助|特困|高龄|法律援助|公共租赁",
        _departments("CL"),
    ),
    Topic(
        "start",
        _("Start a company"),
        "file-plus-2",
        ENTERPRISE,
        "设立登记|公章|成立登记|名称",
        modules=frozenset({"企业注册"}),
        only_board=False,
    ),
    Topic(
        "shop",
        _("Open a shop"),
        "store",
        ENTERPRISE,
        "食品|餐饮|药品|药店|医疗器械|烟草|公共场所|旅馆|民宿|娱乐|上网服务|出版物|诊所|兽药|动物诊疗|农药经营|旅行社|印刷|电影|游泳|消防安全检查|招牌|个体工商户设立|预付卡|养老机构",
        only_board=False,
    ),
    Topic("tax", _("Tax and insurance"), "wallet", ENTERPRISE, "税|发票|社会保险登记|缴存登记|票据", only_board=False),
    Topic("build", _("Build a project"), "hard-hat", ENTERPRISE, "施工|工程|环评|节能|招标", modules=frozenset({"项目建设"})),
    Topic("land", _("Land and planning"), "landmark", ENTERPRISE, "用地|规划|海域|林地|土地|采矿", _departments("GT GH HY")),
    Topic("utilities", _("Water, power and gas"), "zap", ENTERPRISE, "报装|取水|排水管网", only_board=False),
    Topic(
        "farm",
        _("Farm, forest and sea"),
        "sprout",
        ENTERPRISE,
        "农|林|畜|渔|种子|植物检疫|水产|动物",
        _departments("NY XM LY"),
        only_board=False,
    ),
    Topic("change", _("Changes and renewals"), "stamp", ENTERPRISE, "变更|延续|换发|补领|续期|年度|信息公示"),
    Topic("close", _("Close and leave"), "undo-2", ENTERPRISE, "注销|终止|清税|拆除|闲置"),
)
TOPIC_BY_CODE = {topic.code: topic for topic in TOPICS}


@dataclass(frozen=True, slots=True)
class BoardView:
    """One half of the home page: who it is for and what it has."""

    code: str
    name: Text
    about: Text
    topics: tuple[Topic, ...]

    @property
    def url(self) -> str:
        return f"/items/?board={self.code}"


BOARDS: tuple[BoardView, ...] = (
    BoardView(
        LIVELIHOOD, _("For people"), _("What persons and families need"), tuple(each for each in TOPICS if each.board == LIVELIHOOD)
    ),
    BoardView(
        ENTERPRISE,
        _("For enterprises"),
        _("What companies, shops and projects need"),
        tuple(each for each in TOPICS if each.board == ENTERPRISE),
    ),
)
BOARD_BY_CODE = {board.code: board for board in BOARDS}


def topics_of(name: str, plain_name: str, department: str, module: str, board: str) -> list[str]:
    """Return the codes of the kinds that an item belongs to, none where it fits none."""
    found = []
    for topic in TOPICS:
        if topic.only_board and topic.board != board:
            continue
        if department in topic.departments or module in topic.modules or re.search(topic.words, f"{name} {plain_name}"):
            found.append(topic.code)
    return found
