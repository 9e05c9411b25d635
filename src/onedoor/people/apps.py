from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "onedoor.people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from onedoor.people import queries, records

        records.register_provider("people", queries.own_records)
