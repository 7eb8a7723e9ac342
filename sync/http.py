"""The transport on httpx: HTTP/1.1 kept alive, inside TLS, through a proxy where there is one."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from sync.addresses import LOOPBACK, check_address, check_proxy, without_password
from sync.errors import BadAddress, NotTrusted, ProxyRefused, Reason, TimedOut, Unreachable, n_
from sync.ports import Reply, Request, Stream

E = TypeVar("E", bound=BaseException)

PROXY_REFUSES = 407
_STALL_BYTES = 1024
"""A body that brings less than this within the time-out is as good as none."""


class HttpTransport:
    """Requests by HTTP to one server.

    Args:
        url: its address.
        ca: certificates (PEM) that are trusted instead of the system's.
        proxy: the address of a proxy, with its credentials; None: as the environment says.

    Raises:
        BadAddress: an address cannot be used.
        NotTrusted: `ca` holds no certificate.
    """

    def __init__(self, url: str, *, ca: str | None = None, proxy: str | None = None) -> None:
        address = check_address(url)
        try:
            self._url = httpx.URL(address)
        except httpx.InvalidURL as error:
            raise BadAddress(url=url, reason=str(error)) from None
        try:
            self._client = httpx.AsyncClient(
                verify=_trust(ca) if self._url.scheme == "https" else False,
                proxy=check_proxy(proxy) if proxy else None,
                trust_env=urlsplit(address).hostname not in LOOPBACK,
                # time-outs are ours: httpx has none for an answer as a whole
                timeout=None,  # noqa: S113
                follow_redirects=False,
                limits=httpx.Limits(max_keepalive_connections=4, keepalive_expiry=30),
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise BadAddress(url=without_password(proxy or url), reason=str(error)) from None

    async def exchange(self, request: Request, *, within: float, limit: int) -> Reply:
        """Send a request and take the whole answer (see `Transport`)."""
        with _translated(within):
            async with asyncio.timeout(within):
                response = await self._send(request)
                try:
                    return Reply(response.status_code, _headers(response), await _body(response, limit))
                finally:
                    await response.aclose()

    @asynccontextmanager
    async def stream(self, request: Request, *, within: float) -> AsyncIterator[Stream]:
        """Send a request and take the answer as it comes (see `Transport`)."""
        with _translated(within):
            async with asyncio.timeout(within):
                response = await self._send(request)
        try:
            yield HttpStream(response, within)
        finally:
            with _translated(within):
                await response.aclose()

    async def close(self) -> None:
        """Let go of all connections."""
        await self._client.aclose()

    async def _send(self, request: Request) -> httpx.Response:
        # byte for byte as it was signed; where httpx would make another path of it, it is given by itself, which a
        # proxy would take for its own target
        target = request.target.encode("ascii")
        url = self._url.copy_with(raw_path=target)
        made = self._client.build_request(
            request.method,
            url,
            headers=dict(request.headers),
            content=request.body if request.method != "GET" else None,
            extensions=None if url.raw_path == target else {"target": target},
        )
        response = await self._client.send(made, stream=True)
        if response.status_code == PROXY_REFUSES:
            await response.aclose()
            raise ProxyRefused(reason=_NO_PASSAGE)
        return response


class HttpStream:
    """An answer whose body comes bit by bit."""

    def __init__(self, response: httpx.Response, within: float) -> None:
        self.status = response.status_code
        self.headers = _headers(response)
        self._response = response
        self._within = within

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes (see `Stream`); one that only trickles is given up."""
        loop = asyncio.get_running_loop()
        body = aiter(self._response.aiter_raw())
        with _translated(self._within):
            since, come = loop.time(), 0
            while True:
                async with asyncio.timeout_at(since + self._within):
                    chunk = await anext(body, None)
                if chunk is None:
                    return
                come += len(chunk)
                if come >= _STALL_BYTES:
                    since, come = loop.time(), 0
                yield chunk


async def _body(response: httpx.Response, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            raise Unreachable(reason=Reason(n_("the answer has more than {limit} bytes"), limit=limit))
    return bytes(body)


def _headers(response: httpx.Response) -> Mapping[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _trust(ca: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cadata=ca)
    except (ssl.SSLError, ValueError):
        raise NotTrusted(
            reason=n_("the certificate authority cannot be read: its file holds no certificate (PEM)")
        ) from None


@contextmanager
def _translated(within: float) -> Iterator[None]:
    """The one place where errors of httpx become the engine's."""
    try:
        yield
    except TimeoutError:
        raise TimedOut(reason=Reason(n_("no answer in {seconds} s"), seconds=f"{within:g}")) from None
    except (httpx.HTTPError, httpx.StreamError, OSError) as error:
        if certificate := _behind(error, ssl.SSLCertVerificationError):
            other = certificate.verify_code in _OTHER_NAMES
            raise NotTrusted(reason=_OTHER_NAME if other else certificate.verify_message) from error
        if isinstance(error, httpx.ProxyError):
            asks = str(PROXY_REFUSES) in str(error)
            raise ProxyRefused(reason=_NO_PASSAGE if asks else str(error)) from error
        raise Unreachable(reason=_cause(error)) from error


def _cause(error: Exception) -> str:
    """Why there is no connection, and what to look at."""
    if isinstance(error, httpx.ConnectError):
        if _behind(error, socket.gaierror):
            return n_(
                "its name is not known here; check the address, and whether this machine is on the network"
            )
        if _behind(error, ssl.SSLError):
            return n_("no TLS is spoken there; check the address and the port")
        return n_("no connection can be made; check the address, the port, the proxy and the network")
    if isinstance(error, httpx.RemoteProtocolError):
        return n_(
            "the connection was cut before an answer came; check the address: https or http, and the port"
        )
    return str(error) or n_("the connection was cut")


def _behind(error: BaseException | None, kind: type[E]) -> E | None:
    """The error of a kind that led to this one; None: none did."""
    while error is not None:
        if isinstance(error, kind):
            return error
        error = error.__cause__ or error.__context__
    return None


_OTHER_NAMES = frozenset({62, 64})
"""What OpenSSL calls a mismatch of the host name, or of the IP address."""
_OTHER_NAME = n_("it is for another name or address")
_NO_PASSAGE = n_("it asks for a user and a password, or refuses those that it was given")
