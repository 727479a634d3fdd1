"""The X.509 certificates behind the signatures of PDF files: our own authority, and the key that signs documents.

Readers of PDF files check ECDSA on P-256, few of them Ed25519. Both keys are in the keystore, or in the HSM; the
certificates are made on first use and lie beside the keys. RFC 5280; the purpose is document signing (RFC 9336).
"""

import ipaddress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier
from django.conf import settings

from guomen.kit import disk
from guomen.kit.clock import now
from guomen.kit.keys import P256Signer, p256

AUTHORITY, SIGNER = "certificates-ca", "certificates-pdf"
AUTHORITY_LASTS, SIGNER_LASTS = timedelta(days=30 * 365), timedelta(days=13 * 365)
SIGNER_LEFT = timedelta(days=11 * 365)
"""A new certificate of the signing key is made when less than this is left: papers last up to ten years, and without a
time-stamp a signature is checked as of today."""
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class _Outside(ec.EllipticCurvePrivateKey):
    """A key that the library asks to sign without holding it."""

    def __init__(self, key: P256Signer) -> None:
        self._signer = key

    @property
    def curve(self) -> ec.EllipticCurve:
        return ec.SECP256R1()

    @property
    def key_size(self) -> int:
        return 256

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._signer.public_key()

    def sign(self, data: bytes, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        algorithm: HashAlgorithm | Prehashed = signature_algorithm.algorithm
        if not isinstance(algorithm, SHA256):
            raise NotImplementedError("ECDSA with SHA-256 only")
        return self._signer.sign(bytes(data))

    def exchange(self, algorithm: object, peer_public_key: object) -> bytes:
        raise NotImplementedError

    def private_numbers(self) -> ec.EllipticCurvePrivateNumbers:
        raise NotImplementedError

    def private_bytes(self, *_: object) -> bytes:
        raise NotImplementedError

    def __copy__(self) -> "_Outside":
        return self

    def __deepcopy__(self, memo: object) -> "_Outside":
        return self


def chain(key: str = SIGNER) -> tuple[x509.Certificate, x509.Certificate]:
    """The certificate of the key that signs documents, and that of our authority; made when they are missing, when the
    keys are others, or when too little of the first one's validity is left. Later keys are below the same authority.
    """
    path = file_of(key)
    found = _read(path)
    if found is None or found[0].not_valid_after_utc - now() < SIGNER_LEFT or not _fits(found, key):
        above = found or _read(file_of(SIGNER))
        authority = above[1] if above is not None and _is_of(above[1], AUTHORITY) else _authority(now())
        leaf = _leaf(authority, now(), key)
        disk.replace(path, b"".join(c.public_bytes(Encoding.PEM) for c in (leaf, authority)), 0o644)
        found = leaf, authority
    return found


def file_of(key: str) -> Path:
    """Where the two certificates of a key that signs documents lie."""
    return Path(settings.GUOMEN.home) / "keys" / f"{key.replace('pdf', 'chain')}.pem"


def authority_der() -> bytes:
    """Our authority's certificate, for who wants to trust it."""
    return chain()[1].public_bytes(Encoding.DER)


def authority_pem() -> str:
    """The same in PEM."""
    return chain()[1].public_bytes(Encoding.PEM).decode()


def _read(path: Path) -> tuple[x509.Certificate, x509.Certificate] | None:
    try:
        found = _parsed(path.read_bytes())
    except FileNotFoundError:
        return None
    return (found[0], found[1]) if len(found) == 2 else None


@cache
def _parsed(content: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        return []


def _fits(found: tuple[x509.Certificate, x509.Certificate], key: str) -> bool:
    return _is_of(found[0], key) and _is_of(found[1], AUTHORITY)


def _is_of(certificate: x509.Certificate, key: str) -> bool:
    return certificate.public_key() == p256(key).public_key()


def _name(what: str) -> x509.Name:
    office = settings.GUOMEN.authority_en[:64]
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, office),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{office[: 63 - len(what)]} {what}"),
        ]
    )


def _begun(at: datetime, lasts: timedelta) -> x509.CertificateBuilder:
    start = at.replace(microsecond=0) - timedelta(minutes=5)
    return x509.CertificateBuilder(
        serial_number=x509.random_serial_number(), not_valid_before=start, not_valid_after=start + lasts
    )


def _authority(at: datetime) -> x509.Certificate:
    key = p256(AUTHORITY)
    public, name = key.public_key(), _name("authority for documents")
    built = (
        _begun(at, AUTHORITY_LASTS)
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return built.sign(_Outside(key), SHA256())


def _leaf(authority: x509.Certificate, at: datetime, key: str = SIGNER) -> x509.Certificate:
    public = p256(key).public_key()
    above = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    where = x509.AccessDescription(
        x509.oid.AuthorityInformationAccessOID.CA_ISSUERS,
        x509.UniformResourceIdentifier(f"{settings.GUOMEN.origin}/certificates/authority.crt"),
    )
    built = (
        _begun(at, SIGNER_LASTS)
        .subject_name(_name("certificates"))
        .issuer_name(authority.subject)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above), critical=False)
        .add_extension(x509.AuthorityInformationAccess([where]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_host()]), critical=False)
    )
    return built.sign(_Outside(p256(AUTHORITY)), SHA256())


def _host() -> x509.GeneralName:
    host = urlsplit(settings.GUOMEN.origin).hostname or "localhost"
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(**used: bool) -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    names += ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: used.get(name, False) for name in names})
