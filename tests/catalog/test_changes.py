"""Items that are merged, split, cancelled, handed down and taken back, each with its basis and on its day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onedoor.catalog import queries, services
from onedoor.catalog.models import ChangeKind, ItemChange, SearchEntry
from onedoor.catalog.services import changes, editing, last_days
from onedoor.catalog.services.changes import NewChange
from onedoor.journal.models import Entry
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, WrongState
from tests.catalog.city import AT, BY
from tests.catalog.test_editing import CHECKER, STRANGER, WRITER, hand_in, write

CODE, OTHER = "130300-FG-10-0001", "130300-FG-01-0001"
TODAY = local_date(AT)
BASIS = "秦政发〔2026〕1号"


def decide(kind: ChangeKind, *touched: str, day=TODAY, results: tuple[str, ...] = (), basis: str = BASIS):
    return changes.decide_change(NewChange(kind, touched or (CODE,), basis, day, results), by=BY, at=AT)


def test_an_item_is_suspended_resumed_handed_down_and_taken_back(city):
    for kind, status in (
        (ChangeKind.SUSPENDED, "suspended"),
        (ChangeKind.RESUMED, "published"),
        (ChangeKind.HANDED_DOWN, "handed_down"),
        (ChangeKind.TAKEN_BACK, "published"),
        (ChangeKind.CANCELLED, "cancelled"),
    ):
        decide(kind)
        assert queries.published_guide(CODE).status == status
    assert Entry.objects.filter(act="catalog.decide_change").count() == 5


def test_a_merger_ends_what_it_touches_and_leaves_what_it_ends_in(city):
    decide(ChangeKind.MERGED, CODE, results=(OTHER,))
    assert queries.published_guide(CODE).status == "cancelled"
    assert queries.published_guide(OTHER).status == "published"


def test_a_planned_change_waits_for_its_day_and_can_be_revoked_until_then(city):
    kept = decide(ChangeKind.SUSPENDED, day=TODAY + timedelta(days=3))
    revoked = decide(ChangeKind.CANCELLED, day=TODAY + timedelta(days=3))
    changes.revoke_change(revoked, by=BY, at=AT)
    assert queries.published_guide(CODE).status == "published"
    later = AT + timedelta(days=5)
    assert changes.honour_dates(by=BY, at=later) == 1
    assert changes.honour_dates(by=BY, at=later) == 0
    assert queries.published_guide(CODE).status == "suspended"
    with pytest.raises(WrongState):
        changes.revoke_change(kept, by=BY, at=later)


def test_a_planned_end_is_the_last_day_whatever_the_job_does(city):
    day = TODAY + timedelta(days=3)
    guide = queries.published_guide(CODE)
    offer = queries.service_items_for(CODE)[0].service_item_id
    assert guide.effective_to is None
    later = decide(ChangeKind.CANCELLED, day=day + timedelta(days=9))
    sooner = decide(ChangeKind.SUSPENDED, day=day)
    assert queries.published_guide(CODE).effective_to == day - timedelta(days=1), "the earlier of the two counts"
    assert queries.open_service_items([offer], today=day - timedelta(days=1))
    assert not queries.open_service_items([offer], today=day), "also while nobody has carried it out"
    assert queries.published_guide(CODE).is_over(day)
    changes.revoke_change(sooner, by=BY, at=AT)
    assert queries.published_guide(CODE).effective_to == day + timedelta(days=8)
    changes.revoke_change(later, by=BY, at=AT)
    assert queries.published_guide(CODE).effective_to is None


def test_a_new_version_keeps_the_last_day_and_resuming_takes_it_away(city):
    from tests.catalog.test_import import another_version

    day = TODAY + timedelta(days=3)
    decide(ChangeKind.SUSPENDED, day=day)
    services.publish_version(another_version(), by=BY, at=AT)
    assert queries.published_guide(CODE).effective_to == day - timedelta(days=1)
    changes.honour_dates(by=BY, at=AT + timedelta(days=4))
    assert queries.published_guide(CODE).status == "suspended"
    changes.decide_change(NewChange(ChangeKind.RESUMED, (CODE,), BASIS, day + timedelta(days=9)), by=BY, at=AT + timedelta(days=5))
    assert queries.published_guide(CODE).effective_to is None, "a change that opens is no end"


def test_what_closes_an_item_is_known_in_one_place():
    assert {kind for kind, status in changes.STATUS_AFTER.items() if status != "published"} == set(last_days.CLOSING)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"basis": " "}, Invalid),
        ({"day": TODAY - timedelta(days=1)}, Invalid),
        ({"kind": ChangeKind.MERGED}, Invalid),
        ({"kind": ChangeKind.MERGED, "results": (CODE,)}, Invalid),
        ({"kind": ChangeKind.TAKEN_BACK}, WrongState),
        ({"touched": "130300-XX-01-0001"}, NotFound),
    ],
)
def test_what_cannot_be_decided_changes_nothing(city, change, refusal):
    given = {"kind": ChangeKind.CANCELLED, "touched": CODE, **change}
    with pytest.raises(refusal):
        decide(given["kind"], given["touched"], **{key: given[key] for key in ("basis", "day", "results") if key in given})
    assert not ItemChange.objects.exists()
    assert queries.published_guide(CODE).status == "published"


def test_only_publishers_decide(city):
    with pytest.raises(NotAllowed):
        changes.decide_change(NewChange(ChangeKind.CANCELLED, (CODE,), BASIS, TODAY), by=STRANGER, at=AT)


@pytest.mark.parametrize(
    ("closed", "opened", "status"),
    [(ChangeKind.SUSPENDED, ChangeKind.RESUMED, "suspended"), (ChangeKind.HANDED_DOWN, ChangeKind.TAKEN_BACK, "handed_down")],
)
def test_a_new_version_of_what_is_closed_stays_closed_until_the_act_that_opens_it(city, closed, opened, status):
    decide(closed)
    offer = queries.service_items_for(CODE)[0].service_item_id
    draft = editing.begin_draft(CODE, by=WRITER, at=AT)
    write(draft, "names", summary="停办期间改好的指南")
    hand_in(draft)
    editing.approve(draft, reason="样例", by=CHECKER, at=AT)
    guide = queries.published_guide(CODE)
    assert (guide.number, guide.status, guide.content.summary) == (2, status, "停办期间改好的指南")
    assert guide.is_open is False
    assert not queries.open_service_items([offer], today=TODAY)
    assert "open" not in SearchEntry.objects.get(item__code=CODE).facets
    decide(opened)
    assert (queries.published_guide(CODE).number, queries.published_guide(CODE).status) == (2, "published")


def test_a_version_whose_day_comes_while_its_item_is_suspended_stays_suspended(city):
    draft = editing.begin_draft(CODE, by=WRITER, at=AT)
    write(draft, "names", summary="到日子生效")
    hand_in(draft, TODAY + timedelta(days=2))
    editing.approve(draft, reason="样例", by=CHECKER, at=AT)
    decide(ChangeKind.SUSPENDED)
    assert changes.honour_dates(by=BY, at=AT + timedelta(days=3)) == 1
    assert (queries.published_guide(CODE).number, queries.published_guide(CODE).status) == (2, "suspended")
