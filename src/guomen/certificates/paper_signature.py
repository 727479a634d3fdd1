"""The signature within somebody's PDF, checked in a process of its own that may use little memory and time.

A PDF can unpack to a thousand times its size and refer to itself; what reads it for us therefore runs apart: this file
is that program as well. It gets the file and the trusted certificates, and nothing else; it fetches nothing.
"""

import base64
import json
import re
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, Literal, NamedTuple

SECONDS, MEMORY = 20, 1 << 30
Found = Literal["none", "trusted", "untrusted", "changed", "unreadable"]
_RANGE = re.compile(rb"/ByteRange\s{0,9}\[\s{0,9}0\s{1,9}\d{1,9}\s{1,9}(\d{1,9})\s{1,9}(\d{1,9})")


class Signature(NamedTuple):
    """found: "trusted" means that it covers the whole file, nothing was changed after it, and its certificate leads to
    one of the roots; root: which of them. key: the compressed point of the signer's P-256 key, hexadecimal."""

    found: Found
    root: int = -1
    signer: str = ""
    key: str = ""


def check(content: bytes, roots: list[str]) -> Signature:
    """Check the last signature of a PDF against lists of trusted certificates (PEM). Never raises for what it holds."""
    if b"/ByteRange" not in content:
        return Signature("none")
    asked = json.dumps({"pdf": base64.b64encode(content).decode(), "roots": roots}).encode()
    try:
        done = subprocess.run(  # this very file
            [sys.executable, "-I", __file__], input=asked, capture_output=True, timeout=SECONDS, check=True
        )
        return Signature(**json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError, TypeError):
        return Signature("unreadable")


def first_signed(content: bytes) -> bytes:
    """The beginning of a PDF as far as its first signature covers it, when something follows; empty otherwise.

    Nothing is parsed: who compares the digest with what was signed needs no more.
    """
    found = _RANGE.search(content)
    if found is None:
        return b""
    ends = int(found[1]) + int(found[2])
    return content[:ends] if ends < len(content) else b""


def of_ours(content: bytes, root: str) -> Signature:
    """The same as :func:`check` for bytes that the register knows: no process of its own is needed for those."""
    with ThreadPoolExecutor(1) as pool:  # the library starts an event loop, which this thread may have already
        try:
            return pool.submit(_verify, content, [root]).result()
        except Exception:  # whatever the library makes of an older paper: the register has it all the same
            return Signature("unreadable")


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    asked = json.load(sys.stdin.buffer)
    found = _verify(base64.b64decode(asked["pdf"]), asked["roots"])
    sys.stdout.write(json.dumps(found._asdict()))


def _verify(content: bytes, roots: list[str]) -> Signature:
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    signatures = PdfFileReader(BytesIO(content), strict=True).embedded_regular_signatures
    if not signatures:
        return Signature("none")
    name = ""
    for number, text in enumerate(roots):
        trusted = [x509.Certificate.load(raw) for _, _, raw in pem.unarmor(text.encode(), multiple=True)]
        context = ValidationContext(trust_roots=trusted, allow_fetching=False)
        status: Any = validate_pdf_signature(signatures[-1], signer_validation_context=context)
        name = status.signing_cert.subject.human_friendly[:200]
        if not (status.intact and status.valid and status.docmdp_ok and status.coverage.name == "ENTIRE_FILE"):
            return Signature("changed", -1, name)
        if status.trusted:
            return Signature("trusted", number, name, _point(status.signing_cert.public_key))
    return Signature("untrusted", -1, name)


def _point(public: Any) -> str:
    """The compressed point of a P-256 key, as SEC 1 writes it; empty for other keys."""
    if public.algorithm != "ec" or public.curve != ("named", "secp256r1"):
        return ""
    x, y = public["public_key"].to_coords()
    return (b"\3" if y & 1 else b"\2").hex() + x.to_bytes(32, "big").hex()


if __name__ == "__main__":
    _main()
