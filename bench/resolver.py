"""How many redirects a second the resolver gives, on two cores with the load generator on the same machine.

    .venv/bin/python bench/resolver.py [PRODUCTS] [SECONDS]

A real installation (embedded PostgreSQL, two web processes, one worker) with PRODUCTS products of three links each. The
load generator (bench/load.py, Python on raw sockets) asks for random batches of random products, so that nearly no
answer is in the memory of the process. Yardsticks of the same run: granian with an application that does nothing, and
with one that asks PostgreSQL one indexed query for each request.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import machine

HERE = Path(__file__).parent
CONNECTIONS = 32


def fill(products: int) -> list[str]:
    """Products with links; their codes."""
    from guomen.catalogue.models import Link, LinkedKey, Product
    from guomen.core.gs1 import check_digit
    from guomen.parties.services import register_organisation

    firm = register_organisation("trader", "Bench", "测试", "CN", "BENCH-1")
    gtins = [body + check_digit(body) for body in (f"0{950600000000 + n}" for n in range(products))]
    made = {"organisation": firm, "name_zh": "商品", "hs_code": "6205200090", "maker_name": "M", "maker_country": "IT"}
    Product.objects.bulk_create([Product(gtin=g, name_en=f"Product {g}", **made) for g in gtins])
    keys = [LinkedKey(key=f"/01/{g}", organisation=firm, name=f"Product {g}") for g in gtins]
    LinkedKey.objects.bulk_create(keys)
    links = []
    for key in keys:
        for kind, language, is_default in (("pip", "en", True), ("pip", "zh", False), ("dpp", "en", False)):
            href = f"https://firm.example{key.key}/{kind}/{language}"
            more = {"languages": [language], "media_type": "text/html", "is_default": is_default}
            links.append(Link(of=key, anchor=key.key, type=kind, href=href, title="A page", **more))
    Link.objects.bulk_create(links, batch_size=3000)
    return gtins


def idle(pid: int, seconds: float = 4.0) -> float:
    """Seconds of processor time that the server's processes take in a second in which nobody asks anything."""
    before = machine.cpu_of_tree(pid)
    time.sleep(seconds)
    return (machine.cpu_of_tree(pid) - before) / seconds


def load(port: int, seconds: float, paths: Path, pid: int, rest: float = 0.0) -> dict[str, Any]:
    """Figures of the load generator, and microseconds of processor time for each request beyond what rest takes."""
    before = machine.cpu_of_tree(pid) + rest * seconds
    command = [sys.executable, str(HERE / "load.py"), str(port), str(CONNECTIONS), str(seconds), str(paths)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    return figures | {"server_us": (machine.cpu_of_tree(pid) - before) / figures["requests"] * 1e6}


def yardsticks(seconds: float, nothing: Path, codes: Path) -> dict[str, dict[str, Any]]:
    from django.db import connections

    there = connections["default"].settings_dict
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    os.environ["BENCH_DATABASE"] = json.dumps({name: there[key] for name, key in named.items()})
    port = machine.free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--workers",
        "2",
        "--port",
        str(port),
        "--no-log",
    ]
    process = subprocess.Popen([*command, "hello:application"], cwd=HERE)
    try:
        time.sleep(3)
        return {
            "granian alone": load(port, seconds, nothing, process.pid),
            "granian and one query": load(port, seconds, codes, process.pid),
        }
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    products = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 8.0
    with machine.server() as (origin, pid), tempfile.TemporaryDirectory() as folder:
        import django

        django.setup()
        gtins = fill(products)
        codes, nothing, lists = (Path(folder, name) for name in ("codes", "nothing", "lists"))
        chosen = [f"/01/{random.choice(gtins)}/10/B{n}" for n in range(50_000)]
        codes.write_text("\n".join(chosen))
        lists.write_text("\n".join(f"{path}?linkType=linkset" for path in chosen))
        nothing.write_text("/")
        port = int(origin.rpartition(":")[2])
        load(port, 2, codes, pid)
        time.sleep(3)
        rest = idle(pid)
        found = {
            "redirects": load(port, seconds, codes, pid, rest),
            "lists of links": load(port, seconds, lists, pid, rest),
        }
        found |= yardsticks(seconds, nothing, codes)
    rows = []
    for name, f in found.items():
        figures = f"{f['per_second']:,.0f}/s, median {f['p50_ms']:.1f} ms, 99 % {f['p99_ms']:.1f} ms"
        cost = f"processor time: server {f['server_us']:.0f} us, client {f['client_us']:.0f} us"
        rows.append((name, f"{figures}; {cost}; {f['statuses']}"))
    for other in ("granian alone", "granian and one query"):
        ratio = found["redirects"]["per_second"] / found[other]["per_second"]
        rows.append((f"ratio to {other}", f"{ratio:.2f}"))
    rows.append(("processor time of the idle installation", f"{rest * 1000:.0f} ms/s"))
    machine.show(f"Resolver, {products:,} products with 3 links each, {CONNECTIONS} connections", rows, **found)


if __name__ == "__main__":
    main()
