from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "onedoor.journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from onedoor.journal import permissions
        from onedoor.look import rail

        rail.register(
            _("Audit"), "journal:audit", permissions.may_audit, icon="shield-check", group="oversight", order=80, is_work_list=True
        )
