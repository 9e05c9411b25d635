"""People's words at the desk: added, changed and taken out by acts, in force with the next question."""

from __future__ import annotations

import pytest
from django.db import connection

from onedoor.catalog import finding, peoples_words, suggesting
from onedoor.catalog.models import Synonym
from onedoor.catalog.services import (
    NewSynonym,
    SynonymTaken,
    UnknownSynonymItem,
    WrongSynonym,
    add_synonym,
    change_synonym,
    remove_synonym,
)
from onedoor.catalog.subjects import SYNONYM
from onedoor.journal.queries import entries_of
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed, NotFound
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from tests.catalog.city import AT, BY

pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.django_db]
BOOKLET, CARD = "130300-GA-07-0003", "130300-GA-07-0005"


def first_of(question: str) -> str:
    return next((line.code for line in finding.search(question).items), "")


def acts_of(key) -> list[str]:
    return [str(entry.sentence) for entry in entries_of(Subject(SYNONYM, key))]


def test_a_word_is_found_with_the_next_question_and_gone_with_the_one_after_it_was_taken_out():
    assert first_of("红皮小册子") != BOOKLET
    key = add_synonym(NewSynonym("红皮小册子", "", BOOKLET), by=BY, at=AT)
    assert first_of("红皮小册子") == BOOKLET
    assert [each.name for each in suggesting.suggest("红皮")] == ["补领居民户口簿"]
    remove_synonym(key, by=BY, at=AT)
    assert first_of("红皮小册子") != BOOKLET
    assert BOOKLET not in [each.code for each in suggesting.suggest("红皮小")]
    assert len(acts_of(key)) == 2


def test_the_job_adds_how_a_word_sounds(run_jobs):
    add_synonym(NewSynonym("红皮小册子", "", BOOKLET), by=BY, at=AT)
    run_jobs()
    assert first_of("hongpixiaocezi") == BOOKLET
    assert [each.name for each in suggesting.suggest("hpxc")] == ["补领居民户口簿"]


def test_a_changed_word_means_the_other_item_and_not_the_one_before():
    key = add_synonym(NewSynonym("红皮小册子", "", BOOKLET), by=BY, at=AT)
    change_synonym(key, row=NewSynonym("蓝皮小卡片", "", CARD), by=BY, at=AT)
    assert first_of("蓝皮小卡片") == CARD
    assert BOOKLET not in [line.code for line in finding.search("红皮小册子").items]
    assert "红皮小册子" in acts_of(key)[0] or "红皮小册子" in acts_of(key)[-1]


def test_a_word_for_several_items_finds_them_by_the_words_of_the_catalogue():
    add_synonym(NewSynonym("娘家事", "结婚登记 离婚登记"), by=BY, at=AT)
    assert {line.name for line in finding.search("娘家事").items[:4]} >= {"结婚登记", "离婚登记"}


@pytest.mark.parametrize(
    ("row", "refusal"),
    [
        (NewSynonym("x", "y", "130300-XX-10-0001"), UnknownSynonymItem),
        (NewSynonym("", "y"), WrongSynonym),
        (NewSynonym("\x00", "y"), WrongSynonym),
        (NewSynonym("x", ""), WrongSynonym),
        (NewSynonym("户" * 61, "y"), WrongSynonym),
        (NewSynonym("户口本丢了", "补领居民户口簿", BOOKLET), SynonymTaken),
    ],
)
def test_what_is_refused_changes_nothing(row, refusal):
    before = Synonym.objects.count()
    with pytest.raises(refusal):
        add_synonym(row, by=BY, at=AT)
    assert Synonym.objects.count() == before


def test_only_keepers_of_the_catalogue_may():
    key = Synonym.objects.values_list("id", flat=True).order_by("id")[0]
    stranger = Actor(client="web")
    for act in (
        lambda: add_synonym(NewSynonym("x", "y"), by=stranger, at=AT),
        lambda: change_synonym(key, row=NewSynonym("x", "y"), by=stranger, at=AT),
        lambda: remove_synonym(key, by=stranger, at=AT),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Synonym.objects.filter(id=key).exists()


def test_a_word_that_somebody_else_took_out_is_told():
    with pytest.raises(NotFound):
        remove_synonym(new_id(), by=BY, at=AT)
    with pytest.raises(NotFound):
        peoples_words.word_for(new_id())


def test_the_list_goes_on_where_it_ended():
    seen, after = [], ""
    while True:
        page = peoples_words.words_page("", after=after)
        seen += [row.id for row in page.rows]
        if not page.has_more:
            break
        after = page.rows[-1].mark
    assert len(seen) == len(set(seen)) == Synonym.objects.count() > peoples_words.SIZE
    assert [row.word for row in peoples_words.words_page("户口薄").rows] == ["户口薄"]


def test_words_that_no_item_has_any_more_are_thrown_out_when_counted():
    from onedoor.catalog.services.search_index import count_words

    key = add_synonym(NewSynonym("红皮小册子", "", BOOKLET), by=BY, at=AT)
    remove_synonym(key, by=BY, at=AT)
    count_words()
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM catalog_searchword WHERE word LIKE %s", ["红皮%"])
        assert cursor.fetchall() == []
        cursor.execute("SELECT entries FROM catalog_searchword WHERE word = ''")
        assert cursor.fetchall() == [(362,)]
