"""Send to or fetch from an address that others chose, without letting them reach what only we can reach (SSRF).

Names are resolved once, every address is judged, and the connection goes to the address that was judged. No redirect is
followed, of an answer no more is read than was asked for, and everything together takes at most so long.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
LONGEST_URL = 2000
MOST_ADDRESSES = 3
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
"""IETF protocol assignments; a cloud keeps its metadata there."""
_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".localdomain", ".home.arpa")


class Unsendable(Exception):
    """Nothing came back that counts as an answer. ``code``: a short word for what it was."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class BadDestination(ValueError):
    """An address to which nothing may be sent. ``code``: a short word for why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Destination:
    """The parts of a destination: ``host`` without brackets, ``target`` with query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """Without path and query, which may hold secrets of the receiver."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def netloc(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == {"http": 80, "https": 443}[self.scheme] else f"{shown}:{self.port}"


def networks(text: str) -> tuple[Network, ...]:
    """Networks in CIDR notation, separated by commas. Raises ValueError."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_public(address: Address) -> bool:
    """Whether it is of the public Internet, also for an IPv4 address in IPv6 clothes."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        # Site-local addresses were given up (RFC 3879), but networks still route them within.
        if address.is_site_local:
            return False
    if address in _PROTOCOLS:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def read_destination(url: str, allowed: tuple[Network, ...] = ()) -> Destination:
    """Judge a destination by its text alone: nothing is resolved. Raises BadDestination.

    ``allowed``: networks that may be reached although they are not public, and without TLS.
    """
    if len(url) > LONGEST_URL or not url.isascii() or any(c <= " " or c in '"<>\\^`{|}\x7f' for c in url):
        raise BadDestination("not-a-url")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise BadDestination("not-a-url")
    if parts.scheme not in ("http", "https") or not host or "%" in host or port == 0:
        raise BadDestination("not-a-url")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadDestination("user-or-fragment")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = Destination(parts.scheme, host, port or {"http": 80, "https": 443}[parts.scheme], target)
    literal = _literal(host)
    if literal is not None:
        judge(found, literal, allowed)
    elif found.scheme == "http" and not allowed:
        raise BadDestination("https-required")
    elif not allowed and ("." not in host or f".{host}".endswith(_LOCAL_ENDINGS)):
        raise BadDestination("not-public")
    return found


def _literal(host: str) -> Address | None:
    """The address that a host is when no name server is asked: also 127.1, 2130706433 and 0x7f000001."""
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    return ipaddress.ip_address(str(found[0][4][0]).partition("%")[0])


def judge(destination: Destination, address: Address, allowed: tuple[Network, ...]) -> None:
    """Raise BadDestination unless something may be sent to this address of the destination."""
    plain = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped else address
    if any(plain in network for network in allowed if network.version == plain.version):
        return
    if not is_public(address):
        raise BadDestination("not-public")
    if destination.scheme != "https":
        raise BadDestination("https-required")


async def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host, as the system's name servers tell them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(row[4][0]).partition("%")[0] for row in found]


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. body: empty unless it was asked for; media_type: without parameters, in small letters."""

    status: int
    retry_after: str
    media_type: str
    body: bytes


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: tuple[Network, ...] = (),
    seconds: float = 20,
    resolve: Resolve = resolve,
) -> tuple[int, str]:
    """POST and return the status and the ``Retry-After`` header. Raises Unsendable, BadDestination.

    All addresses of the host must be allowed: of a name that has a public and a private one, none is used.
    """
    answer = await send(url, body, headers, allowed=allowed, seconds=seconds, resolve=resolve)
    return answer.status, answer.retry_after


async def send(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    most: int = 0,
    allowed: tuple[Network, ...] = (),
    seconds: float = 20,
    resolve: Resolve = resolve,
) -> Answer:
    """:func:`post` where the answer's body counts, of at most ``most`` bytes. Raises Unsendable, BadDestination."""
    return await _exchange(_Request("POST", body, headers, most), url, allowed, seconds, resolve)


async def get(
    url: str,
    headers: Mapping[str, str],
    *,
    most: int,
    allowed: tuple[Network, ...] = (),
    seconds: float = 20,
    resolve: Resolve = resolve,
) -> Answer:
    """GET an answer of at most ``most`` bytes, not compressed. Raises Unsendable ("too-large"...), BadDestination."""
    return await _exchange(_Request("GET", b"", headers, most), url, allowed, seconds, resolve)


@dataclass(frozen=True, slots=True)
class _Request:
    """most: bytes that are read of the answer; 0: none at all."""

    method: str
    body: bytes
    headers: Mapping[str, str]
    most: int


async def _exchange(
    request: _Request, url: str, allowed: tuple[Network, ...], seconds: float, resolve: Resolve
) -> Answer:
    destination = read_destination(url, allowed)
    try:
        async with asyncio.timeout(seconds):
            literal = _literal(destination.host)
            found = [literal] if literal else await _addresses(destination, resolve)
            for address in found:
                judge(destination, address, allowed)
            return await _send_to_any(destination, found[:MOST_ADDRESSES], request)
    except TimeoutError:
        raise Unsendable("timed-out")


async def _addresses(destination: Destination, resolve: Resolve) -> list[Address]:
    try:
        found = [ipaddress.ip_address(text) for text in await resolve(destination.host, destination.port)]
    except (OSError, UnicodeError):
        raise Unsendable("no-such-host")
    if not found:
        raise Unsendable("no-such-host")
    return found


async def _send_to_any(destination: Destination, addresses: list[Address], request: _Request) -> Answer:
    """The next address is tried only where nothing was sent to the one before."""
    for address in addresses[:-1]:
        try:
            return await _send(destination, address, request)
        except Unsendable as error:
            if error.code != "not-connected":
                raise
    return await _send(destination, addresses[-1], request)


async def _send(destination: Destination, address: Address, request: _Request) -> Answer:
    shown = f"[{address}]" if address.version == 6 else str(address)
    extensions: dict[str, Any] = {"sni_hostname": destination.host}
    url = f"{destination.scheme}://{shown}:{destination.port}{destination.target}"
    headers = {**request.headers, "Host": destination.netloc, "Accept-Encoding": "identity"}
    open_client = httpx.AsyncClient(verify=_tls(), trust_env=False, timeout=None)  # noqa: S113  # all has a timeout
    try:
        async with (
            open_client as client,
            client.stream(
                request.method, url, content=request.body or None, headers=headers, extensions=extensions
            ) as response,
        ):
            body = await _read(response, request.most)
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            return Answer(response.status_code, response.headers.get("retry-after", ""), media_type, body)
    except httpx.ConnectError as error:
        raise Unsendable("bad-certificate" if "CERTIFICATE" in str(error).upper() else "not-connected")
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise Unsendable("broken-off")


async def _read(response: httpx.Response, most: int) -> bytes:
    """The body as it comes: what is too large is not read to its end, and nothing is unpacked."""
    body = bytearray()
    if most and response.headers.get("content-encoding", "identity") != "identity":
        raise Unsendable("compressed")
    if most:
        async for part in response.aiter_raw(65536):
            body += part
            if len(body) > most:
                raise Unsendable("too-large")
    return bytes(body)
