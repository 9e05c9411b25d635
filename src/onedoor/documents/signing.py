"""Seals as signatures: PAdES with pyHanko, from our own CA or with the key that the city was given.

Imported by the worker only.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import SigSeedSubFilter

from onedoor.documents import seal_keys
from onedoor.documents.seal_keys import NoSealKey

FIELD = "Seal"


class _Archive(IncrementalPdfFileWriter):
    """Leaves the version at 1.7: pyHanko announces 2.0 for PAdES, which PDF/A-2 does not know, and no reader needs it."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        super().ensure_output_version(min(version, (1, 7)))  # type: ignore[no-untyped-call]


def sign(pdf: bytes, *, issuer: str, number: str) -> bytes:
    """Return ``pdf`` with the signature of ``issuer`` over all of its bits; later changes of any kind break it.

    The red picture on the page is part of the signed content; the signature itself has no picture of its own, because
    pyHanko's default stamp uses a font that PDF/A forbids.
    """
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        name=issuer,
        reason=f"{number} 签章",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    writer = _Archive(io.BytesIO(pdf))
    signer = signers.PdfSigner(metadata, signer=_signer(issuer, seal_keys.stamp(issuer)), new_field_spec=fields.SigFieldSpec(FIELD))
    # pyHanko runs an event loop of its own, which a thread allows only where none is running.
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(signer.sign_pdf, writer).result().getvalue()  # type: ignore[no-any-return]


@lru_cache(maxsize=256)
def _signer(issuer: str, stamp: tuple[int, ...]) -> signers.SimpleSigner:
    del stamp
    if settings.ONEDOOR_SEAL_P12:
        return _city_signer()
    key, certificate = seal_keys.seal_files(issuer)
    chain = [str(seal_keys.ca_certificate())]
    return _opened(signers.SimpleSigner.load(str(key), str(certificate), ca_chain_files=chain), key)  # type: ignore[no-untyped-call]


def _city_signer() -> signers.SimpleSigner:
    """Return the signer of the seal that the city was given; its certificate names the city, whichever office issues."""
    file = Path(settings.ONEDOOR_SEAL_P12)
    return _opened(signers.SimpleSigner.load_pkcs12(str(file), passphrase=seal_keys.seal_password()), file)  # type: ignore[no-untyped-call]


def _opened(signer: signers.SimpleSigner | None, file: Path) -> signers.SimpleSigner:
    if signer is None:
        raise NoSealKey(f"{file} cannot be opened with the password that was given")
    return signer
