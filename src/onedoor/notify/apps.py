from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "onedoor.notify"
    default_auto_field = "django.db.models.BigAutoField"
