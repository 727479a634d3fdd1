"""Tags' cryptography by processor time, each beside the bare operation it is made of.

    python bench/tagcrypto.py

Nothing else is started and nothing is stored: the figures are of one thread of one process. Chips differ at each
check (other UID, other counter), so that nothing but master keys is found in a cache.
"""

import hmac
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

sys.path.insert(0, str(Path(__file__).parent))
from machine import show

from guomen.core.tagcrypto import SerialScheme, sun
from guomen.core.tagcrypto.diversify import Diversifier

GTIN = "09521234543213"
KEY = bytes(range(16))
TIMES = 5
"""Each figure is the best of so many rounds: others on the machine only ever slow a round down."""


def per_second(work: Callable[[], object], items: int) -> float:
    """Items per second of processor time."""
    best = 0.0
    for _ in range(TIMES):
        started = time.process_time()
        work()
        best = max(best, items / (time.process_time() - started))
    return best


def each(function: Callable[..., object], arguments: list[tuple[object, ...]]) -> Callable[[], None]:
    def work() -> None:
        for some in arguments:
            function(*some)

    return work


def bare_cmac(key: bytes, message: bytes) -> bytes:
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def taps(count: int, mode: str, data: bytes | None) -> tuple[float, float]:
    """Checks per second with keys of each chip (AN10922) and with one key for all."""
    rates = []
    for key in (Diversifier(KEY, b"\x30\x42\xf5", b"Guomen"), bytes(range(16, 32))):
        made = [
            sun.encode(b"\x04" + at.to_bytes(6), at, meta_key=KEY, file_key=key, mode=mode, file_data=data)
            for at in range(1, count + 1)
        ]

        def check(text: sun.SunText, key: Diversifier | bytes = key) -> None:
            sun.decode(text.picc_data, text.cmac, text.enc or None, meta_key=KEY, file_key=key, mode=mode)

        rates.append(per_second(each(check, [(text,) for text in made]), count))
    return rates[0], rates[1]


def measure(share: float = 1) -> dict[str, float]:
    """All rates per second of processor time; ``share`` of the usual number of items."""
    many = int(100_000 * share)
    messages = [(at.to_bytes(16), at.to_bytes(16)) for at in range(many)]
    rates = {"yardstick: AES-CMAC, another key each time": per_second(each(bare_cmac, messages), len(messages))}
    digest = [(KEY, message, "sha256") for _, message in messages]
    rates["yardstick: HMAC-SHA256"] = per_second(each(hmac.digest, digest), len(messages))
    block = bytes(16 * 1000)
    aes = Cipher(algorithms.AES(KEY), modes.ECB()).encryptor().update
    rates["yardstick: blocks of AES in one call"] = per_second(each(aes, [(block,)] * (many // 100)), many * 10)
    for name, count, mode, data in (
        ("SUN, AES", 40_000, "AES", None),
        ("SUN, AES, 16 bytes of file data", 20_000, "AES", b"x" * 16),
        ("SUN, LRP", 500, "LRP", None),
        ("SUN, LRP, 16 bytes of file data", 500, "LRP", b"x" * 16),
    ):
        rates[f"{name}, key of each chip"], rates[f"{name}, one key"] = taps(int(count * share), mode, data)
    scheme = SerialScheme(KEY, bytes(range(32)))
    rates["serials made, in runs of 100,000"] = per_second(lambda: scheme.issue_run(GTIN, 7, 0, many), many)
    serials = scheme.issue_run(GTIN, 7, 0, many)
    rates["serials checked"] = per_second(each(scheme.check, [(GTIN, serial) for serial in serials]), len(serials))
    indexed = serials[: many // 5]
    rates["serials checked, index asked for"] = per_second(
        lambda: [scheme.check(GTIN, serial).index for serial in indexed], len(indexed)
    )
    return rates


def main() -> None:
    rates = measure()
    yard = rates["yardstick: AES-CMAC, another key each time"]
    rows = [(name, f"{rate:>13,.0f} /s   {rate / yard:8.3f} of the CMAC") for name, rate in rates.items()]
    show("Cryptography of tags, per second of processor time", rows, rates={k: round(v) for k, v in rates.items()})


if __name__ == "__main__":
    main()
