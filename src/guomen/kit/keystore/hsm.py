"""A hardware security module by PKCS#11 (python-pkcs11, the extra ``hsm``; imported only when a token is named).

In the token, never to be read out: the root, from which the key that opens the sealed files is derived (HMAC-SHA256),
and the Ed25519 keys that sign. What is needed many thousand times a second, the keys of tags, is unsealed into memory.
"""

import contextlib
import fcntl
import hashlib
import os
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guomen.kit import disk
from guomen.kit.keystore.interface import Key, KeystoreError, P256Signer, Signer
from guomen.kit.keystore.sealed import SealedFolder, p256_of
from guomen.kit.keystore.secret import Secret

try:
    import pkcs11
    from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
    from pkcs11.util.ec import encode_named_curve_parameters
except ImportError:  # pragma: no cover - only without the extra
    raise KeystoreError("The HSM needs the extra: pip install 'guomen[hsm]'.") from None

_LABEL = "guomen-"
_ROOT = f"{_LABEL}root"
_ED25519 = "1.3.101.112"
_P256 = "1.2.840.10045.3.1.7"
_POINT = 32
_TRIES = 5
_PAUSE = 0.2
_UNWELL = (pkcs11.NoSuchToken, pkcs11.GeneralError, pkcs11.exceptions.UserPinNotInitialized)
_HIDDEN = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}


class Token:
    """One token of a module, with one session for each process."""

    def __init__(self, module: str, label: str, pin_file: Path) -> None:
        self.label, self._module, self._pin_file = label, module, pin_file
        self._lock, self._pid, self._session = threading.RLock(), 0, None

    def __repr__(self) -> str:
        return f"Token({self.label!r})"

    @classmethod
    @cache
    def of_uri(cls, uri: str) -> "Token":
        """The token that an RFC 7512 URI names: ``pkcs11:token=LABEL?module-path=FILE&pin-source=file:FILE``.

        One for each process, which logs in once. A PIN within the URI is refused: settings show in the environment and
        in files that many can read.
        """
        parsed = urlparse(uri)
        path = dict(part.partition("=")[::2] for part in parsed.path.split(";") if part)
        query = {name: values[-1] for name, values in parse_qs(parsed.query).items()}
        if "pin-value" in query or "pin-value" in path:
            raise KeystoreError("Name a file with the PIN (pin-source=file:…), never the PIN itself.")
        source = query.get("pin-source", "").removeprefix("file:")
        if not (path.get("token") and query.get("module-path") and source):
            raise KeystoreError("Name the HSM as pkcs11:token=LABEL?module-path=FILE&pin-source=file:FILE.")
        return cls(query["module-path"], unquote(path["token"]), Path(source))

    def derive(self, message: bytes) -> Secret:
        """32 bytes that only this token makes of ``message``. KeystoreError when the token has no root."""
        with self._lock:
            root = self._find(ObjectClass.SECRET_KEY, _ROOT)
            if root is None:
                raise KeystoreError(f"The token {self.label} holds no root key (guomen keys init-hsm).")
            return Secret(root.sign(message, mechanism=Mechanism.SHA256_HMAC))

    def make_root(self) -> bool:
        """Make the root unless it is there; whether it was made."""
        with self._lock:
            if self._find(ObjectClass.SECRET_KEY, _ROOT) is not None:
                return False
            how = {"label": _ROOT, "store": True, "capabilities": MechanismFlag.SIGN, "template": _HIDDEN}
            self._open().generate_key(KeyType.GENERIC_SECRET, 256, **how)
            return True

    def has_signer(self, name: str) -> bool:
        with self._lock:
            return self._find(ObjectClass.PRIVATE_KEY, _LABEL + name) is not None

    def take_signer(self, name: str, secret: bytes, public: bytes) -> None:
        """Bring an Ed25519 key that was made outside into the token."""
        parameters = encode_named_curve_parameters(_ED25519)
        common = {
            Attribute.KEY_TYPE: KeyType.EC_EDWARDS,
            Attribute.TOKEN: True,
            Attribute.LABEL: _LABEL + name,
            Attribute.EC_PARAMS: parameters,
        }
        private = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.PRIVATE: True, Attribute.SIGN: True}
        public_half = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.VERIFY: True}
        with self._lock:
            session = self._open()
            # The public half first: a private key without it would look like a key that can be used.
            session.create_object(common | public_half | {Attribute.EC_POINT: b"\x04\x20" + public})
            session.create_object(common | private | _HIDDEN | {Attribute.VALUE: bytes(secret)})

    def make_signer(self, name: str) -> None:
        """Make an Ed25519 key in the token."""
        with self._lock:
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters(_ED25519)}
            parameters = self._open().create_domain_parameters(KeyType.EC_EDWARDS, curve, local=True)
            how = {"mechanism": Mechanism.EC_EDWARDS_KEY_PAIR_GEN, "label": _LABEL + name, "store": True}
            parameters.generate_keypair(private_template=_HIDDEN, **how)

    def take_p256(self, name: str, secret: ec.EllipticCurvePrivateKey) -> None:
        """Bring a P-256 key that was made outside into the token."""
        common = {
            Attribute.KEY_TYPE: KeyType.EC,
            Attribute.TOKEN: True,
            Attribute.LABEL: _LABEL + name,
            Attribute.EC_PARAMS: encode_named_curve_parameters(_P256),
        }
        private = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.PRIVATE: True, Attribute.SIGN: True}
        public_half = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.VERIFY: True}
        point = secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        scalar = secret.private_numbers().private_value.to_bytes(32)
        with self._lock:
            session = self._open()
            session.create_object(common | public_half | {Attribute.EC_POINT: b"\x04\x41" + point})
            session.create_object(common | private | _HIDDEN | {Attribute.VALUE: scalar})

    def make_p256(self, name: str) -> None:
        """Make a P-256 key in the token."""
        with self._lock:
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters(_P256)}
            parameters = self._open().create_domain_parameters(KeyType.EC, curve, local=True)
            parameters.generate_keypair(private_template=_HIDDEN, label=_LABEL + name, store=True)

    def sign_p256(self, name: str, data: bytes) -> bytes:
        """ECDSA over the SHA-256 of ``data``, in DER."""
        with self._lock:
            key = self._find(ObjectClass.PRIVATE_KEY, _LABEL + name)
            if key is None:
                raise KeystoreError(f"The token {self.label} holds no key {name}.")
            pair = bytes(key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA))
        half = len(pair) // 2
        return encode_dss_signature(int.from_bytes(pair[:half]), int.from_bytes(pair[half:]))

    def public_p256(self, name: str) -> ec.EllipticCurvePublicKey:
        with self._lock:
            key = self._find(ObjectClass.PUBLIC_KEY, _LABEL + name)
            if key is None:
                raise KeystoreError(f"The token {self.label} holds no key {name}.")
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes(key[Attribute.EC_POINT])[-65:])

    def kind(self, name: str) -> Any:
        """The type of a key that signs, as PKCS#11 calls it."""
        with self._lock:
            return self._find(ObjectClass.PRIVATE_KEY, _LABEL + name)[Attribute.KEY_TYPE]

    def sign(self, name: str, data: bytes) -> bytes:
        with self._lock:
            key = self._find(ObjectClass.PRIVATE_KEY, _LABEL + name)
            if key is None:
                raise KeystoreError(f"The token {self.label} holds no key {name}.")
            return bytes(key.sign(data, mechanism=Mechanism.EDDSA))

    def public_key(self, name: str) -> Ed25519PublicKey:
        with self._lock:
            key = self._find(ObjectClass.PUBLIC_KEY, _LABEL + name)
            if key is None:
                raise KeystoreError(f"The token {self.label} holds no key {name}.")
            # An octet string around the point, which some modules leave out.
            return Ed25519PublicKey.from_public_bytes(bytes(key[Attribute.EC_POINT])[-_POINT:])

    def signers(self) -> frozenset[str]:
        """Names of the keys that sign."""
        with self._lock:
            found = self._open().get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
            labels = [str(key.label) for key in found]
        return frozenset(label.removeprefix(_LABEL) for label in labels if label.startswith(_LABEL))

    def _find(self, kind: Any, label: str) -> Any:
        found = self._open().get_objects({Attribute.CLASS: kind, Attribute.LABEL: label})
        return next(iter(list(found)), None)

    def _open(self) -> Any:
        if self._session is not None and self._pid == os.getpid():
            return self._session
        try:
            library = pkcs11.lib(self._module)
            if self._pid:
                # A forked child must not use its parent's sessions; the standard wants a start of its own.
                library.reinitialize()
            # One process after the other: modules that keep tokens in files show half of them to who comes meanwhile.
            with self._pin_file.open() as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                self._session = self._logged_in(library, file.read().strip())
        except OSError as error:
            raise KeystoreError(f"The PIN file {self._pin_file} cannot be read: {error.strerror}.") from None
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            what = type(error).__name__
            raise KeystoreError(f"The HSM token {self.label} does not open: {what} (module {self._module}).") from None
        self._pid = os.getpid()
        return self._session

    def _logged_in(self, library: Any, pin: str) -> Any:
        """A session. A token that is not there, or not well, is looked for again for a second; a wrong PIN never is."""
        for _ in range(_TRIES):
            with contextlib.suppress(*_UNWELL):
                return library.get_token(token_label=self.label).open(rw=True, user_pin=pin)
            time.sleep(_PAUSE)
            library.reinitialize()
        return library.get_token(token_label=self.label).open(rw=True, user_pin=pin)


class TokenSigner:
    """An Ed25519 key that stays in the token."""

    def __init__(self, token: Token, name: str) -> None:
        self._token, self._name, self._public = token, name, token.public_key(name)

    def sign(self, data: bytes, /) -> bytes:
        return self._token.sign(self._name, data)

    def public_key(self) -> Ed25519PublicKey:
        return self._public


class TokenP256:
    """A P-256 key that stays in the token."""

    def __init__(self, token: Token, name: str) -> None:
        self._token, self._name, self._public = token, name, token.public_p256(name)

    def sign(self, data: bytes, /) -> bytes:
        return self._token.sign_p256(self._name, data)

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public


class TokenStore:
    """Sealed files that a token opens, and signing keys within the token."""

    def __init__(self, sealed: SealedFolder, token: Token) -> None:
        self.sealed, self._token = sealed, token

    def secret(self, name: str, *, make: bool = True) -> Secret:
        return self.sealed.secret(name, make=make)

    def signer(self, name: str) -> Signer:
        """The key in the token. One that was a file moves into the token, for good; a new one is made there."""
        if not self._token.has_signer(name):
            with disk.locked(self.sealed.folder):
                if not self._token.has_signer(name):
                    self._move_or_make(name)
        return TokenSigner(self._token, name)

    def p256(self, name: str) -> P256Signer:
        """As :meth:`signer`, for a P-256 key."""
        if not self._token.has_signer(name):
            with disk.locked(self.sealed.folder):
                if not self._token.has_signer(name):
                    self._move_or_make_p256(name)
        return TokenP256(self._token, name)

    def names(self) -> frozenset[str]:
        return self.sealed.names() | self._token.signers()

    def describe(self, name: str) -> Key:
        if self._token.has_signer(name):
            if self._token.kind(name) == KeyType.EC:
                public = self._token.public_p256(name).public_bytes(Encoding.X962, PublicFormat.CompressedPoint)[1:]
            else:
                public = self._token.public_key(name).public_bytes_raw()
            return Key(name, "hsm", None, public[:4].hex())
        return self.sealed.describe(name)

    def _move_or_make_p256(self, name: str) -> None:
        if name not in self.sealed.names():
            self._token.make_p256(name)
            return
        old = p256_of(self.sealed.secret(name))
        self._token.take_p256(name, old)
        old.public_key().verify(self._token.sign_p256(name, b"guomen"), b"guomen", ec.ECDSA(SHA256()))
        self.sealed.drop(name)

    def _move_or_make(self, name: str) -> None:
        if name not in self.sealed.names():
            self._token.make_signer(name)
            return
        old = self.sealed.signer(name)
        public = old.public_key()
        self._token.take_signer(name, self.sealed.secret(name), public.public_bytes_raw())
        public.verify(self._token.sign(name, b"guomen"), b"guomen")
        self.sealed.drop(name)
