from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "onedoor.catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from onedoor.catalog import links, permissions
        from onedoor.catalog.subjects import ITEM
        from onedoor.documents import guards
        from onedoor.look import rail

        links.register()
        guards.register(ITEM, permissions.may_open_files)
        rail.register(_("QR codes"), "catalog:qr_sheet", lambda actor: actor.is_staff, icon="printer", group="house", order=60)
        rail.register(_("Catalogue"), "catalog:desk_items", permissions.keeps_items, icon="book-open", group="house", order=10)
        rail.register(_("People's words"), "catalog:desk_words", permissions.may_publish, icon="search", group="house", order=12)
