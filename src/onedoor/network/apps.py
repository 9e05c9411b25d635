from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "onedoor.network"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from onedoor.look import rail, strip
        from onedoor.network import permissions, queries, resolver
        from onedoor.people import actors

        actors.register_staff_resolver(resolver.staff_actor)
        strip.register(queries.main_hall_state)
        rail.register(
            _("Rights"), "network:authorisations", permissions.hands_out_rights, icon="shield-check", group="house", order=20
        )
        rail.register(
            _("Posts and people"),
            "network:postings",
            lambda actor: actor.has(permissions.MANAGE),
            icon="users",
            group="house",
            order=25,
        )
        rail.register(_("My posts"), "network:posts", lambda actor: actor.is_staff, icon="id-card", group="house", order=90)
