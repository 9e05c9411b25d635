"""People who keep items: a department's head, somebody of the same section, the centre's office, and a clerk who does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.test import Client
from django.utils import timezone

from onedoor.kernel.actor import Actor
from onedoor.network import entries
from onedoor.network import queries as network
from onedoor.network import services as network_services
from onedoor.people import services as people
from onedoor.people.models import Account
from tests.catalog.city import BY
from tests.people.factories import GOOD_PASSWORD
from tests.people.test_pages import step_in


@dataclass
class Keepers:
    """Clients that are stepped in, and the actors behind them."""

    head: Client
    centre: Client
    clerk: Client
    head_actor: Actor
    centre_actor: Actor


def furnish(department: str) -> Keepers:
    """Make an office of a department, the centre, and their people."""
    at = timezone.now() - timedelta(days=1)
    network_services.create_regions([entries.NewRegion("130300000000", "秦皇岛市", "city", None)], by=BY, at=at)
    network_services.create_agencies(
        [
            entries.NewAgency(f"K-{department}", "测试部门", "city", "130300000000", department_code=department),
            entries.NewAgency("K-CENTRE", "测试中心", "city", "130300000000"),
        ],
        by=BY,
        at=at,
    )
    network_services.create_posts(
        [
            entries.NewPost("K-HEAD", "首席代表", f"K-{department}", "dept_head", duties=("catalog.edit",)),
            entries.NewPost("K-BIZ", "业务科科长", "K-CENTRE", "center_biz", duties=("catalog.publish",)),
            entries.NewPost("K-CLERK", "受理岗", "K-CENTRE", "window_clerk"),
        ],
        by=BY,
        at=at,
    )
    ids = [
        _somebody(number, post, name)
        for number, post, name in (("20001", "K-HEAD", "韩梅"), ("20002", "K-BIZ", "李雷"), ("20003", "K-CLERK", "王清"))
    ]
    head, centre, clerk = (stepped_in(each) for each in ids)
    return Keepers(head, centre, clerk, network.actor_for(ids[0]), network.actor_for(ids[1]))


def _somebody(number: str, post: str, name: str) -> UUID:
    at = timezone.now() - timedelta(days=1)
    account = people.create_staff(username=number, name=name, password=GOOD_PASSWORD, must_change=False, by=BY, at=at)
    network_services.post_people([entries.NewPosting(account.id, post, starts_at=at)], by=BY, at=at)
    return account.id


def stepped_in(account: UUID) -> Client:
    """Return a client that is logged in."""
    client = Client()
    step_in(client, Account.objects.get(pk=account))
    return client
