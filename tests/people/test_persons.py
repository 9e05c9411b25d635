"""Entering persons and organisations: found again, masked, encrypted."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction

from onedoor.journal.queries import entries_of
from onedoor.journal.services import shred_personal_facts
from onedoor.kernel.errors import NotAllowed, NotFound
from onedoor.kernel.identity import WrongCode
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, queries, services
from onedoor.people.models import Organisation, Person
from onedoor.people.names import WrongName, clean_name
from tests.people.conftest import AT
from tests.people.factories import a_card, a_credit_code, a_phone

pytestmark = pytest.mark.django_db


def test_a_person_is_entered_once_and_found_again_however_the_number_is_typed(clerk):
    first = services.find_or_create_person("王五", "111", a_card(1), a_phone(1), by=clerk(), at=AT)
    spaced = " ".join(a_card(1)).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    again = services.find_or_create_person(" 王 五 ", "111", spaced, by=clerk(), at=AT)
    household = services.find_or_create_person("王五", "113", a_card(1), by=clerk(), at=AT)
    assert {again.id, household.id} == {first.id}
    assert Person.objects.count() == 1
    assert [entry.act for entry in entries_of(Subject(queries.PERSON, first.id))] == [acts.ADD_PERSON.code]


def test_many_persons_cost_as_many_statements_as_one(house, count_statements):
    with count_statements() as one:
        services.find_or_create_persons([services.NewPerson("王五", "111", a_card(1), a_phone(1))], by=house, at=AT)
    many = [services.NewPerson(f"王{n}", "111", a_card(n), a_phone(n)) for n in range(2, 52)]
    with count_statements() as fifty:
        found = services.find_or_create_persons([*many, many[0]], by=house, at=AT)
    assert len(fifty) == len(one) == 4
    assert found[0].id == found[-1].id
    assert Person.objects.count() == 51


@pytest.mark.parametrize("name", ["𠮷㑇䶮㛃", "买买提·艾力", "John Smith", "张", "﨑山"])
def test_rare_characters_of_names_are_kept_as_they_are(name, house):
    person = services.find_or_create_person(name, "111", a_card(2), by=house, at=AT)
    assert Person.objects.get(pk=person.pk).name == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张　三", "张三"),
        ("  John   Smith ", "John Smith"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提・艾力", "买买提·艾力"),
        ("欧阳 㛃", "欧阳㛃"),
    ],
)
def test_spaces_and_middle_dots_of_names_are_made_one(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["", " 　", "张\x00三", "张\x07三", "张" * 121])
def test_a_name_that_cannot_be_kept_is_refused(typed):
    with pytest.raises(WrongName):
        clean_name(typed)


def test_another_name_for_a_known_number_is_refused_and_changes_nothing(clerk):
    person = services.find_or_create_person("王小五", "111", a_card(3), a_phone(3), by=clerk(), at=AT)
    with pytest.raises(services.NameDiffers, match="王＊五"), transaction.atomic():
        services.find_or_create_person("王小吴", "111", a_card(3), a_phone(4), by=clerk(), at=AT)
    assert Person.objects.get().phone == a_phone(3)
    assert len(entries_of(Subject(queries.PERSON, person.id))) == 1


def test_what_a_person_was_called_before_was_lost_and_is_shredded_with_the_rest(clerk, house):
    person = services.find_or_create_person("王五", "111", a_card(1), a_phone(1), by=clerk(), at=AT)
    other = services.find_or_create_person("赵六", "111", a_card(2), a_phone(2), by=clerk(), at=AT)
    by, subject = clerk(), Subject(queries.PERSON, person.id)
    services.correct_name(subject=subject, name="王吴", reason="户口本", by=by, at=AT)
    services.correct_name(subject=Subject(queries.PERSON, other.id), name="赵陆", reason="户口本", by=by, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, pgh_context->>'account' FROM people_personevent WHERE id = %s", [person.id])
        assert cursor.fetchall() == [("王五", str(by.account))]
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            cursor.execute("DELETE FROM people_personevent")
        shred_personal_facts(subjects=[subject], by=house, at=AT, basis="保存期满")
        cursor.execute("SELECT name FROM people_personevent")
        assert cursor.fetchall() == [("赵六",)]
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            cursor.execute("DELETE FROM people_personevent")


def test_a_clerk_corrects_a_name_and_a_citizen_cannot(clerk, anybody):
    person = services.find_or_create_person("王小五", "111", a_card(3), by=clerk(), at=AT)
    subject = Subject(queries.PERSON, person.id)
    with pytest.raises(NotAllowed):
        services.correct_name(subject=subject, name="王小吴", reason="户口本", by=anybody, at=AT)
    services.correct_name(subject=subject, name="王小吴", reason="户口本", by=clerk(), at=AT)
    assert Person.objects.get().name == "王小吴"
    entry = entries_of(subject)[0]
    assert entry.act == acts.CORRECT_NAME.code
    assert "王小" not in str(entry.facts)


def test_a_wrong_number_leaves_nothing(house):
    with pytest.raises(WrongCode), transaction.atomic():
        services.find_or_create_person("王五", "111", a_card(1)[:-1], by=house, at=AT)
    with pytest.raises(WrongCode), transaction.atomic():
        services.find_or_create_person("王五", "111", a_card(1), "12345", by=house, at=AT)
    assert not Person.objects.exists()


def test_only_a_clerk_changes_a_phone_that_is_known(clerk, house):
    services.find_or_create_person("王五", "111", a_card(1), by=house, at=AT)
    services.find_or_create_person("王五", "111", a_card(1), a_phone(1), by=house, at=AT)
    services.find_or_create_person("王五", "111", a_card(1), a_phone(2), by=house, at=AT)
    assert Person.objects.get().phone == a_phone(1)
    services.find_or_create_person("王五", "111", a_card(1), a_phone(2), by=clerk(), at=AT)
    assert Person.objects.get().phone == a_phone(2)


def test_how_the_city_knows_a_person_is_said_honestly(clerk, house):
    assert services.find_or_create_person("王五", "111", a_card(1), by=house, at=AT).verified_how == "checked_number"
    assert services.find_or_create_person("王六", "111", a_card(2), by=clerk(), at=AT).verified_how == "window"


def test_a_person_is_shown_masked(house):
    person = services.find_or_create_person("王小五", "111", a_card(1), a_phone(5072), by=house, at=AT)
    view = queries.person_view(person.id)
    assert (view.name, view.phone) == ("王＊五", "138＊＊＊＊5072")
    assert view.identity == f"130399＊＊＊＊＊＊＊＊{a_card(1)[-4:]}"
    assert "19800307" not in repr(view)
    found = queries.person_by_identity("111", a_card(1), today=AT.date())
    assert found == view
    assert queries.person_by_identity("111", a_card(2), today=AT.date()) is None
    with pytest.raises(NotFound):
        queries.person_view(UUID(int=1))


def test_papers_get_the_whole_name_and_number(house):
    person = services.find_or_create_person("王小五", "111", a_card(1), a_phone(1), by=house, at=AT)
    firm = services.find_or_create_organisation("港城商贸有限公司", a_credit_code(1), "张三", by=house, at=AT)
    subjects = [Subject(queries.PERSON, person.id), Subject(queries.ORGANISATION, firm.id)]
    facts = queries.applicant_facts(subjects)
    assert [(facts[each].name, facts[each].code) for each in subjects] == [
        ("王小五", a_card(1)),
        ("港城商贸有限公司", a_credit_code(1)),
    ]


def test_a_village_collective_is_entered_and_found_again(house, count_statements):
    firm = services.find_or_create_organisation("某村股份经济合作社", "N2130322MF12345AXY", "张三", by=house, at=AT)
    with count_statements() as sent:
        again = services.find_or_create_organisation("某村股份经济合作社", " n2130322mf12345axy", by=house, at=AT)
    assert again.id == firm.id
    assert len(sent) == 1
    assert queries.organisation_view(firm.id).legal_representative == "张＊"
    assert Organisation.objects.count() == 1
    with pytest.raises(services.NameDiffers), transaction.atomic():
        services.find_or_create_organisation("别村股份经济合作社", "N2130322MF12345AXY", by=house, at=AT)


def test_no_identity_number_and_no_phone_stands_in_any_row_of_the_database(citizen, clerk):
    card, phone = citizen.person.identity, citizen.phone
    services.unmask(
        subject=Subject(queries.PERSON, citizen.person_id), field="identity", reason="核对材料", by=clerk("people.unmask"), at=AT
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            dump = "\n".join(row[0] for row in cursor.fetchall())
            for secret in (card, phone):
                assert secret not in dump, table
                assert secret.encode().hex() not in dump, table
