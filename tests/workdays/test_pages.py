"""The calendar at the desk, as a clerk and as the keeper of the calendar see it."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as USER_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from onedoor.kernel.actor import Actor, system_actor
from onedoor.kernel.ids import new_id
from onedoor.look.strip import desk_notice
from onedoor.people import actors, services
from onedoor.people.sessions import SEEN
from onedoor.workdays import services as workdays
from onedoor.workdays.models import Limit, Notice
from tests.workdays.factories import a_limit, notice

pytestmark = pytest.mark.django_db
CATALOGUE = Path(workdays.__file__).parents[1] / "locale/zh_Hans/LC_MESSAGES/django.po"


@pytest.fixture
def at_desk(client: Client, monkeypatch):
    """Return a maker of browsers of somebody whose post has the given duties."""
    account = services.create_staff(
        "B2048", "周敏", "a-Long-enough-passw0rd", by=system_actor("test"), at=timezone.now(), must_change=False
    )
    services.set_second_factor(account=account, by=system_actor("test"), at=timezone.now())

    def make(*duties: str) -> Client:
        actor = Actor(client="web", account=account.id, posting=new_id(), label="周敏", duties=frozenset(duties))
        monkeypatch.setattr(actors, "staff", lambda *_: actor)
        client.force_login(account)
        session = client.session
        now = timezone.now().timestamp()
        passed = {"account_authentication_methods": [{"method": "mfa", "at": now}], USER_KEY: str(account.pk)}
        session.update({SEEN: int(now), **passed})
        session.save()
        return client

    return make


def test_year_shows_holidays_and_make_up_days_in_words(at_desk):
    page = at_desk().get("/desk/calendar/2026/").content.decode()
    assert "国务院办公厅已公布" in page
    assert "248 个工作日" in page
    assert page.count("<small>休</small>") == 33
    assert page.count("<small>班</small>") == 6
    assert "2 月 14 日" in page
    assert 'href="/desk/calendar/notice/"' not in page


def test_a_year_not_announced_says_so(at_desk):
    page = at_desk("workdays.enter_notice").get("/desk/calendar/2027/").content.decode()
    assert "推算，尚未公布" in page
    assert 'href="/desk/calendar/notice/"' in page
    assert "只知道日期固定的节日" in at_desk().get("/desk/calendar/2040/").content.decode()


@pytest.mark.parametrize("path", ["/desk/calendar/1900/", "/desk/calendar/9999/"])
def test_a_year_without_calendar_is_not_found(at_desk, path: str):
    assert at_desk().get(path).status_code == 404


def test_this_year_is_the_first_page(at_desk):
    assert at_desk().get("/desk/calendar/").status_code == 200


def test_notice_is_looked_at_then_entered(at_desk):
    a_limit(length=54, start="2026-11-23")
    desk = at_desk("workdays.enter_notice")
    assert desk.get("/desk/calendar/notice/").status_code == 200
    preview = desk.post("/desk/calendar/notice/", {"text": notice(2027)})
    assert "1 个在办时限中，1 个的截止日改变" in preview.content.decode()
    assert not Notice.objects.exists()
    done = desk.post("/desk/calendar/notice/", {"text": notice(2027), "step": "enter"}, follow=True)
    assert done.redirect_chain == [("/desk/calendar/2027/", 302)]
    assert "国务院办公厅已公布" in done.content.decode()
    assert Limit.objects.get().confirmed


def test_notice_may_come_as_a_file(at_desk):
    desk = at_desk("workdays.enter_notice")
    file = SimpleUploadedFile("2027.txt", b"\xef\xbb\xbf" + notice(2027).encode())
    assert "录入 2027 年放假安排" in desk.post("/desk/calendar/notice/", {"file": file}).content.decode()
    wrong = desk.post("/desk/calendar/notice/", {"file": SimpleUploadedFile("a.txt", b"\xff\xfe\x00\x01")})
    assert wrong.status_code == 422
    assert "UTF-8" in wrong.content.decode()


def test_what_cannot_be_read_stands_at_the_field_and_nothing_typed_is_lost(at_desk):
    text = notice(2027).replace("1月30日（周六）", "1月30日（周五）")
    answer = at_desk("workdays.enter_notice").post("/desk/calendar/notice/", {"text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "2027-01-30 是周六，不是周五" in page
    assert "4月25日（周日）" in page
    assert at_desk("workdays.enter_notice").post("/desk/calendar/notice/", {"text": " "}).status_code == 422


def test_whoever_does_not_keep_the_calendar_is_kept_out(at_desk):
    assert at_desk().get("/desk/calendar/notice/").status_code == 403
    assert at_desk().post("/desk/calendar/notice/", {"text": notice(2027), "step": "enter"}).status_code == 403
    assert not Notice.objects.exists()


def test_strangers_are_kept_out(client: Client):
    assert client.get("/desk/calendar/").status_code in {302, 403}


def test_catalogue_is_complete():
    catalogue = polib.pofile(str(CATALOGUE))
    assert len(catalogue) > 100
    assert [entry.msgid for entry in catalogue if not entry.translated() or entry.fuzzy] == []


def test_the_whole_desk_is_told_while_running_limits_reach_into_a_year_not_announced(at_desk):
    desk_notice.forget()
    told = "2027 年放假安排还没有录入"
    a_limit(length=5, start="2026-11-23")
    assert told not in at_desk().get("/desk/posts/").content.decode()
    a_limit(length=54, start="2026-11-23")
    desk_notice.forget()
    page = at_desk().get("/desk/posts/").content.decode()
    assert told in page
    assert 'href="/desk/calendar/2027/"' in page
    keeper = at_desk("workdays.enter_notice")
    assert 'href="/desk/calendar/notice/"' in keeper.get("/desk/posts/").content.decode()
    desk_notice.forget()
    keeper.post("/desk/calendar/notice/", {"text": notice(2027), "step": "enter"})
    desk_notice.forget()
    assert told not in keeper.get("/desk/posts/").content.decode()
