# ruff: noqa: SIM905
"""Finding an item by people's words, and suggestions while they type, over a catalogue of fifty thousand items."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

from bench import stand
from bench.registry import benchmark
from bench.result import Result, percentile

ITEMS, FEW_ITEMS = 50_000, 5_000
SEARCH_MS, SUGGEST_MS, STATEMENTS = 30, 15, 8
ROUNDS, FEW_ROUNDS = 40, 12

_TRADES = (
    "餐饮 旅馆 食品 药品 医疗器械 化妆品 烟花爆竹 危险化学品 道路货物运输 道路旅客运输 机动车维修 网络预约出租汽车 水路运输 "
    "港口经营 建筑施工 房地产开发 物业服务 燃气经营 供水 供热 城市排水 户外广告 建筑垃圾 园林绿化 农药 兽药 种子 肥料 "
    "畜禽养殖 水产养殖 渔业捕捞 林木采伐 取水 河道管理 水土保持 矿产资源 测绘 土地使用 海域使用 环境影响 排污 辐射 固体废物 "
    "特种设备 计量器具 检验检测 电影放映 营业性演出 娱乐场所 互联网上网服务 出版物 印刷 文物保护 旅行社 导游 体育场馆 "
    "民办学校 校外培训 教师资格 幼儿园 医疗机构 医师执业 护士执业 母婴保健 公共场所卫生 消毒产品 养老机构 社会团体 "
    "民办非企业单位 基金会 殡葬 婚姻 收养 居民身份证 居民户口簿 户口迁移 居住证 护照 港澳通行证 机动车 驾驶证 电动自行车 养犬 "
    "律师执业 公证 法律援助 人力资源服务 劳务派遣 社会保险 失业保险 工伤 生育保险 医疗保险 住房公积金 公共租赁住房 不动产 "
    "商品房预售 档案 残疾人证 烟草专卖 增值税 契税 个人所得税 "
).split()
_OBJECTS = (
    "许可证 资格证书 登记 备案 经营场所 安全条件 卫生条件 从业人员 年度报告 信息 补贴 待遇 证明 合同 标志 设施 项目 方案 计划 "
    "场地 费用 保证金 名称 地址 法定代表人 负责人 范围 期限 等级 档案 "
).split()
_ACTS = ("核发 变更 延续 注销 补领 换发 审批 查询 申领 年度审验 撤销 初审 认定 预约 打印 转移 确认 ").split()

_ITEMS = """
INSERT INTO catalog_catalogitem (id, code, catalog_code, name, name_en, item_type, department_code, board, topics)
SELECT uuidv7(), '130300-X' || lpad((n %% 40)::text, 2, '0') || '-01-' || lpad(n::text, 6, '0'), lpad(n::text, 12, '0'),
       trade || object || act, '', '01', 'X' || lpad((n %% 40)::text, 2, '0'),
       CASE WHEN n %% 3 = 0 THEN 'livelihood' ELSE 'enterprise' END, '{}'
FROM (SELECT row_number() OVER () AS n, trade, object, act FROM unnest(%s::text[]) AS trade, unnest(%s::text[]) AS object,
      unnest(%s::text[]) AS act) AS each WHERE n <= %s
"""
_SYNONYMS = """
INSERT INTO catalog_synonym (id, word, catalogue_word, item_id)
SELECT uuidv7(), left(name, 2) || n::text, name, id FROM (SELECT *, row_number() OVER (ORDER BY code) AS n FROM catalog_catalogitem) AS each
WHERE n % 10 = 0
"""

# Seldom and common words, sentences, wrong order, mistakes, letters, nothing at all.
QUESTIONS = (
    "居民身份证补领",
    "身份证丢了怎么补办",
    "我想开个餐饮店需要办什么证",
    "登记",
    "许可证变更",
    "延续许可证的医疗器械",
    "医师执业资格证书换发",
    "身分证补领",
    "驾驶正换发",
    "jiashizheng",
    "jmsfz",
    "yiliaoqixie",
    "社会保险待遇查询打印",
    "不动产登记信息查询",
    "户口迁移登记",
    "住房公积金补贴申领",
    "旅馆经营场所卫生条件备案年度报告",
    "X01",
    "完全没有的东西呀",
    "' OR 1=1 --",
    "護照換發",
    "特种设备从业人员资格证书",
    "燃气费用",
    "办理环境影响项目审批",
)
BEGINNINGS = (
    "居",
    "居民",
    "居民身",
    "居民身份证补",
    "j",
    "ju",
    "jmsf",
    "jumin",
    "医疗器械许",
    "yl",
    "补领",
    "变更",
    "身分证",
    "x",
    "驾驶证换",
    "护照",
)


def build(items: int) -> None:
    """Fill the catalogue and index it, with the words counted as the night does."""
    from django.db import connection, transaction

    from onedoor.catalog.models import CatalogItem, ItemVersion
    from onedoor.catalog.services import search_index

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ITEMS, [_TRADES, _OBJECTS, _ACTS, items])
        ItemVersion.objects.bulk_create(_versions(CatalogItem.objects.order_by("code")), batch_size=2000)
        cursor.execute(_SYNONYMS)
        cursor.execute("SELECT id FROM catalog_catalogitem ORDER BY code")
        search_index.index([row[0] for row in cursor.fetchall()])
    search_index.count_words()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _versions(items: Iterable[Any]) -> Iterator[Any]:
    """Yield the version in force of each item."""
    from onedoor.catalog.models import ItemVersion

    for n, item in enumerate(items):
        content = {
            "plain_name": f"办{item.name[:6]}",
            "keywords": [item.name[:4], item.name[-4:]],
            "objects": [str(1 + n % 6)],
            "summary": f"{item.name}，依法办理。",
        }
        yield ItemVersion(
            item=item, number=1, status="published", effective_from=date(2026, 1, 1), case_kind="1" if n % 4 == 0 else "2",
            legal_length=20, legal_unit="working-days", promise_length=5, promise_unit="working-days",
            levels=["city"] if n % 2 == 0 else ["county", "township"], accepts_online=n % 5 > 0, is_complete=n % 9 == 0,
            content=content,
        )  # fmt: skip


@benchmark("catalog.search")
def search(quick: bool) -> list[Result]:
    """Search in the database and as a page; the floor ranks by PostgreSQL's own means all entries with any of the same words."""
    from onedoor.catalog import finding
    from onedoor.catalog.understanding import understand

    items = _stand(quick)
    asked = {each: sorted({word for one in understand(each).concepts for word in one.alternatives}) for each in QUESTIONS}
    floor = {each: _floor_search(some) for each, some in asked.items() if some}
    ours, beside = _in_turns(QUESTIONS, partial(finding.search, size=20), floor, quick)
    statements = max(_statements(f"/items/?q={each}") for each in QUESTIONS)
    return [_result("catalog.search", ours, beside, statements, items, SEARCH_MS)]


@benchmark("catalog.suggest")
def suggest(quick: bool) -> list[Result]:
    """Suggest in the database; the floor reads eight phrases that begin so."""
    from onedoor.catalog import suggesting

    items = _stand(quick)
    floor = {
        each: partial(_ask, "SELECT text FROM catalog_searchphrase WHERE folded LIKE %s LIMIT 8", each + "%") for each in BEGINNINGS
    }
    ours, beside = _in_turns(BEGINNINGS, suggesting.suggest, floor, quick)
    statements = max(_statements(f"/items/suggest?q={each}") for each in BEGINNINGS)
    return [_result("catalog.suggest", ours, beside, statements, items, SUGGEST_MS)]


def _stand(quick: bool) -> int:
    items = FEW_ITEMS if quick else ITEMS
    stand.fresh_database("catalog_quick" if quick else "catalog", partial(build, items))
    return items


def _floor_search(some: list[str]) -> Callable[[], None]:
    from onedoor.catalog import words

    question = words.query(some)
    return partial(
        _ask,
        "SELECT item_id FROM catalog_searchentry WHERE words @@ %s::tsquery ORDER BY ts_rank(words, %s::tsquery) DESC LIMIT 20",
        question,
        question,
    )


def _ask(statement: str, *values: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.fetchall()


def _in_turns(
    questions: tuple[str, ...], ask: Callable[[str], Any], floor: dict[str, Callable[[], None]], quick: bool
) -> tuple[list[float], list[float]]:
    """Return how long the database took for each question, ours and the floor in turns; the first round warms up."""
    ours: list[float] = []
    beside: list[float] = []
    for turn in range(FEW_ROUNDS if quick else ROUNDS):
        for each in questions:
            with _timed() as spent:
                ask(each)
            with _timed() as spent_beside:
                if each in floor:
                    floor[each]()
            if turn:
                ours.append(sum(spent))
                beside.extend(spent_beside)
    return ours, beside


@contextmanager
def _timed() -> Iterator[list[float]]:
    """Collect the seconds of each statement of a block."""
    from django.db import connection

    spent: list[float] = []

    def watch(execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            spent.append(time.perf_counter() - started)

    with connection.execute_wrapper(watch):
        yield spent


def _statements(address: str) -> int:
    """Return how many statements a page sends when its process is warm."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"Host": "127.0.0.1"})
    client.get("/items/")
    with CaptureQueriesContext(connection) as sent:
        answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return len(sent.captured_queries)


def _result(name: str, ours: list[float], beside: list[float], statements: int, items: int, budget: int) -> Result:
    ours_per_s, floor_per_s = len(ours) / sum(ours), len(beside) / sum(beside)
    p95 = percentile(ours, 0.95)
    return Result(
        name,
        ours_per_s=round(ours_per_s, 1),
        floor_per_s=round(floor_per_s, 1),
        ratio=round(ours_per_s / floor_per_s, 4),
        statements=statements,
        p50_ms=percentile(ours, 0.5),
        p95_ms=p95,
        p99_ms=percentile(ours, 0.99),
        rows=items,
        kept=p95 < budget and statements <= STATEMENTS,
    )
