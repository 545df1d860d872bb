"""Call an address that somebody else chose, without being led to call anything of ours.

The name is looked up once; every address it has must be public, and the connection goes to the
one that was looked at: a name that means something else a moment later changes nothing. Nothing
is followed, nothing of the answer is read but its status, and all of it takes a few seconds.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from coopkg.contributions import hooks
from coopkg.errors import ParameterError

CONNECT_S: Final = 3.0
WHOLE_S: Final = 8.0
AGENT: Final = "coopkg-hook/1"
# IPv6 that carries an IPv4 address in it: a network may lead it to a private one.
_CARRIERS: Final = tuple(
    IPv6Network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "address": ("l’adresse n’est plus acceptable", "the address is not acceptable any more"),
    "unknown": ("ce nom de machine n’existe pas", "there is no host of that name"),
    "private": (
        "ce nom mène à une adresse privée, que ce service n’appelle jamais",
        "this name leads to a private address, which this service never calls",
    ),
    "unreachable": ("aucune réponse à cette adresse", "nothing answers at that address"),
    "time": ("la réponse n’est pas venue à temps", "the answer did not come in time"),
    "certificate": ("le certificat n’est pas valable", "the certificate is not valid"),
    "redirect": (
        "l’adresse renvoie ailleurs, ce qui n’est pas suivi : donnez l’adresse finale",
        "the address leads elsewhere, which is not followed: give the final address",
    ),
    "status": ("la réponse n’est pas un succès", "the answer is no success"),
    "protocol": ("la réponse n’est pas du HTTP", "the answer is not HTTP"),
}


@dataclass(frozen=True)
class Answer:
    """What came of a call: `fault` is a key of REASONS, "" when it was received."""

    fault: str = ""
    status: int = 0


class _RefusedError(Exception):
    """The name leads where we do not go; its argument is a key of REASONS."""


def post(url: str, body: bytes, headers: Mapping[str, str], loopback: bool = False) -> Answer:
    """Send bytes to an address; 2xx means that they were received.

    `loopback` lets 127.0.0.1 and ::1 be called, in plain HTTP too, as tests need.
    """
    try:
        hooks.check(url, loopback)
    except ParameterError:
        return Answer("address")
    try:
        with _connected(url, loopback) as connection:
            return _sent(connection, url, body, headers)
    except _RefusedError as refused:
        return Answer(str(refused))
    except ssl.SSLCertVerificationError:
        return Answer("certificate")
    except TimeoutError:
        return Answer("time")
    except (http.client.HTTPException, ValueError):
        return Answer("protocol")
    except OSError:
        return Answer("unreachable")


def public(host: str, port: int, loopback: bool = False) -> list[tuple[Any, str]]:
    """Return the addresses of a host, each with its family.

    Raises:
        _RefusedError: it has none, or one of them is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _RefusedError("unknown") from None
    if not all(is_public(str(where[0]), loopback) for *_, where in found):
        raise _RefusedError("private")
    return [(family, str(where[0])) for family, *_, where in found]


def is_public(address: str, loopback: bool = False) -> bool:
    """Tell whether an address is one of the Internet, or the machine itself when that is allowed.

    >>> is_public("9.9.9.9"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if isinstance(ip, IPv6Address) and any(ip in one for one in _CARRIERS):
        return False
    if ip.is_loopback:
        return loopback
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


@contextmanager
def _connected(url: str, loopback: bool) -> Iterator[http.client.HTTPConnection]:
    """Connect to the very address that was looked at; the whole call ends in time."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    family, where = public(host, port, loopback)[0]
    opened = [socket.socket(family, socket.SOCK_STREAM)]
    ended = threading.Event()
    watch = threading.Timer(WHOLE_S, _end, (opened, ended))
    watch.daemon = True
    watch.start()
    connection = http.client.HTTPConnection(host, port)
    try:
        opened[0].settimeout(CONNECT_S)
        opened[0].connect((where, port))
        if secure:
            opened.append(_secured(opened[0], host))
        opened[-1].settimeout(WHOLE_S)
        if secure:
            opened[-1].do_handshake()  # type: ignore[attr-defined]  # it is an SSLSocket
        connection.sock = opened[-1]
        yield connection
        if ended.is_set():  # what was cut looks like an end
            raise TimeoutError
    except (OSError, http.client.HTTPException, ValueError):
        if ended.is_set():
            raise TimeoutError from None
        raise
    finally:
        watch.cancel()
        connection.close()
        opened[-1].close()


def _secured(raw: socket.socket, host: str) -> ssl.SSLSocket:
    """Wrap a socket, and leave the handshake to who can be stopped in it."""
    return _context().wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)


def _context() -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def _end(opened: Sequence[socket.socket], ended: threading.Event) -> None:
    """End a call that takes too long, whatever it waits for."""
    ended.set()
    with suppress(OSError):
        socket.socket.shutdown(opened[-1], socket.SHUT_RDWR)


def _sent(
    connection: http.client.HTTPConnection, url: str, body: bytes, headers: Mapping[str, str]
) -> Answer:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    common = {
        "Host": parts.netloc,
        "User-Agent": AGENT,
        "Content-Type": "application/json; charset=utf-8",
        "Connection": "close",
    }
    connection.request("POST", target, body, {**common, **headers})
    status = connection.getresponse().status
    if 200 <= status < 300:
        return Answer("", status)
    return Answer("redirect" if 300 <= status < 400 else "status", status)
