"""Keys that seal papers: a certificate for each issuer from our own CA, or the city's real seal by setting.

The CA is made at first use in ``<data>/keys/ca/``; its certificate is what verifiers are given, its key never leaves the
folder. Losing it harms no paper already sealed, for each carries its certificate chain.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

RENEWED_BEFORE = timedelta(days=30)
"""How long before its end a seal of our own CA is made anew."""
_CA_YEARS = 30
_SEAL_YEARS = 10
_DAY = timedelta(days=1)


class NoSealKey(RuntimeError):
    """No paper can be sealed now: the key is missing, cannot be opened, or its certificate is not valid. Papers wait meanwhile."""


def require_seal(issuer: str, *, at: datetime) -> None:
    """Find out, before a page is laid out, whether papers of ``issuer`` can be sealed now.

    :raises NoSealKey: when they cannot; the text says why, for those who run the installation.
    """
    _require_valid(_city_certificate() if settings.ONEDOOR_SEAL_P12 else _own_certificate(issuer, at=at), at=at)


def _city_certificate() -> x509.Certificate:
    file = Path(settings.ONEDOOR_SEAL_P12)
    try:
        _key, certificate, _others = pkcs12.load_key_and_certificates(file.read_bytes(), seal_password())
    except OSError as missing:
        raise NoSealKey(f"{missing.filename} cannot be read: {missing.strerror}") from missing
    except ValueError as locked:
        raise NoSealKey(f"{file} cannot be opened with the password that was given") from locked
    if certificate is None:
        raise NoSealKey(f"{file} holds no certificate")
    return certificate


def seal_password() -> bytes | None:
    """Return the password of the city's seal, or None where it has none."""
    return Path(settings.ONEDOOR_SEAL_PASSWORD_FILE).read_bytes().strip() if settings.ONEDOOR_SEAL_PASSWORD_FILE else None


def _own_certificate(issuer: str, *, at: datetime) -> x509.Certificate:
    """Return the certificate of a seal of our own CA, made anew where it is about to end, has not begun or its key is gone.

    One that has not begun was made while the clock stood wrong.
    """
    try:
        key, file = seal_files(issuer)
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc - RENEWED_BEFORE:
            folder = _folder()
            with _one_at_a_time(folder):
                _make_seal(issuer, key, file, folder)
            certificate = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError, TypeError) as broken:
        raise NoSealKey(f"the keys in {_folder()} cannot be used: {broken}") from broken
    return certificate


def _require_valid(certificate: x509.Certificate, *, at: datetime) -> None:
    name = certificate.subject.rfc4514_string()
    if at > certificate.not_valid_after_utc:
        raise NoSealKey(f"the certificate of the seal ({name}) expired on {certificate.not_valid_after_utc:%Y-%m-%d}")
    if at < certificate.not_valid_before_utc:
        raise NoSealKey(f"the certificate of the seal ({name}) is valid only from {certificate.not_valid_before_utc:%Y-%m-%d}")


def stamp(issuer: str) -> tuple[int, ...]:
    """Return what changes when the key of ``issuer`` was replaced, so that a running worker takes the new one."""
    files = [Path(settings.ONEDOOR_SEAL_P12)] if settings.ONEDOOR_SEAL_P12 else list(seal_files(issuer))
    return tuple(file.stat().st_mtime_ns for file in files)


def ca_certificate() -> Path:
    """Return the file of the certificate by which others check our seals; made with its key at first use."""
    folder = _folder()
    certificate = folder / "ca.crt"
    if not certificate.exists():
        with _one_at_a_time(folder):
            if not certificate.exists():
                _make_ca(folder)
    return certificate


def seal_files(issuer: str) -> tuple[Path, Path]:
    """Return the files of the key and the certificate with which papers of ``issuer`` are sealed; made at first use."""
    ca_certificate()
    folder = _folder()
    stem = folder / f"seal-{hashlib.sha256(issuer.encode()).hexdigest()[:24]}"
    key, certificate = stem.with_suffix(".key"), stem.with_suffix(".crt")
    if not (certificate.exists() and key.exists()):
        with _one_at_a_time(folder):
            if not (certificate.exists() and key.exists()):
                _make_seal(issuer, key, certificate, folder)
    return key, certificate


def _folder() -> Path:
    folder = Path(settings.ONEDOOR_KEYS) / "ca"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold off other processes, so that two workers never make two keys for one name."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_ca(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{settings.ONEDOOR_NAME}签章根证书")
    certificate = (
        _builder(name, name, key.public_key(), years=_CA_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_papers=False), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "ca.key", _pem(key))
    _write(folder / "ca.crt", certificate.public_bytes(serialization.Encoding.PEM))


def _make_seal(issuer: str, key_file: Path, certificate_file: Path, folder: Path) -> None:
    ca = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    ca_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{folder / 'ca.key'} is not the key that was made here")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(_name(issuer), ca.subject, key.public_key(), years=_SEAL_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_papers=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write(key_file, _pem(key))
    _write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM))


def _name(common: str) -> x509.Name:
    """Return an X.509 name; a common name holds at most 64 characters."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, settings.ONEDOOR_NAME[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _builder(subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, *, years: int) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - _DAY  # noqa: TID251 - a certificate's validity is not a fact of any act
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + years * 365 * _DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_papers: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs_papers,
        content_commitment=signs_papers,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs_papers,
        crl_sign=not signs_papers,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(content)
    fresh.replace(path)
