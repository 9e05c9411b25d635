from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "onedoor.people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import pgettext_lazy

        from onedoor.journal import naming, shredding
        from onedoor.look import rail
        from onedoor.people import directory, permissions, queries, records
        from onedoor.people.services.shredding import shred_history

        records.register_provider("people", queries.own_records)
        rail.register(
            pgettext_lazy("desk", "Accounts"), "people_accounts", permissions.keeps_accounts, icon="users", group="house", order=30,
            is_work_list=True,
        )  # fmt: skip
        rail.register(
            pgettext_lazy("desk", "Systems of others"), "people_clients", permissions.keeps_clients, icon="layers", group="house",
            order=35, is_work_list=True,
        )  # fmt: skip
        shredding.register("people", shred_history)
        naming.register_namer(queries.ACCOUNT, directory.account_names)
        naming.register_namer(queries.CLIENT, queries.client_names)
        naming.register_namer(queries.PERSON, directory.person_names)
        naming.register_namer(queries.ORGANISATION, directory.organisation_names)
