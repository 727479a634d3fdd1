"""Write examples/traffic/day.jsonl.gz: 2,000 declarations of one day, always the same bytes.

python tools/make_traffic.py [count]
"""

import gzip
import sys
from datetime import date
from pathlib import Path

import orjson

from guomen.site.traffic import SEED, day_of_traffic

TARGET = Path(__file__).resolve().parent.parent / "examples" / "traffic" / "day.jsonl.gz"
DAY = date(2026, 11, 12)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    text = b"".join(orjson.dumps(p) + b"\n" for p in day_of_traffic(count, DAY, SEED))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{TARGET.name}: {count} declarations, {text.count(b'hs_code')} lines, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
