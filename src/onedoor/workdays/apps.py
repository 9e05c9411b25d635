from django.apps import AppConfig


class WorkdaysConfig(AppConfig):
    name = "onedoor.workdays"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from onedoor.look import rail
        from onedoor.workdays import acts  # noqa: F401 registers the sentences of the journal

        rail.register(
            _("Working days"), "workdays:calendar", lambda actor: actor.is_staff, icon="calendar-clock", group="house", order=40
        )
