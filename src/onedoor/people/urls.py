"""Addresses of accounts. Names without a room's prefix are those that django-allauth looks up."""

from __future__ import annotations

from django.urls import path

from onedoor.people.views import data, desk, organisations, public, reach, systems

urlpatterns = [
    path("accounts/login/", public.log_in, name="account_login"),
    path("accounts/login/code/", public.code_login, name="account_code_login"),
    path("accounts/login/code/enter/", public.code_login_code, name="account_code_login_code"),
    path("accounts/login/factor/", public.second_factor, name="mfa_authenticate"),
    path("accounts/logout/", public.log_out, name="account_logout"),
    path("accounts/register/", public.register, name="account_register"),
    path("accounts/register/code/", public.register_code, name="account_register_code"),
    path("accounts/register/identity/", public.register_identity, name="account_register_identity"),
    path("accounts/register/password/", public.register_password, name="account_register_password"),
    path("accounts/reset/", public.reset, name="account_reset"),
    path("accounts/reset/password/", public.reset_password, name="account_reset_password"),
    path("accounts/password/", public.change_password, name="account_change_password"),
    path("accounts/factor/", public.set_second_factor, name="account_second_factor"),
    path("accounts/recovery-codes/", public.recovery_codes, name="account_recovery_codes"),
    path("my/account/", public.my_account, name="my_account"),
    path("my/account/phone/", reach.phone, name="my_phone"),
    path("my/account/phone/code/", reach.phone_code, name="my_phone_code"),
    path("my/account/email/", reach.email, name="my_email"),
    path("my/account/email/code/", reach.email_code, name="my_email_code"),
    path("my/account/news/", reach.news, name="my_news"),
    path("my/data/", data.my_data, name="my_data"),
    path("my/data/export/", data.export, name="my_data_export"),
    path("my/data/close/", data.close, name="my_data_close"),
    path("my/organisations/", organisations.organisations, name="my_organisations"),
    path("my/organisations/register/", organisations.register, name="my_organisation_register"),
    path("my/organisations/<uuid:organisation_id>/", organisations.organisation, name="my_organisation"),
    path("my/organisations/<uuid:organisation_id>/add/", organisations.add_member, name="my_organisation_add"),
    path("my/organisations/<uuid:organisation_id>/add/code/", organisations.add_member_code, name="my_organisation_code"),
    path("my/organisations/<uuid:organisation_id>/end/<uuid:account_id>/", organisations.end_member, name="my_organisation_end"),
    path("desk/accounts/", desk.accounts, name="people_accounts"),
    path("desk/accounts/new/", desk.new_account, name="people_account_new"),
    path("desk/accounts/<uuid:account_id>/", desk.account, name="people_account"),
    path("desk/accounts/<uuid:account_id>/<slug:act>/", desk.manage, name="people_account_manage"),
    path("desk/clients/", systems.clients, name="people_clients"),
    path("desk/clients/new/", systems.new_client, name="people_client_new"),
    path("desk/clients/<uuid:client_id>/", systems.client, name="people_client"),
    path("desk/unmask/<slug:kind>/<uuid:subject_id>/<slug:field>/", desk.unmask, name="people_unmask"),
]
