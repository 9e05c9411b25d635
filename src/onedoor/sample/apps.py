from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "onedoor.sample"
    default_auto_field = "django.db.models.BigAutoField"
