"""What acts of the catalogue are about."""

VERSION = "catalog.version"
ITEM = "catalog.item"
SYNONYM = "catalog.synonym"
RUN = "catalog.exchange_run"
