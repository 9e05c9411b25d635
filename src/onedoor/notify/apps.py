from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "onedoor.notify"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from onedoor.notify import messages, services
        from onedoor.people import codes

        messages.register_all()
        codes.register_sender(services.send_code)
