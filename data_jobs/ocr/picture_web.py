"""The bytes of a picture from the web, within limits, and never from an address inside a private network.

A catalogue is other people's text: an address in it must not make a worker ask the cloud's metadata service or a
neighbour's database. The host of every request, redirects included, is resolved once, all its addresses are checked,
and the connection goes to a checked address, so that a second answer of the name server changes nothing
(OWASP, Server-Side Request Forgery Prevention).
"""

from __future__ import annotations

import ipaddress
import random
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from data_jobs.ocr.picture_file import MAX_BYTES, PictureError, whole

REDIRECTS = 5
TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses of a server that may answer when asked again."""
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that IANA has given out for the Internet; the rest is local, multicast or reserved."""
WRAPPING = (ipaddress.ip_network("::ffff:0:0/96"), ipaddress.ip_network("64:ff9b::/96"))
"""IPv6 addresses that stand for the IPv4 address in their last 32 bits: mapped, and translated by NAT64."""
NAMES = {401: "no_permission", 403: "no_permission", 404: "web_missing", 410: "web_missing"}
HEADERS = {"User-Agent": "koubo-ocr/1 (+pictures of a catalogue)", "Accept": "image/*", "Accept-Encoding": "identity"}
LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class WebLimits:
    """Seconds for one try at a picture (all of it), tries, and hosts that may lie in a private network."""

    timeout_s: float = 20.0
    tries: int = 3
    private_hosts: frozenset[str] = frozenset()


class PrivateAddress(Exception):
    """A host that leads into a private network and is not among those allowed."""


@dataclass(slots=True)
class PublicTransport(httpx.BaseTransport):
    """Sends a request to an address of its host that was checked; the host's name stays in its header and in TLS."""

    private_hosts: frozenset[str]
    _inner: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises PrivateAddress, or httpx.ConnectError where the name cannot be resolved."""
        host = request.url.host
        address = checked_address(host, request.url.port or 0, host in self.private_hosts)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._inner.close()


def checked_address(host: str, port: int, private: bool) -> str:
    """An address of the host. Raises PrivateAddress where one of its addresses is not public and `private` is not set.

    Public: what IANA calls globally reachable (`ipaddress.is_global`) and is one host's; an IPv4 address inside an IPv6
    one (mapped, NAT64, 6to4, Teredo) has to be public too.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"{host}: {error}") from error
    addresses = [str(entry[4][0]).split("%")[0] for entry in found]
    hidden = [address for address in addresses if not _is_public(address)]
    if hidden and not private:
        raise PrivateAddress(f"{host} is {hidden[0]}, inside a private network; --private-hosts allows hosts by name")
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    if any(ip in network for network in WRAPPING):
        ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if isinstance(ip, ipaddress.IPv4Address):
        return _is_public_v4(ip)
    tunnelled = [inside for inside in (ip.sixtofour, *(ip.teredo or ())) if inside is not None]
    return ip in GLOBAL_UNICAST and ip.is_global and all(map(_is_public_v4, tunnelled))


def _is_public_v4(ip: ipaddress.IPv4Address) -> bool:
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class WebReader:
    """Reads pictures at http and https addresses; safe to use from several threads."""

    def __init__(self, limits: WebLimits, wait: Callable[[float], None] = time.sleep) -> None:
        """Open no connection yet. `wait` sleeps between tries."""
        self._limits, self._wait = limits, wait
        self._client = httpx.Client(
            transport=PublicTransport(limits.private_hosts),
            timeout=limits.timeout_s,
            follow_redirects=True,
            max_redirects=REDIRECTS,
            headers=HEADERS,
            trust_env=False,  # a proxy of the environment would resolve names itself
        )

    def read(self, url: str) -> bytes:
        """The content of the address, asked for again where the server or the way to it fails for a moment.

        Raises:
            PictureError: web_missing, no_permission, refused_address, unreachable or too_many_bytes.
        """
        for number in range(1, self._limits.tries + 1):
            try:
                return self._once(url)
            except (httpx.TransportError, _Busy) as error:
                if number == self._limits.tries:
                    raise PictureError(f"unreachable: {_why(error)} ({number} tries)") from error
                self._wait(_pause(number, error))
        raise AssertionError("tries is at least 1")

    def _once(self, url: str) -> bytes:
        try:
            with self._client.stream("GET", url) as answer:
                _check_status(answer)
                return self._content(answer)
        except PrivateAddress as error:
            raise PictureError(f"refused_address: {error}") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
            raise PictureError(f"refused_address: {error}") from error

    def _content(self, answer: httpx.Response) -> bytes:
        until, content = time.monotonic() + self._limits.timeout_s, bytearray()
        for piece in answer.iter_raw():
            content += piece
            if len(content) > MAX_BYTES:
                break
            if time.monotonic() > until:
                raise httpx.ReadTimeout(f"not done after {self._limits.timeout_s:g} s")
        return whole(bytes(content))


class _Busy(Exception):
    """A status of TEMPORARY; how long the server asks to wait, in seconds."""

    def __init__(self, status: int, wait_s: float) -> None:
        super().__init__(f"HTTP {status}")
        self.wait_s = wait_s


def _check_status(answer: httpx.Response) -> None:
    if answer.status_code in TEMPORARY:
        asked = answer.headers.get("Retry-After", "")
        raise _Busy(answer.status_code, float(asked) if asked.isascii() and asked.isdecimal() else 0.0)
    if not answer.is_success:
        reason = NAMES.get(answer.status_code, "unreachable")
        raise PictureError(f"{reason}: HTTP {answer.status_code}")


def _pause(number: int, error: Exception) -> float:
    """Seconds before the next try: half a second, doubled each time, spread so that actors do not return together."""
    asked = error.wait_s if isinstance(error, _Busy) else 0.0
    return min(LONGEST_WAIT_S, max(asked, 0.5 * 2 ** (number - 1) * random.uniform(0.5, 1.5)))


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__
