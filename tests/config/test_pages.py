"""The frame of every page in a real browser."""

import pytest

from tests.browser import WIDTHS, scrolls_sideways, violations


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", sorted(WIDTHS.values()))
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/no-such-page/"])
def test_page_fits_and_is_accessible(live_server, new_page, path, width):
    page = new_page(width)
    page.goto(live_server.url + path)
    assert violations(page) == []
    assert not scrolls_sideways(page)
