"""At the door: logging in, locking, codes by text message, second factors, and looking at masked data."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.db import connection, transaction

from onedoor.journal.queries import entries_of, personal_facts
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import AlreadyDone, Invalid, NotAllowed, NotFound, TooManyTries
from onedoor.kernel.subjects import Subject
from onedoor.people import acts, queries, services
from onedoor.people.models import Account, TextCode
from onedoor.people.services.access import LockedOut
from onedoor.people.states import AccountKind, CodePurpose
from onedoor.people.verification import Answer
from tests.people.conftest import AT
from tests.people.factories import GOOD_PASSWORD, a_card, a_phone
from tests.people.test_tries import together

pytestmark = pytest.mark.django_db
STRANGER = a_phone(9999)


def log_in(login, password=GOOD_PASSWORD, kind=AccountKind.CITIZEN, at=AT, by=None, address="192.0.2.1"):
    return services.check_login(login=login, password=password, kind=kind, address=address, by=by or Actor(client="web"), at=at)


def acts_on(account):
    return [entry.act for entry in entries_of(Subject(queries.ACCOUNT, account.id))]


def app_code(secret, steps=0):
    counter = list(yield_hotp_counters_from_time())[1] + steps
    return format_hotp_value(hotp_value(secret, counter))


@pytest.mark.parametrize(
    "login",
    [a_phone(5072), "138 0000 5072", a_card(771), a_card(771).translate(str.maketrans("0123456789", "０１２３４５６７８９"))],
)
def test_a_citizen_logs_in_with_phone_or_identity_number(citizen, login):
    assert log_in(login) == citizen


def test_a_civil_servant_logs_in_with_the_staff_number_and_at_no_other_door(clerk_account):
    assert log_in(" b1024 ", kind=AccountKind.STAFF) == clerk_account
    with pytest.raises(services.WrongLogin):
        log_in("B1024", kind=AccountKind.CITIZEN)


def test_a_citizen_does_not_come_in_at_the_door_of_civil_servants(citizen):
    for login in (citizen.username, citizen.phone, citizen.person.identity):
        with pytest.raises(services.WrongLogin):
            log_in(login, kind=AccountKind.STAFF)


def test_unknown_number_wrong_password_and_closed_account_get_one_answer(citizen, house):
    answers = []
    for login, password in ((STRANGER, GOOD_PASSWORD), (citizen.phone, "wrong"), ("nonsense", "wrong")):
        with pytest.raises(services.WrongLogin) as refused:
            log_in(login, password)
        answers.append((str(refused.value), refused.value.code, refused.value.http_status))
    services.close_account(account_id=citizen.id, by=house, at=AT)
    with pytest.raises(services.WrongLogin) as refused:
        log_in(citizen.person.identity)
    answers.append((str(refused.value), refused.value.code, refused.value.http_status))
    assert len(set(answers)) == 1


@pytest.mark.parametrize("login", [a_phone(5072), STRANGER, "nonsense"])
def test_five_wrong_passwords_lock_for_half_an_hour_whether_the_account_exists_or_not(citizen, login):
    for _ in range(5):
        with pytest.raises(services.WrongLogin):
            log_in(login, "wrong")
    for minutes in (0, 29):
        with pytest.raises(LockedOut):
            log_in(login, at=AT + timedelta(minutes=minutes))
    later = AT + timedelta(minutes=30, seconds=1)
    if login == citizen.phone:
        assert log_in(login, at=later) == citizen
    else:
        with pytest.raises(services.WrongLogin):
            log_in(login, at=later)


def test_phone_and_identity_number_share_the_tries_of_their_account(citizen):
    for login in (citizen.phone, citizen.person.identity, citizen.phone, citizen.person.identity, citizen.phone):
        with pytest.raises(services.WrongLogin):
            log_in(login, "wrong")
    with pytest.raises(LockedOut):
        log_in(citizen.person.identity)


def test_a_right_password_forgives_the_wrong_ones_before(citizen):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(services.WrongLogin):
                log_in(citizen.phone, "wrong")
        assert log_in(citizen.phone) == citizen


def test_failures_and_the_lock_are_in_the_journal(clerk_account):
    for _ in range(5):
        with pytest.raises(services.WrongLogin):
            log_in("B1024", "wrong", kind=AccountKind.STAFF)
    assert acts_on(clerk_account)[:6] == [acts.LOCK.code, *[acts.FAIL_LOG_IN.code] * 5]


def test_one_address_that_tries_many_accounts_is_stopped(citizen):
    for number in range(200):
        with pytest.raises(services.WrongLogin):
            log_in(a_phone(number), "wrong")
    with pytest.raises(TooManyTries):
        log_in(citizen.phone)
    assert log_in(citizen.phone, address="192.0.2.2") == citizen


@pytest.mark.django_db(transaction=True)
def test_the_lock_holds_in_another_process(citizen):
    for _ in range(5):
        with pytest.raises(services.WrongLogin):
            log_in(citizen.phone, "wrong")
    program = f"""
import django; django.setup()
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.db import connection, transaction
connection.settings_dict["NAME"] = {connection.settings_dict["NAME"]!r}
from datetime import datetime
from onedoor.kernel.actor import Actor
from onedoor.people import services
try:
    services.check_login(login={citizen.phone!r}, password={GOOD_PASSWORD!r}, kind="citizen", address="192.0.2.7",
                         by=Actor(client="web"), at=datetime.fromisoformat({AT.isoformat()!r}))
except services.LockedOut:
    print("locked")
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "locked"


def test_the_security_administrator_unlocks_with_a_reason_and_a_clerk_cannot(citizen, clerk):
    for _ in range(5):
        with pytest.raises(services.WrongLogin):
            log_in(citizen.phone, "wrong")
    with pytest.raises(NotAllowed):
        services.unlock_account(account_id=citizen.id, reason="来电核实本人", by=clerk("people.unmask"), at=AT)
    services.unlock_account(account_id=citizen.id, reason="来电核实本人", by=clerk("people.manage_accounts"), at=AT)
    assert log_in(citizen.phone) == citizen
    assert acts_on(citizen)[0] == acts.UNLOCK.code


# Codes by text message


def send(phone, purpose=CodePurpose.LOGIN, at=AT, address="192.0.2.1"):
    services.send_code(phone=phone, purpose=purpose, address=address, at=at)


def test_a_code_opens_once_within_ten_minutes_for_its_purpose(citizen, sent):
    send(citizen.phone)
    (message,) = sent
    assert (message.phone, message.purpose, message.account_id, len(message.code)) == (citizen.phone, "login", citizen.id, 6)
    with pytest.raises(services.WrongTextCode):
        services.use_code(phone=citizen.phone, purpose=CodePurpose.RESET, code=message.code, at=AT)
    assert services.check_login_by_code(phone=citizen.phone, code=f" {message.code} ", at=AT) == citizen
    with pytest.raises(services.WrongTextCode):
        services.check_login_by_code(phone=citizen.phone, code=message.code, at=AT)


def test_a_code_runs_out(citizen, sent):
    send(citizen.phone)
    with pytest.raises(services.WrongTextCode):
        services.check_login_by_code(phone=citizen.phone, code=sent[0].code, at=AT + timedelta(minutes=10))
    assert services.forget_old_codes(at=AT + timedelta(minutes=10)) == 1


def test_a_new_code_voids_the_one_before(citizen, sent):
    send(citizen.phone)
    send(citizen.phone, at=AT + timedelta(seconds=61))
    first, second = (message.code for message in sent)
    at = AT + timedelta(seconds=62)
    if first != second:
        with pytest.raises(services.WrongTextCode):
            services.check_login_by_code(phone=citizen.phone, code=first, at=at)
    assert services.check_login_by_code(phone=citizen.phone, code=second, at=at) == citizen


def test_a_stranger_gets_the_same_answer_and_no_message(citizen, sent):
    send(STRANGER)
    send(STRANGER, purpose=CodePurpose.RESET)
    assert sent == []
    with pytest.raises(services.WrongTextCode) as refused:
        services.check_login_by_code(phone=STRANGER, code="123456", at=AT)
    send(citizen.phone)
    with pytest.raises(services.WrongTextCode) as known:
        services.check_login_by_code(phone=citizen.phone, code="000000" if sent[0].code != "000000" else "111111", at=AT)
    assert str(refused.value) == str(known.value)


def test_five_wrong_codes_void_even_the_right_one(citizen, sent):
    send(citizen.phone)
    wrong = "000000" if sent[0].code != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(services.WrongTextCode):
            services.check_login_by_code(phone=citizen.phone, code=wrong, at=AT)
    with pytest.raises(TooManyTries):
        services.check_login_by_code(phone=citizen.phone, code=sent[0].code, at=AT)


def test_codes_are_sent_once_a_minute_and_five_times_an_hour(citizen, sent):
    send(citizen.phone)
    with pytest.raises(TooManyTries):
        send(citizen.phone, at=AT + timedelta(seconds=59))
    for minutes in (2, 4, 6):
        send(citizen.phone, at=AT + timedelta(minutes=minutes))
    with pytest.raises(TooManyTries):
        send(citizen.phone, at=AT + timedelta(minutes=8))
    assert len(sent) == 4


def test_a_code_does_not_stand_in_the_database(citizen, sent):
    send(citizen.phone)
    row = TextCode.objects.get()
    assert sent[0].code.encode() not in bytes(row.code_hash) + bytes(row.key)


# Registering


def register(anybody, **changes):
    given = {"name": "王五", "identity_kind": "111", "identity": a_card(1), "phone": a_phone(1), "password": GOOD_PASSWORD}
    return services.register_citizen(**{**given, **changes}, by=anybody, at=AT)


def test_a_person_whom_a_window_knows_registers_with_the_phone_left_there(anybody, clerk):
    person = services.find_or_create_person("王五", "111", a_card(1), a_phone(1), by=clerk(), at=AT)
    account = register(anybody)
    assert account.person_id == person.id
    assert acts_on(account) == [acts.REGISTER.code]


@pytest.mark.parametrize("changes", [{"phone": a_phone(2)}, {"name": "王吴"}])
@pytest.mark.django_db(transaction=True)
def test_nobody_takes_the_place_of_a_person_whom_a_window_knows(anybody, clerk, changes):
    services.find_or_create_person("王五", "111", a_card(1), a_phone(1), by=clerk(), at=AT)
    with pytest.raises(services.CannotRegister):
        register(anybody, **changes)
    assert not Account.objects.filter(kind="citizen").exists()


@pytest.mark.django_db(transaction=True)
def test_a_person_has_one_account_and_the_refusal_does_not_say_why(anybody):
    register(anybody)
    texts = set()
    for changes in ({}, {"phone": a_phone(2)}, {"name": "王六"}):
        with pytest.raises(services.CannotRegister) as refused:
            register(anybody, **changes)
        texts.add(str(refused.value))
    assert len(texts) == 1
    assert Account.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123"])
@pytest.mark.django_db(transaction=True)
def test_a_weak_password_is_refused_and_nothing_is_left(anybody, password):
    with pytest.raises(Invalid) as refused:
        register(anybody, password=password)
    assert list(refused.value.errors) == ["password"]
    assert not Account.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_where_the_identity_service_says_no_nobody_registers(anybody, settings):
    settings.ONEDOOR_IDENTITY_CHECK = "tests.people.test_access.says_no"
    with pytest.raises(services.CannotRegister):
        register(anybody)
    assert not Account.objects.exists()


def says_no(name, kind, number):
    return Answer(belongs_together=False, how="")


def test_what_the_identity_service_answers_is_kept(anybody, settings):
    settings.ONEDOOR_IDENTITY_CHECK = "tests.people.test_access.says_yes"
    assert register(anybody).person.verified_how == "identity_service"


def says_yes(name, kind, number):
    return Answer(belongs_together=(name, kind, number) == ("王五", "111", a_card(1)), how="identity_service")


@pytest.mark.django_db(transaction=True)
def test_one_person_who_registers_twice_at_once_has_one_account(anybody):
    answers = together(lambda: outcome_of(anybody), threads=4)
    assert sorted(answers) == ["opened", "refused", "refused", "refused"]
    assert Account.objects.count() == 1


def outcome_of(anybody):
    try:
        register(anybody)
    except services.CannotRegister:
        return "refused"
    return "opened"


# Civil servants


def test_only_who_manages_accounts_creates_one_and_there_is_no_default_password(clerk, house):
    with pytest.raises(NotAllowed), transaction.atomic():
        services.create_staff_accounts([services.NewStaff("B1", "赵六", None)], by=clerk("people.unmask"), at=AT)
    (account,) = services.create_staff_accounts([services.NewStaff("B1", "赵六", None)], by=house, at=AT)
    assert not account.has_usable_password()
    assert account.must_change_password


def test_a_password_that_is_the_own_name_is_refused(house):
    with pytest.raises(Invalid), transaction.atomic():
        services.create_staff("B1", "John Morgenstern", "johnmorgenstern", by=house, at=AT)


@pytest.mark.django_db(transaction=True)
def test_a_staff_number_is_given_once(house):
    services.create_staff("B1", "赵六", GOOD_PASSWORD, by=house, at=AT)
    with pytest.raises(AlreadyDone):
        services.create_staff("b1 ", "赵七", GOOD_PASSWORD, by=house, at=AT)


def test_many_accounts_cost_as_many_statements_as_one(house, count_statements):
    with count_statements() as one:
        services.create_staff_accounts([services.NewStaff("B1", "赵六", None)], by=house, at=AT)
    with count_statements() as many:
        services.create_staff_accounts([services.NewStaff(f"C{n}", "赵六", None) for n in range(50)], by=house, at=AT)
    assert len(one) == len(many)


def test_a_code_of_the_app_passes_once(clerk_account, anybody):
    secret = secret_of(clerk_account)
    services.check_second_factor(account=clerk_account, code=app_code(secret), by=anybody, at=AT)
    cache.clear()  # another process has not seen the code
    with pytest.raises(services.WrongFactor):
        services.check_second_factor(account=clerk_account, code=app_code(secret), by=anybody, at=AT)


def test_five_wrong_codes_of_the_app_lock(clerk_account, anybody):
    secret = secret_of(clerk_account)
    wrong = "000000" if app_code(secret) != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(services.WrongFactor):
            services.check_second_factor(account=clerk_account, code=wrong, by=anybody, at=AT)
    with pytest.raises(LockedOut):
        services.check_second_factor(account=clerk_account, code=app_code(secret), by=anybody, at=AT)
    assert acts_on(clerk_account)[0] == acts.LOCK.code


def test_a_recovery_code_passes_once_and_new_ones_void_the_old(clerk_account, anybody, clerk):
    old = services.new_recovery_codes(account=clerk_account, by=clerk(), at=AT)
    assert len(old) == 10
    services.check_second_factor(account=clerk_account, code=old[0], by=anybody, at=AT)
    with pytest.raises(services.WrongFactor):
        services.check_second_factor(account=clerk_account, code=old[0], by=anybody, at=AT)
    new = services.new_recovery_codes(account=clerk_account, by=clerk(), at=AT)
    with pytest.raises(services.WrongFactor):
        services.check_second_factor(account=clerk_account, code=old[1], by=anybody, at=AT)
    services.check_second_factor(account=clerk_account, code=new[1], by=anybody, at=AT)


def test_the_secret_of_the_second_factor_is_kept_encrypted(clerk_account):
    secret = secret_of(clerk_account)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert all(secret not in row[0] for row in cursor.fetchall())


def secret_of(account):
    return decrypt(Authenticator.objects.get(user=account, type="totp").data["secret"])


# Passwords


def test_a_new_password_is_another_one_and_is_recorded(clerk_account, clerk):
    with pytest.raises(Invalid):
        services.change_password(account_id=clerk_account.id, password=GOOD_PASSWORD, by=clerk(), at=AT)
    services.change_password(account_id=clerk_account.id, password="another morning 8", by=clerk(), at=AT)
    assert acts_on(clerk_account)[0] == acts.CHANGE_PASSWORD.code
    assert log_in("B1024", "another morning 8", kind=AccountKind.STAFF) == clerk_account


def test_a_forgotten_password_is_chosen_anew_with_a_code_which_a_weak_one_does_not_use_up(citizen, anybody, sent):
    send(citizen.phone, purpose=CodePurpose.RESET)
    new = {"phone": citizen.phone, "code": sent[0].code, "by": anybody, "at": AT}
    with pytest.raises(Invalid):
        services.reset_password(**new, password="short")
    services.reset_password(**new, password="another morning 8")
    assert log_in(citizen.phone, "another morning 8") == citizen
    with pytest.raises(services.WrongTextCode):
        services.reset_password(**new, password="a third morning 9")


# Looking at masked data


def test_who_may_look_gives_a_reason_that_the_person_can_read(citizen, clerk):
    subject = Subject(queries.PERSON, citizen.person_id)
    value = services.unmask(subject=subject, field="identity", reason="核对申请材料", by=clerk("people.unmask"), at=AT)
    assert value == a_card(771)
    entry = entries_of(subject)[0]
    assert (entry.act, entry.facts) == (acts.UNMASK.code, {"field": "identity"})
    assert personal_facts([entry.id])[entry.id] == {"reason": "核对申请材料"}
    (look,) = queries.looks_at(citizen.person_id)
    assert (look.who, look.what, look.why) == ("李四", "Number of the paper", "核对申请材料")


@pytest.mark.django_db(transaction=True)
def test_who_may_not_look_is_refused_and_the_try_is_recorded(citizen, clerk):
    subject = Subject(queries.PERSON, citizen.person_id)
    with pytest.raises(NotAllowed):
        services.unmask(subject=subject, field="identity", reason="核对申请材料", by=clerk(), at=AT)
    entry = entries_of(subject)[0]
    assert entry.act == "journal.refuse"
    assert entry.facts["act"] == acts.UNMASK.code
    assert queries.looks_at(citizen.person_id) == []


@pytest.mark.parametrize("reason", ["", "   ", "看看"])
def test_without_a_reason_nothing_is_shown_or_recorded(citizen, clerk, reason):
    subject = Subject(queries.PERSON, citizen.person_id)
    with pytest.raises(Invalid):
        services.unmask(subject=subject, field="identity", reason=reason, by=clerk("people.unmask"), at=AT)
    assert queries.looks_at(citizen.person_id) == []


@pytest.mark.parametrize(
    ("kind", "field"), [("people.person", "identity_hash"), ("people.account", "password"), ("casework.application", "name")]
)
def test_only_masked_fields_can_be_looked_at(citizen, clerk, kind, field):
    with pytest.raises(NotFound):
        services.unmask(subject=Subject(kind, citizen.id), field=field, reason="核对申请材料", by=clerk("people.unmask"), at=AT)


# Acting for organisations


def test_an_account_may_apply_for_itself_and_for_its_organisations(citizen, house, anybody):
    firm = services.find_or_create_organisation("港城商贸有限公司", "91130302MA07ABCD0N", "张小三", by=house, at=AT)
    with pytest.raises(NotAllowed), transaction.atomic():
        services.add_members([services.NewMember(citizen, firm)], by=anybody, at=AT)
    services.add_members([services.NewMember(citizen, firm)], by=house, at=AT)
    services.add_members([services.NewMember(citizen, firm)], by=house, at=AT)
    choices = queries.applicants_for(citizen)
    assert [(each.subject.kind, each.name, each.is_organisation) for each in choices] == [
        ("people.person", "张小三", False),
        ("people.organisation", "港城商贸有限公司", True),
    ]
    assert all(queries.may_act_for(citizen.id, each.subject, item_code="", at=AT) for each in choices)
    services.end_membership(account_id=citizen.id, organisation_id=firm.id, by=house, at=AT + timedelta(days=1))
    assert len(queries.applicants_for(citizen)) == 1
    assert not queries.may_act_for(citizen.id, choices[1].subject, item_code="", at=AT)
    assert len(queries.applicants_for(citizen, at=AT)) == 2
