"""The signature within somebody's PDF, checked in a process of its own that may use little memory and time.

A PDF can unpack to a thousand times its size and refer to itself; what reads it for us therefore runs apart: this file
is that program as well. It gets the file and the trusted certificates, and nothing else; it fetches nothing.
"""

import base64
import json
import resource
import subprocess
import sys
from io import BytesIO
from typing import Any, Literal, NamedTuple

SECONDS, MEMORY = 20, 1 << 30
Found = Literal["none", "trusted", "untrusted", "changed", "unreadable"]


class Signature(NamedTuple):
    """found: "trusted" means that it covers the whole file, nothing was changed after it, and its certificate leads to
    one of the roots; root: which of them."""

    found: Found
    root: int = -1
    signer: str = ""


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
    name, last = "", Signature("untrusted")
    for number, text in enumerate(roots):
        trusted = [x509.Certificate.load(raw) for _, _, raw in pem.unarmor(text.encode(), multiple=True)]
        context = ValidationContext(trust_roots=trusted, allow_fetching=False)
        status: Any = validate_pdf_signature(signatures[-1], signer_validation_context=context)
        name = status.signing_cert.subject.human_friendly[:200]
        if not (status.intact and status.valid and status.docmdp_ok and status.coverage.name == "ENTIRE_FILE"):
            return Signature("changed", -1, name)
        if status.trusted:
            return Signature("trusted", number, name)
    return last._replace(signer=name)


if __name__ == "__main__":
    _main()
