"""The signature within the PDF: PAdES baseline B-B (ETSI EN 319 142-1), ECDSA P-256, by an update that keeps PDF/A.

The library is imported when something is signed: it is large, and most processes never sign.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from guomen.certificates import chain
from guomen.kit.keys import p256

if TYPE_CHECKING:
    from pyhanko.sign.signers.pdf_cms import Signer

FIELD = "Signature1"
_ROOM = 8192
"""Hexadecimal digits kept for the signature; with both certificates it takes about half of them."""


def sign(content: bytes, number: str, key: str = chain.SIGNER) -> bytes:
    """``content``, a PDF, with our signature over all of it; nothing may be changed afterwards (DocMDP 1).

    ``key``: its name in the keystore (:func:`guomen.certificates.signing_keys.paper_name`).
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        name=settings.GUOMEN.authority_en,
        reason=f"Certificate {number}",
        location=settings.GUOMEN.origin,
    )
    field = fields.SigFieldSpec(FIELD, on_page=0)
    writer = IncrementalPdfFileWriter(BytesIO(content))
    signer = signers.PdfSigner(metadata, signer=_signer(key), new_field_spec=field)
    out = BytesIO()
    _run(lambda: signer.sign_pdf(writer, output=out, bytes_reserved=_ROOM))
    return out.getvalue()


def _run(work: object) -> None:
    # The library starts an event loop of its own, which a thread that runs one already cannot have.
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        work()  # type: ignore[operator]
    else:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(work).result()  # type: ignore[arg-type]


def _signer(key: str) -> "Signer":
    from asn1crypto import algos
    from asn1crypto import x509 as asn1
    from pyhanko.sign.signers.pdf_cms import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    leaf, authority = (asn1.Certificate.load(c.public_bytes(Encoding.DER)) for c in chain.chain(key))
    store = SimpleCertificateStore()
    store.register(authority)

    class Outside(Signer):
        """Signs with the key of the keystore, which may be in a security module."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            if digest_algorithm != "sha256":
                raise NotImplementedError("SHA-256 only")
            return bytes(72) if dry_run else p256(key).sign(data)

    mechanism = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    return Outside(signing_cert=leaf, cert_registry=store, signature_mechanism=mechanism)
