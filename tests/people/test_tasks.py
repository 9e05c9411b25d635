from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.template.loader import render_to_string
from django.utils import timezone

from onedoor.people import services, tasks
from onedoor.people.models import TextCode, Tries
from onedoor.people.states import CodePurpose
from tests.people.factories import a_phone

pytestmark = pytest.mark.django_db


def test_what_has_run_out_is_forgotten_and_the_rest_stays(sent):
    now = timezone.now()
    for days, phone in ((3, a_phone(1)), (0, a_phone(2))):
        services.send_code(phone=phone, purpose=CodePurpose.REGISTER, address=phone, at=now - timedelta(days=days))
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(days=1))
    tasks.forget(timestamp=0)
    tasks.forget(timestamp=0)
    assert TextCode.objects.count() == 1
    assert Tries.objects.count() == 3
    assert [session.session_key for session in Session.objects.all()] == ["new"]


@pytest.mark.parametrize(("duties", "offers"), [({"people.unmask"}, True), (set(), False)])
def test_a_masked_value_offers_to_look_only_to_who_may(duties, offers):
    class Frame:
        actor = type("Who", (), {"duties": duties})

    part = render_to_string(
        "people/_masked.html",
        {"look": Frame, "kind": "person", "id": "01a20ce2-facf-7517-8991-9960c125a4be", "field": "identity", "value": "130399＊＊"},
    )
    assert "130399＊＊" in part
    assert ("/desk/unmask/person/01a20ce2-facf-7517-8991-9960c125a4be/identity/" in part) is offers
