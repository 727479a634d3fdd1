"""A small HTTP load generator on raw sockets: keep-alive connections, one request at a time on each.

python bench/load.py PORT CONNECTIONS SECONDS PATHS_FILE [ACCEPT] [RATE]     prints one JSON line

RATE: requests a second at most, over all connections; a request that has to wait for the answer before it is late, and
its time counts from when it was due.
"""

import asyncio
import json
import random
import sys
import time
from pathlib import Path


class Client(asyncio.Protocol):
    """One connection: sends a request, waits for the whole answer, sends the next."""

    def __init__(
        self, requests: list[bytes], until: float, took: list[float], statuses: dict[bytes, int], pause: float
    ) -> None:
        self.requests, self.until, self.took, self.statuses, self.pause = requests, until, took, statuses, pause
        self.due = time.perf_counter() + random.random() * pause
        self.done = asyncio.get_running_loop().create_future()
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.next()

    def next(self) -> None:
        wait = self.due - time.perf_counter() if self.pause else 0.0
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self.send)
        else:
            self.send()

    def send(self) -> None:
        self.began = self.due if self.pause else time.perf_counter()
        self.due += self.pause
        self.transport.write(random.choice(self.requests))

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if len(body) < int(length or 0):
            return
        now = time.perf_counter()
        self.took.append(now - self.began)
        self.statuses[head[9:12]] = self.statuses.get(head[9:12], 0) + 1
        self.received = b""
        if now < self.until:
            self.next()
        else:
            self.transport.close()
            self.done.set_result(None)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed the connection"))


async def main(port: int, connections: int, seconds: float, paths: list[str], accept: str, rate: float) -> None:
    head = f"Host: 127.0.0.1:{port}\r\nAccept: {accept}\r\nAccept-Language: zh-CN,zh;q=0.9,en;q=0.5\r\n\r\n"
    requests = [f"GET {path} HTTP/1.1\r\n{head}".encode() for path in paths]
    took: list[float] = []
    statuses: dict[bytes, int] = {}
    start, cpu = time.perf_counter(), time.process_time()
    loop = asyncio.get_running_loop()
    clients = [
        (
            await loop.create_connection(
                lambda: Client(requests, start + seconds, took, statuses, connections / rate if rate else 0.0),
                "127.0.0.1",
                port,
            )
        )[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*[client.done for client in clients])
    wall = time.perf_counter() - start
    took.sort()
    figures = {
        "per_second": len(took) / wall,
        "p50_ms": took[len(took) // 2] * 1000,
        "p99_ms": took[int(len(took) * 0.99)] * 1000,
        "requests": len(took),
        "client_us": (time.process_time() - cpu) / len(took) * 1e6,
        "statuses": {status.decode(): count for status, count in statuses.items()},
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    port, connections, seconds, file, *more = sys.argv[1:]
    accept, rate = [*more, "*/*", "0"][:2] if not more else [*more, "0"][:2]
    paths = Path(file).read_text().split()
    asyncio.run(main(int(port), int(connections), float(seconds), paths, accept, float(rate)))
