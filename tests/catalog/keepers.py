"""People who keep items: a department's head, somebody of the same section, the centre's office, and a clerk who does not."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.test import Client
from django.utils import timezone

from onedoor.catalog import services
from onedoor.kernel.actor import Actor
from onedoor.network import entries
from onedoor.network import queries as network
from onedoor.network import services as network_services
from onedoor.people import services as people
from onedoor.people.models import Account
from tests.catalog.city import BY
from tests.catalog.sources import guides_file, items_file
from tests.people.factories import GOOD_PASSWORD
from tests.people.test_pages import step_in


@dataclass
class Keepers:
    """Clients that are stepped in, and the actors behind them; ``second`` is another one of the centre's office."""

    head: Client
    centre: Client
    clerk: Client
    second: Client
    head_actor: Actor
    centre_actor: Actor
    second_actor: Actor


def import_items(*codes: str) -> None:
    """Import some items of the sample with their guides."""
    rows = list(csv.DictReader(io.StringIO(items_file().decode("utf-8-sig"))))
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(row for row in rows if row["code"] in codes)
    guides = [each for each in json.loads(guides_file()) if each["code"] in codes]
    at = timezone.now() - timedelta(days=2)
    services.import_items(basis="测试", items=text.getvalue().encode(), guides=json.dumps(guides).encode(), by=BY, at=at)


def furnish(department: str, office: str = "") -> Keepers:
    """Make an office of a department, the centre, and their people; ``office`` is the code of one that is there, as the city is."""
    at = timezone.now() - timedelta(days=1)
    offices = [entries.NewAgency("K-CENTRE", "测试中心", "city", "130300000000")]
    if not office:
        network_services.create_regions([entries.NewRegion("130300000000", "秦皇岛市", "city", None)], by=BY, at=at)
        office = f"K-{department}"
        offices.append(entries.NewAgency(office, "测试部门", "city", "130300000000", department_code=department))
    network_services.create_agencies(offices, by=BY, at=at)
    network_services.create_posts(
        [
            entries.NewPost("K-HEAD", "首席代表", office, "dept_head", duties=("catalog.edit",)),
            entries.NewPost("K-BIZ", "业务科科长", "K-CENTRE", "center_biz", duties=("catalog.publish",)),
            entries.NewPost("K-CLERK", "受理岗", "K-CENTRE", "window_clerk"),
        ],
        by=BY,
        at=at,
    )
    ids = [
        _somebody(number, post, name)
        for number, post, name in (
            ("20001", "K-HEAD", "韩梅"),
            ("20002", "K-BIZ", "李雷"),
            ("20003", "K-CLERK", "王清"),
            ("20004", "K-BIZ", "赵敏"),
        )
    ]
    head, centre, clerk, second = (stepped_in(each) for each in ids)
    actors = [network.actor_for(ids[number]) for number in (0, 1, 3)]
    return Keepers(head, centre, clerk, second, *actors)


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
