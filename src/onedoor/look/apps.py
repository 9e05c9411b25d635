from django.apps import AppConfig


class LookConfig(AppConfig):
    name = "onedoor.look"
    default_auto_field = "django.db.models.BigAutoField"
