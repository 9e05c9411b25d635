from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "onedoor.documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from onedoor.look import rail
        from onedoor.people import permissions

        rail.register(
            _("Papers to be sealed"), "documents:waiting", permissions.keeps_clients, icon="shield-check", group="house", order=37
        )
