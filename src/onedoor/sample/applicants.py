"""The citizens and organisations of the sample city: made up, with valid numbers that are nobody's, and with rare characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count, zip_longest
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.people import services as people
from onedoor.sample import names

if TYPE_CHECKING:
    from onedoor.people.models import Account

RESIDENT, HMT, FOREIGN = "111", "B11", "553"
CITIZENS = 120
SHOPS = 45
# Characters outside the usual sets, people of other places, somebody born long before the counties were renumbered.
RARE = ("李𠮷", "王㑇", "赵䶮", "孙㛃")
CHAIN = "海滨大药房连锁"


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody with an account, with the numbers that forms ask for."""

    name: str
    kind: str
    card: str
    phone: str
    account: UUID | None = None
    person: UUID | None = None

    @property
    def actor(self) -> Actor:
        """Act for oneself, from home."""
        return Actor(client="web", account=self.account, person=self.person, label=self.name)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, and who acts for it."""

    name: str
    credit_code: str
    head: Citizen
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class People:
    """All applicants of the sample city; the first citizen and the first organisation are those of the demonstration."""

    citizens: list[Citizen]
    organisations: list[Organisation]
    shops: list[Organisation]


def make_people(passwords: Sequence[str], *, by: Actor, at: datetime, size: int = CITIZENS, shops: int = SHOPS) -> People:
    """Make citizens with accounts and phones, the first ones with passwords, and organisations with those who act for them."""
    with transaction.atomic():
        unknown = _citizens(local_date(at), size)
        new = [
            people.NewCitizen(each.name, each.kind, each.card, each.phone, password)
            for each, password in zip_longest(unknown, passwords)
        ]
        accounts = people.register_citizens(new, by=by, at=at)
        citizens = [replace(c, account=a.id, person=a.person_id) for c, a in zip(unknown, accounts, strict=True)]
        by_key = {account.id: account for account in accounts}
        organisations = _enter(_organisations(citizens), by_key, by=by, at=at)
        chain = _enter(_shops(citizens, shops), by_key, by=by, at=at)
    return People(citizens, organisations, chain)


def _citizens(today: date, size: int) -> list[Citizen]:
    random = Random(130399)  # noqa: S311  made-up people, no secrets
    given, phones = names.names(random), count(1)
    found = [
        Citizen("张海燕", RESIDENT, names.card(date(1988, 6, 12), 2), names.phone(next(phones))),
        Citizen("刘志强", RESIDENT, names.card(date(1979, 3, 5), 1), names.phone(next(phones))),
        Citizen("马德山", RESIDENT, names.card(date(1950, 3, 12), 3), names.phone(next(phones))),
        Citizen("陈嘉欣", HMT, names.card(date(1990, 9, 21), 4, region="810000"), names.phone(next(phones))),
        Citizen("约翰·史密斯", FOREIGN, names.foreign_card(1), names.phone(next(phones))),
        *(
            Citizen(name, RESIDENT, names.card(date(1985 + number, 5, 8), 10 + number), names.phone(next(phones)))
            for number, name in enumerate(RARE)
        ),
    ]
    for serial in range(len(found), size):
        born = today - timedelta(days=random.randint(20 * 366, 78 * 365))
        found.append(Citizen(next(given), RESIDENT, names.card(born, 100 + serial), names.phone(next(phones))))
    return found[:size]


def _organisations(citizens: list[Citizen]) -> list[Organisation]:
    trades = (
        "海燕商贸",
        "长城机械制造",
        "联峰旅游",
        "碧海水产",
        "祖山建材",
        "渤海物流",
        "滨海餐饮",
        "秦皇软件",
        "山海装饰",
        "北戴农业",
    )
    heads = citizens[1:]
    found = [
        Organisation(f"秦皇岛{trade}有限公司（示例）", names.credit_code("91", 1000 + number), heads[number % len(heads)])
        for number, trade in enumerate(trades)
    ]
    found += [
        Organisation("昌黎县果乡股份经济合作社（示例）", names.credit_code("N2", 1100), heads[-1]),
        Organisation("海港区老味道小吃店（示例）", names.credit_code("92", 1101), heads[-2]),
        Organisation("抚宁区青山养殖专业合作社（示例）", names.credit_code("93", 1102), heads[-3]),
        Organisation("秦皇岛海风志愿者协会（示例）", names.credit_code("51", 1103), heads[-4]),
    ]
    return found


def _shops(citizens: list[Citizen], size: int) -> list[Organisation]:
    return [
        Organisation(f"秦皇岛{CHAIN}第{number:02d}店（示例）", names.credit_code("91", 1200 + number), citizens[-1])
        for number in range(1, size + 1)
    ]


def _enter(organisations: list[Organisation], accounts: dict[UUID, Account], *, by: Actor, at: datetime) -> list[Organisation]:
    new = [people.NewOrganisation(each.name, each.credit_code, each.head.name) for each in organisations]
    rows = people.find_or_create_organisations(new, by=by, at=at)
    members = [
        people.NewMember(accounts[each.head.account], row, people.REPRESENTATIVE)
        for each, row in zip(organisations, rows, strict=True)
        if each.head.account is not None
    ]
    people.add_members(members, by=by, at=at)
    return [replace(each, key=row.id) for each, row in zip(organisations, rows, strict=True)]
