"""Secrets at rest: encryption and keyed hashes with keys that lie outside the database (domain.md 9.1).

The keys are files of 32 random bytes in the data folder, made once with mode 600. Losing them loses the data: back them up apart.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12
_FORMAT = b"\x01"


def key(name: str) -> bytes:
    """Return the 32 bytes of the key ``name``, made at first use."""
    return _read_or_make(settings.ONEDOOR_KEYS, name)


@lru_cache
def _read_or_make(folder: Path, name: str) -> bytes:
    path = Path(folder) / f"{name}.key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    if not path.exists():
        _write_through(fresh, os.urandom(32))
        try:
            os.link(fresh, path)  # fails where another process was first, so that two never use two keys
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


def _write_through(path: Path, content: bytes) -> None:
    """Write a file so that it survives a power cut: a key lost after its first use is data lost."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)


@lru_cache
def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(secret)


def encrypt(plain: bytes, *, name: str = "personal") -> bytes:
    """Return ``plain`` encrypted and authenticated with AES-256-GCM."""
    nonce = os.urandom(_NONCE)
    return _FORMAT + nonce + _cipher(key(name)).encrypt(nonce, plain, _FORMAT)


def decrypt(sealed: bytes, *, name: str = "personal") -> bytes:
    """Return what ``encrypt`` sealed.

    :raises cryptography.exceptions.InvalidTag: when it was altered or another key sealed it.
    """
    sealed = bytes(sealed)
    return _cipher(key(name)).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], sealed[:1])


def keyed_hash(text: str, *, purpose: str) -> bytes:
    """Return the 32-byte HMAC by which an encrypted value is found again; equal values of one purpose hash alike."""
    return hmac.digest(key("search"), f"{purpose}\x00{text}".encode(), hashlib.sha256)
