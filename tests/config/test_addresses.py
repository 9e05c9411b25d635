"""Whose address is counted where tries are limited."""

from __future__ import annotations

import pytest

from onedoor.config.middleware import EdgeMiddleware


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_an_address_is_believed_from_our_own_proxies_only(rf, settings, proxies, header, address):
    settings.ONEDOOR_PROXIES = proxies
    request = rf.get("/", headers={"X-Forwarded-For": header})
    EdgeMiddleware(lambda asked: None)(request)
    assert request.META["REMOTE_ADDR"] == address
