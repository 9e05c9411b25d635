from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "onedoor.notify"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from onedoor.look import rail
        from onedoor.notify import messages, queries, services, templates
        from onedoor.people import closing, codes, telling

        messages.register_all()
        rail.register_bell("notify:desk_inbox", lambda actor: queries.count_unread(actor.account) if actor.account else 0)
        codes.register_sender(services.send_code)
        telling.register_teller(services.tell_news)
        closing.register(closer=services.forget_account)
        telling.register_kinds(templates.KINDS)
