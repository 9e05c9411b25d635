"""Who is let in where, through the middleware."""

from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from onedoor.config.doors import DoorMiddleware
from onedoor.kernel.actor import Actor
from onedoor.kernel.doors import Door, door

NOBODY = Actor(client="web")
CITIZEN = Actor(client="web", account=uuid4(), person=uuid4())
CLERK = Actor(client="web", account=uuid4(), posting=uuid4())
EDITOR = Actor(client="web", account=uuid4(), posting=uuid4(), duties=frozenset({"workdays.enter_notice"}))
IN, LOGIN, REFUSED = 200, 302, 403


def view_for(kind, duty=""):
    @door(kind, duty=duty)
    def view(request):
        return HttpResponse("in")

    return view


@pytest.mark.parametrize(
    ("kind", "duty", "codes"),
    [
        (Door.ANYONE, "", [IN, IN, IN, IN]),
        (Door.ACCOUNT, "", [LOGIN, IN, IN, IN]),
        (Door.CITIZEN, "", [LOGIN, IN, REFUSED, REFUSED]),
        (Door.STAFF, "", [LOGIN, REFUSED, IN, IN]),
        (Door.STAFF, "workdays.enter_notice", [LOGIN, REFUSED, REFUSED, IN]),
    ],
)
@pytest.mark.django_db
def test_each_door_lets_its_people_in(kind, duty, codes):
    view = view_for(kind, duty)
    for actor, code in zip((NOBODY, CITIZEN, CLERK, EDITOR), codes, strict=True):
        request = RequestFactory().get("/api/x")
        request.actor = actor
        answer = DoorMiddleware(view).process_view(request, view, (), {}) or view(request)
        assert answer.status_code == code, actor


def test_undeclared_view_opens_to_nobody():
    def view(request):
        return HttpResponse("in")

    with pytest.raises(RuntimeError, match="does not declare"):
        DoorMiddleware(view).process_view(RequestFactory().get("/"), view, (), {})


def test_only_posts_have_duties():
    with pytest.raises(ValueError, match="only posts"):
        door(Door.CITIZEN, duty="people.unmask")
