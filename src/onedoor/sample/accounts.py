"""Who can log in to the demonstration: one account for each role, with secrets made fresh at each installation."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from onedoor.kernel.actor import Actor
from onedoor.people import services as people
from onedoor.sample import cases, offices, services, staff
from onedoor.sample.applicants import People
from onedoor.sample.sources import Source

if TYPE_CHECKING:
    from onedoor.people.models import Account

FILE = "demo-accounts.json"
_CONSONANTS, _VOWELS = "bdfghjkmnprstvwz", "aeiou"
AT_HOME = ("citizen", "org_user")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The passwords of a new installation: of the citizen and the company's representative, and by post of the officials."""

    citizens: tuple[str, ...]
    officials: dict[str, str]


def new_secrets(source: Source) -> Secrets:
    """Make the passwords, before anybody has an account: the first holder of each post gets one."""
    return Secrets(tuple(new_password() for _role in AT_HOME), {post: new_password() for post in posts_of_roles(source).values()})


def open_demo(crew: staff.Staff, applicants: People, source: Source, known: Secrets, *, by: Actor, at: datetime) -> None:
    """Give the officials their second factor, and write down who can log in where only this installation reads it."""
    told, cast = [], {}
    for role, citizen, password in zip(AT_HOME, applicants.citizens, known.citizens, strict=False):
        told.append({"role": role, "username": citizen.phone, "password": password, "name": citizen.name})
        cast[role] = citizen.account
    for role, post in posts_of_roles(source).items():
        account = crew.accounts[post][0]
        told.append({
            "role": role, "username": account.username, "password": known.officials[post], "name": account.display_name,
            "totp": _second_factor(account, by=by, at=at),
        })  # fmt: skip
        cast[role] = account.id
    with transaction.atomic():
        services.cast_roles({role: key for role, key in cast.items() if key is not None})
    _write(told)


def posts_of_roles(source: Source) -> dict[str, str]:
    """Return at which post each official of the demonstration works."""
    department = offices.department_code(cases.DEPARTMENT)
    bureau = offices.bureau_code(source.counties[0])
    township = offices.township_code(source.townships[0])
    return {
        "window_clerk": staff.CLERK,
        "handler": staff.post_of(department, "HANDLE"),
        "reviewer": staff.post_of(department, "REVIEW"),
        "approver": staff.post_of(department, "APPROVE"),
        "dept_head": staff.post_of(department, "HEAD"),
        "county_clerk": staff.post_of(bureau, "CLERK"),
        "county_handler": staff.post_of(bureau, "HANDLE"),
        "county_reviewer": staff.post_of(bureau, "REVIEW"),
        "county_approver": staff.post_of(bureau, "APPROVE"),
        "township_clerk": staff.post_of(township, "CLERK"),
        "village_agent": staff.post_of(township, "AGENT"),
        "center_biz": staff.BIZ,
        "sysadmin": staff.SYSTEM,
        "secadmin": staff.SECURITY,
        "auditor": staff.AUDIT,
    }


@transaction.atomic
def _second_factor(account: Account, *, by: Actor, at: datetime) -> str:
    return people.set_second_factor(account=account, by=by, at=at)


def new_password() -> str:
    """Return a password that can be typed from a screen: three spoken words and four digits, some 49 bits."""
    spoken = ["".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _syllable in range(2)) for _word in range(3)]
    return f"{spoken[0]}-{spoken[1]}-{spoken[2]}-{secrets.randbelow(10000):04d}"


def _write(told: list[dict[str, str]]) -> None:
    path = settings.ONEDOOR_DATA / FILE
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False, indent=1)
