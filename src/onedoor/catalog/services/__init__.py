"""Acts of the catalogue, gathered from their files so that other rooms know one name."""

from onedoor.catalog.services.implementation import NewServiceItem, create_service_items
from onedoor.catalog.services.imports import FaultyFile, ImportReport, NeedsBasis, import_items
from onedoor.catalog.services.short_codes import create_short_codes, make_short_codes
from onedoor.catalog.services.synonyms import (
    NewSynonym,
    SynonymTaken,
    UnknownSynonymItem,
    WrongSynonym,
    add_synonym,
    add_synonyms,
    change_synonym,
    remove_synonym,
)
from onedoor.catalog.services.versions import NewVersion, publish_version

__all__ = [
    "FaultyFile",
    "ImportReport",
    "NeedsBasis",
    "NewServiceItem",
    "NewSynonym",
    "NewVersion",
    "SynonymTaken",
    "UnknownSynonymItem",
    "WrongSynonym",
    "add_synonym",
    "add_synonyms",
    "change_synonym",
    "create_service_items",
    "create_short_codes",
    "import_items",
    "make_short_codes",
    "publish_version",
    "remove_synonym",
]
