"""What the sample registers: whether this installation is one, for the strip above every page and for papers."""

from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "onedoor.sample"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from onedoor.look import strip
        from onedoor.sample import queries

        strip.register_sample(queries.is_sample)
