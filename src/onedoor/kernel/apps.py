from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "onedoor.kernel"
    default_auto_field = "django.db.models.BigAutoField"
