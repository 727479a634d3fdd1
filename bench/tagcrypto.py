"""Tags' cryptography by processor time, each beside the bare operation it is made of.

    python bench/tagcrypto.py

Nothing else is started and nothing is stored: the figures are of one thread of one process. Chips differ at each
check (other UID, other counter), so that nothing but master keys is found in a cache.
"""

import hmac
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

sys.path.insert(0, str(Path(__file__).parent))
from machine import show

from guomen.core.tagcrypto import SerialScheme, bundle, sun
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


def bundles(share: float = 1) -> list[tuple[str, int, float, float]]:
    """Bundles of 100 million items, 0.1 % withdrawn at random: name, bytes, seconds to make, seconds to open."""
    draw, scheme, key = random.Random(4), SerialScheme(KEY, bytes(range(32))), Ed25519PrivateKey.generate()
    found = []
    for audience in ("retailer", "inspector"):
        for ranges, count in ((100, 1_000_000), (10_000, 10_000)):
            started = time.process_time()
            rows = []
            for number in range(int(ranges * share)):
                gone = [(index, "stolen") for index in draw.sample(range(count), count // 1000)]
                keys = scheme.range_keys(number)
                kept = keys if audience == "inspector" else keys._replace(mac=None)
                states = bundle.states_of(count, gone)
                rows.append(bundle.BundledRange(number, GTIN, f"L{number:05}", count, 0, kept, states))
            made = bundle.write(bundle.Bundle("https://guomen.example", audience, 0, 1, rows), key)
            written = time.process_time()
            bundle.Checker(bundle.read(made, [key.public_key()], 0))
            opened = time.process_time()
            name = f"bundle for {audience}s, {ranges:,} ranges of {count:,}"
            found.append((name, len(made), written - started, opened - written))
    return found


def main() -> None:
    rates = measure()
    yard = rates["yardstick: AES-CMAC, another key each time"]
    rows = [(name, f"{rate:>13,.0f} /s   {rate / yard:8.3f} of the CMAC") for name, rate in rates.items()]
    show("Cryptography of tags, per second of processor time", rows, rates={k: round(v) for k, v in rates.items()})
    sizes = bundles()
    rows = [
        (name, f"{size:>9,} bytes   made in {made:.2f} s, opened in {read:.3f} s") for name, size, made, read in sizes
    ]
    show("Bundles for 100 million items, 0.1 % withdrawn", rows, sizes={name: size for name, size, _, _ in sizes})


if __name__ == "__main__":
    main()
