from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "onedoor.portal"
    default_auto_field = "django.db.models.BigAutoField"
