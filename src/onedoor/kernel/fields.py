"""Columns that hold personal data encrypted."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from onedoor.kernel import vault


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text that the database sees only encrypted; it cannot be searched, so keep a keyed hash beside it."""

    _pyi_private_set_type: Any  # for the type checker: text goes in and comes out, whatever the column holds
    _pyi_private_get_type: Any

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        sealed = None if value is None else vault.encrypt(self._to_bytes(value))
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if value is None else self._from_bytes(vault.decrypt(value))

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def _to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def _from_bytes(self, plain: bytes) -> Any:
        return plain.decode()


class EncryptedJSONField(EncryptedTextField):
    """A JSON document that the database sees only encrypted."""

    def _to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def _from_bytes(self, plain: bytes) -> Any:
        return json.loads(plain)
