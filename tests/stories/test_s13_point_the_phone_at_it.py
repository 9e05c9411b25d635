"""S13: point the phone at the code, and the page is there: item, department, window, receipt, certificate. Few kilobytes, no account."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from onedoor.casework.norm import ALL_MET
from onedoor.casework.services import review
from onedoor.documents import keeping
from onedoor.documents.models import Paper
from onedoor.network import entries
from onedoor.network import queries as network
from onedoor.network import services as network_services
from onedoor.network.models import Agency
from onedoor.people.models import Account
from tests.browser import WIDTHS, follow
from tests.casework.situations import COMMITMENT, HOUSE, MONDAY, City, before_decision
from tests.people.test_pages import step_in
from tests.stories.camera import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_KILOBYTES = 60


@pytest.fixture
def phone(new_page: Callable[..., Any], live_server: Any) -> Callable[[str], tuple[Any, float]]:
    """Return a function that opens an address on a phone that was never here, and says how many kilobytes came over the wire."""

    def open_address(address: str) -> tuple[Any, float]:
        assert address.startswith(live_server.url), "the code leads to this city"
        page = new_page(WIDTHS["phone"], device_scale_factor=3)
        done: list[Any] = []
        page.on("requestfinished", lambda request: done.append(request))  # noqa: PLW0108  Playwright marks the handler
        answer = page.goto(address)
        assert answer.status == 200, address
        page.wait_for_load_state("networkidle")
        # The test's server sends everything plain; the product's sends it packed, so it is packed before it is weighed.
        return page, sum(len(gzip.compress(each.response().body())) for each in done if each.response().ok) / 1024

    return open_address


@pytest.fixture
def clerks_desk(story: City, new_page: Callable[..., Any], live_server: Any) -> Any:
    """Return the browser of the clerk who prints the codes for the counters."""
    Account.objects.filter(pk=story.clerk.account).update(password_changed_at=timezone.now(), must_change_password=False)
    client = Client()
    step_in(client, Account.objects.get(pk=story.clerk.account))
    page = new_page(WIDTHS["desk"])
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    return page


def read_from_screen(page: Any, picture: Path, scan: Callable[[Path], list[str]]) -> list[str]:
    page.screenshot(path=str(picture), full_page=True)
    return scan(picture)


def test_the_guide_goes_along_on_the_phone(
    story: City, live_server: Any, phone: Callable[[str], Any], scan: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    page, kilobytes = phone(f"{live_server.url}/items/{COMMITMENT}/")
    assert kilobytes <= MOST_KILOBYTES, f"{kilobytes:.1f} KB"
    page.locator(".qr").screenshot(path=str(tmp_path / "guide.png"))
    (address,) = scan(tmp_path / "guide.png")
    assert urlsplit(address).path.startswith("/q/"), "short enough to be typed"
    again, kilobytes = phone(address)
    assert urlsplit(again.url).path == f"/items/{COMMITMENT}/"
    assert again.get_by_role("heading", level=1).inner_text() == "食品经营许可（新办）"
    assert kilobytes <= MOST_KILOBYTES, f"{kilobytes:.1f} KB"
    look(again)


def sit_at_the_window(city: City) -> None:
    """Give the window somebody whose post takes applications."""
    (window,) = network.windows_of(network.site_for("QHD-C-0001").id)
    account = city.stranger.account
    assert account is not None
    network_services.post_people([entries.NewPosting(account, "clerk", window=window.id, starts_at=MONDAY)], by=HOUSE, at=MONDAY)


@pytest.mark.parametrize(
    ("kind", "path", "said"),
    [("department", "/departments/", "行政审批局"), ("window", "/sites/QHD-C-0001/windows/3/", "综合窗口")],
)
def test_code_at_the_counter(
    story: City, clerks_desk: Any, live_server: Any, phone: Callable[[str], Any], scan: Callable[[Path], list[str]], tmp_path: Path,
    kind: str, path: str, said: str,
) -> None:  # fmt: skip
    Agency.objects.filter(code="SP").update(department_code="SP")
    sit_at_the_window(story)
    clerks_desk.goto(f"{live_server.url}/desk/qr/?kind={kind}")
    follow(clerks_desk.get_by_role("button", name="生成缺少的短码"))
    addresses = read_from_screen(clerks_desk, tmp_path / "sheet.png", scan)
    assert len(addresses) == clerks_desk.locator(".qr").count() > 0
    page, kilobytes = phone(addresses[0])
    assert urlsplit(page.url).path.startswith(path)
    assert page.locator("main").get_by_text(said).first.is_visible()
    assert page.locator('main a[href^="/items/"], main a[href^="/sites/"]').count() > 0, "one tap leads on"
    assert kilobytes <= MOST_KILOBYTES, f"{kilobytes:.1f} KB"
    look(page, f"phone-{kind}")


def test_receipt_and_certificate_speak_for_themselves(
    story: City, worker: Callable[[], int], phone: Callable[[str], Any], scan_pdf: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    now = timezone.now()
    application = before_decision(story, at=now)
    review.decide_application(
        application_id=application.id, granted=True, reason="符合条件", answers=ALL_MET, by=story.approver, at=now
    )
    review.close_application(application_id=application.id, by=story.clerk, at=now)
    worker()
    for kind, title in (("submission_receipt", "申请回执"), ("certificate", "食品经营许可证")):
        paper = Paper.objects.get(subject_id=application.id, kind=kind)
        file = tmp_path / f"{kind}.pdf"
        with keeping.open_stored(paper.storage_key) as stored:
            file.write_bytes(stored.read())
        addresses = scan_pdf(file)
        verify = next(each for each in addresses if "/verify/" in each)
        page, kilobytes = phone(verify)
        text = page.locator("main").inner_text()
        assert "这份文书是真的" in text
        assert title in text
        assert "张海燕" not in page.locator("body").inner_text()
        assert kilobytes <= MOST_KILOBYTES, f"{kilobytes:.1f} KB"
        look(page)
