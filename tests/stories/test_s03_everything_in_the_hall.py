"""S03: whoever is not authorised for this item, this stage and this place cannot decide, whatever door they try; the attempt stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import Error, ProgrammingError, connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.utils import timezone

from onedoor.casework.models import Application, StageRun
from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import review
from onedoor.journal import queries as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed
from onedoor.kernel.subjects import Subject
from onedoor.network import entries
from onedoor.network import queries as network
from onedoor.network import services as network_services
from onedoor.people import services as people
from onedoor.people.models import Account
from tests.browser import WIDTHS, follow, next_page
from tests.casework.situations import COMMITMENT, HOUSE, INSTANT, MONDAY, City, before_decision
from tests.people.factories import GOOD_PASSWORD
from tests.people.test_pages import step_in
from tests.stories.camera import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BEFORE = MONDAY - timedelta(days=30)


def a_post(
    code: str, name: str, role: str, rights: list[tuple[str, str]], *, agency: str = "SP", duties: tuple[str, ...] = ()
) -> Actor:
    """Return somebody in a new post with rights to items and stages, each for the place of the post's own office."""
    (post,) = network_services.create_posts(
        [entries.NewPost(code, name, agency, role, site="QHD-C-0001", duties=duties)], by=HOUSE, at=BEFORE
    ).values()
    place = network.agency_for(agency).id
    network_services.grant_authorisations(
        [entries.NewAuthorisation(post, place, item, stage, starts_at=BEFORE) for item, stage in rights], by=HOUSE, at=BEFORE
    )
    account = people.create_staff(username=f"S03-{code}", name=name, password=GOOD_PASSWORD, by=HOUSE, at=BEFORE)
    network_services.post_people([entries.NewPosting(account.id, code, starts_at=BEFORE)], by=HOUSE, at=BEFORE)
    return network.actor_for(account.id, at=timezone.now())


def people_who_may_not(city: City) -> dict[str, Actor]:
    """Return who is one step away from the right: other item, other stage, other place, no right at all."""
    network_services.create_agencies(
        [entries.NewAgency("HG", "海港区行政审批局", "county", "130302000000", credit_code="11130302MB0A1C0244", paper_word="海审",
                           site="QHD-C-0001")],
        by=HOUSE, at=BEFORE,
    )  # fmt: skip
    return {
        "other item": a_post("other-item", "审批岗（备案）", "approver", [(INSTANT, "approve")]),
        "other stage": city.reviewer,
        "other place": a_post("other-place", "海港区审批岗", "approver", [(COMMITMENT, "approve")], agency="HG"),
        "no right": city.stranger,
    }


@pytest.fixture
def at_desk(new_page: Callable[..., Any], live_server: Any) -> Callable[[Actor], Any]:
    """Return a function that sits somebody down at a desk: a browser in which they are logged in."""

    def sit(actor: Actor) -> Any:
        Account.objects.filter(pk=actor.account).update(password_changed_at=timezone.now(), must_change_password=False)
        client = Client()
        step_in(client, Account.objects.get(pk=actor.account))
        page = new_page(WIDTHS["desk"])
        page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
        return page

    return sit


def refusals(application: Application) -> int:
    entries_ = journal.entries_of(Subject("casework.application", application.id), limit=100)
    return sum(1 for each in entries_ if each.act == "journal.refuse")


def post_from(page: Any, home: str, path: str, **fields: str) -> int:
    """Send a form that no page offers, as a clever person with developer tools would."""
    page.goto(f"{home}/desk/")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(
        home + path, form={"csrfmiddlewaretoken": token, **fields}, headers={"Referer": f"{home}/desk/"}, max_redirects=0
    )
    return int(answer.status)


def test_a_decision_without_authority_is_impossible_through_any_door(
    story: City, live_server: Any, at_desk: Callable[[Actor], Any]
) -> None:
    application = before_decision(story, at=timezone.now())
    for name, actor in people_who_may_not(story).items():
        before = refusals(application)
        page = at_desk(actor)
        page.goto(f"{live_server.url}/desk/cases/{application.id}/")
        assert page.locator(f'form[action="/desk/cases/{application.id}/grant/"]').count() == 0, (
            f"{name}: what one may not is not shown"
        )
        assert page.locator(f'[formaction="/desk/cases/{application.id}/grant/"]').count() == 0, name
        for act in ("grant", "refuse"):
            status = post_from(
                page, live_server.url, f"/desk/cases/{application.id}/{act}/", opinion="同意", reason="同意", send="1"
            )
            assert status in (403, 404), (name, act, status)
        with pytest.raises(NotAllowed):
            review.decide_application(
                application_id=application.id, granted=True, reason="同意", answers=ALL_MET, by=actor, at=timezone.now()
            )
        assert refusals(application) >= before + 2, f"{name}: the attempts stay in the journal"
        forged_by_sql(application, actor, name)
        application.refresh_from_db()
        assert (application.status, application.outcome, application.decided_at) == ("in_review", "", None), name


def forged_by_sql(application: Application, actor: Actor, name: str) -> None:
    """Write past the program, as the database user that the program itself is."""
    run = StageRun.objects.get(application=application, ended_at__isnull=True)
    with pytest.raises(ProgrammingError, match="not authorised"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE casework_stagerun SET ended_at = now(), posting_id = %s, account_id = %s WHERE id = %s",
            [actor.posting, actor.account, run.id],
        )
    for statement in (
        "UPDATE casework_application SET status = 'decided', outcome = 'granted', decided_at = now() WHERE id = %s",
        "UPDATE casework_application SET status = 'closed', outcome = 'granted', decided_at = now(), closed_at = now() WHERE id = %s",
    ):
        with pytest.raises((IntegrityError, ProgrammingError)) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [application.id])
        assert isinstance(refused.value, Error), name


def test_who_is_authorised_decides_until_the_right_is_withdrawn(
    story: City, live_server: Any, at_desk: Callable[[Actor], Any]
) -> None:
    first, second = before_decision(story, at=timezone.now()), before_decision(story, at=timezone.now())
    approver = at_desk(story.approver)
    approver.goto(f"{live_server.url}/desk/cases/{first.id}/")
    grant(approver, first)
    first.refresh_from_db()
    assert (first.status, first.outcome) == ("decided", "granted")

    head = a_post("chief", "局长岗", "dept_head", [], duties=("network.authorise",))
    matrix = at_desk(head)
    matrix.goto(f"{live_server.url}/desk/authorisations/?item={COMMITMENT}")
    box = matrix.get_by_label("审批岗：审批", exact=True)
    assert box.is_checked(), "the matrix shows the right"
    look(matrix, "matrix")
    matrix.locator("label", has=box).click() if not box.is_visible() else box.uncheck()
    follow(matrix.locator("main button[data-key=F2]"))
    assert not matrix.get_by_label("审批岗：审批", exact=True).is_checked(), "the matrix shows that it is gone"

    approver.goto(f"{live_server.url}/desk/cases/{second.id}/")
    assert (
        approver.locator(f'[action="/desk/cases/{second.id}/grant/"], [formaction="/desk/cases/{second.id}/grant/"]').count() == 0
    )
    status = post_from(approver, live_server.url, f"/desk/cases/{second.id}/grant/", opinion="同意")
    assert status in (403, 404)
    with pytest.raises(NotAllowed):
        review.decide_application(
            application_id=second.id, granted=True, reason="同意", answers=ALL_MET, by=replace(story.approver), at=timezone.now()
        )
    forged_by_sql(second, story.approver, "withdrawn")
    second.refresh_from_db()
    assert second.status == "in_review"
    first.refresh_from_db()
    assert first.status == "decided", "what was done with the right stays done"
    assert sole_decider(first) == story.approver.account


def grant(page: Any, application: Application) -> None:
    opinion = page.locator("textarea[name=opinion]").first
    opinion.fill("材料齐全，准予许可。")
    page.keyboard.press("F8")
    with next_page(page):
        page.locator(
            f'[formaction="/desk/cases/{application.id}/grant/"], form[action="/desk/cases/{application.id}/grant/"] button'
        ).first.click()


def sole_decider(application: Application) -> UUID | None:
    return StageRun.objects.get(application=application, stage="approve").account_id
