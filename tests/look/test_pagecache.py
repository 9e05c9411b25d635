"""Pages are kept for strangers only, and never older than what they show."""

import gzip

import pytest
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from django.utils import translation

from onedoor.look.pagecache import KeptPage, Shelf, cached_page, edition_of

pytestmark = pytest.mark.django_db  # the frame asks once whether this is a sample city


class House:
    """A view that counts how often it is asked."""

    def __init__(self):
        self.edition = 1
        self.asked = 0
        self.view = cached_page(lambda: self.edition, query=("topic",))(self._answer)

    def _answer(self, request):
        self.asked += 1
        if "form" in request.path:
            return HttpResponse(get_token(request))
        response = HttpResponse(f"{edition_of(request)} {self.asked}")
        if "cookie" in request.path:
            response.set_cookie("a", "b")
        return response

    def get(self, path="/", cookies=None, **headers):
        request = RequestFactory(headers=headers).get(path)
        request.COOKIES.update(cookies or {})
        return self.view(request)


@pytest.fixture
def house():
    return House()


def test_a_stranger_gets_the_kept_page(house):
    assert house.get().content == house.get().content == b"1 1"


def test_a_new_edition_is_shown_at_the_next_request(house):
    house.get()
    house.edition = 2
    assert house.get().content == b"2 2"


def test_who_has_a_session_is_answered_afresh(house, settings):
    house.get()
    assert house.get(cookies={settings.SESSION_COOKIE_NAME: "abc"}).content == b"1 2"
    assert house.get(cookies={"messages": "abc"}).content == b"1 3"


def test_languages_and_type_sizes_are_kept_apart(house):
    house.get()
    house.get(cookies={"elder": "1"})
    with translation.override("en"):
        house.get()
    assert house.asked == 3


@pytest.mark.parametrize("path", ["/form", "/cookie"])
def test_a_page_made_for_one_person_is_not_kept(house, path):
    house.get(path)
    house.get(path)
    assert house.asked == 2


def test_only_known_parameters_are_kept(house):
    for path in ("/?topic=cars", "/?topic=cars", "/?utm=1", "/?utm=1"):
        house.get(path)
    assert house.asked == 3


def test_the_page_goes_compressed_or_plain_or_not_at_all(house):
    plain = house.get()
    packed = house.get(accept_encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert house.get(if_none_match=plain.headers["ETag"]).status_code == 304


def test_the_shelf_is_bounded_and_keeps_what_is_used():
    shelf = Shelf(largest=100)
    for name in "abc":
        shelf.put(name, KeptPage(b"x" * 30, "", ""))
    shelf.get("a")
    shelf.put("d", KeptPage(b"x" * 30, "", ""))
    assert [name for name in "abcd" if shelf.get(name)] == ["a", "c", "d"]
