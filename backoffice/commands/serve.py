"""`tui-pos-server serve`: answer tills until told to end."""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import uvicorn

from backoffice.api.app import create_app
from backoffice.api.connections import BoundedConnection
from backoffice.chores import Chores
from backoffice.errors import BadValue
from backoffice.journal.signatures import Beside
from backoffice.server import open_server
from backoffice.updates.publisher import Publisher
from tui_pos.l10n import n_

_GRACE = 5
"""Seconds in which calls under way may end."""
_PATIENCE = 20.0
"""Seconds in which the database answers a statement: then tills are told to come again."""
_BACKLOG = 1024


def run(options: argparse.Namespace) -> int:
    """Serve; says `listening on ADDRESS` once it does, and ends cleanly on SIGTERM."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s"
    )
    _allow_connections()
    return asyncio.run(_serve(options))


def _allow_connections() -> None:
    """Take all the open files that the system grants: a till holds up to four connections, and 1024 files are usual."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # some systems name a bound, and grant less
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _serve(options: argparse.Namespace) -> int:
    listening = listen(options.host, options.port)
    server = await open_server(options.db, upgrade=True, patience=_PATIENCE)
    try:
        verifier = Beside() if (os.cpu_count() or 1) > 1 else None
        app = create_app(server, verifier, updates=options.updates)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            http=BoundedConnection,
            ws="none",
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_GRACE,
            ssl_certfile=options.certificate,
            ssl_keyfile=options.certificate_key,
            # addresses of callers are only logged; who they are, their signatures say
            proxy_headers=False,
        )
        _load(config, options.certificate)
        host, port = listening.getsockname()[:2]
        scheme = "https" if options.certificate else "http"
        serving = _Announcing(config, f"{scheme}://{_host(host)}:{port}", app.state.calls)
        if options.until_input_ends:
            _end_with_input(serving)
        chores = Chores(server, app.state.calls.snapshots)
        if options.export is not None:
            chores.export(options.export, options.export_every)
        if options.updates is not None:
            chores.keep_fresh(Publisher(options.updates))
        chores.start()
        try:
            await serving.serve(sockets=[listening])
        finally:
            await chores.close()
        return 0 if serving.started else 1
    finally:
        await server.close()


def _end_with_input(serving: uvicorn.Server) -> None:
    """A demo's server goes with its till, however that one ends."""

    def wait() -> None:
        while sys.stdin.buffer.read(1 << 12):
            pass
        serving.should_exit = True

    threading.Thread(target=wait, name="standard input", daemon=True).start()


class _Announcing(uvicorn.Server):
    """Says when it listens, and sends long polls away before it waits for calls to end."""

    def __init__(self, config: uvicorn.Config, address: str, calls: Any) -> None:
        super().__init__(config)
        self._address = address
        self._calls = calls

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT end this server, and are not raised again afterwards: the database has to be closed."""
        loop = asyncio.get_running_loop()
        ends = (signal.SIGINT, signal.SIGTERM)
        for number in ends:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in ends:
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"listening on {self._address}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._calls.watch.close()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        BadValue: nobody can listen there.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = n_("it is in use") if error.errno == errno.EADDRINUSE else str(error.strerror or error)
        raise BadValue(what=n_("The address"), value=f"{host}:{port}", reason=reason) from error
    except UnicodeError as error:
        raise BadValue(what=n_("The address"), value=host, reason=n_("no host can have this name")) from error
    # connections take it over; without it the second write of an answer waits for a caller's late acknowledgement:
    # asyncio sees to that only where a socket names its protocol
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _load(config: uvicorn.Config, certificate: str | None) -> None:
    try:
        config.load()
    except OSError as error:
        raise BadValue(
            what=n_("The certificate"), value=certificate, reason=error.strerror or error
        ) from error


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host
