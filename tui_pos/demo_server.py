"""The demo's server: a process of its own that begins and ends with the till.

A demo profile that is new gets its server first: a database with the demo shop, a till made on it, and the enrolment
and the load that a real till goes through. On later starts the server comes up beside the till, after the first scans.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sync.membership import keep_membership, membership_of
from sync.store import KeySource, Store
from tui_pos.errors import refuse
from tui_pos.l10n import n_
from tui_pos.profile import Demo, take

if TYPE_CHECKING:
    from tui_pos.exchange import ServerSide

FOLDER = "server"
LATER = 1.0
"""Seconds after the till has opened in which it has the processor for itself."""
_NICE = 10
_HOST = "127.0.0.1"

_log = logging.getLogger(__name__)


class DemoServer:
    """The server of one demo profile.

    Args:
        profile: the till's folder; the server's is inside.
        demo: which shop, and how many products.
    """

    def __init__(self, profile: Path, demo: Demo) -> None:
        self._folder = profile / FOLDER
        self._profile = profile
        self._demo = demo
        self._process: asyncio.subprocess.Process | None = None

    @property
    def _database(self) -> str:
        return f"sqlite:///{(self._folder / 'server.db').absolute()}"

    @property
    def _environment(self) -> dict[str, str]:
        """The server's keys stay with the demo, not among those of real servers."""
        return {**os.environ, "TUI_POS_SECRET_DIR": str(self._folder.absolute())}

    def is_wanted(self) -> bool:
        """Whether this demo has a server: a profile that a program made without one goes on without."""
        return self._folder.exists() or not (self._profile / "till.db").exists()

    async def prepare(self) -> None:
        """Make the server and the till on it, where they are not there yet: a few seconds, once.

        Raises:
            Refused: it could not be made; the profile holds no till then.
        """
        if (self._profile / "till.db").exists():
            return
        # What an earlier start that was cut has left is no use: a code works once.
        await asyncio.to_thread(self._clear)
        shop, products = self._demo.shop, str(self._demo.products)
        await self._run("init", "--demo", shop, "--products", products)
        port = _free_port()
        config = self._folder / "till.config"
        url = f"http://{_HOST}:{port}"
        await self._run("till", "add", "--name", "Caisse 1", "--url", url, "--config", str(config))
        await self._serve(port)
        await self._enrol(config)

    def _clear(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._folder.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()

    async def _run(self, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "backoffice", *arguments, "--db", self._database, "--json"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
        )
        _, errors = await process.communicate()
        if process.returncode:
            said = errors.decode(errors="replace").strip().splitlines()
            text = n_(
                "The demo's server could not be made: {reason}. Nothing was kept: start the demo again."
            )
            raise refuse("internal", text, reason=said[-1] if said else process.returncode)

    async def _enrol(self, config: Path) -> None:
        from sync.enrol import enrol, invitation_of  # noqa: PLC0415 - once in the life of a demo
        from sync.http import HttpTransport  # noqa: PLC0415
        from sync.ports import Ports  # noqa: PLC0415
        from sync.protocol.configuration import read_configuration  # noqa: PLC0415
        from tui_pos.exchange import engine_at, program  # noqa: PLC0415

        invitation = invitation_of(read_configuration(await asyncio.to_thread(config.read_bytes)))
        transport = HttpTransport(invitation.url)
        try:
            with take(self._profile):
                await enrol(self._profile, invitation, Ports(transport), program(), key_source=KeySource.FILE)
        finally:
            await transport.close()
        async with engine_at(self._profile) as engine:
            await engine.load_full()

    def start_beside(self, store: Store, side: ServerSide) -> Callable[[], Awaitable[None]]:
        """Bring the server up beside a till that has just opened; gives what ends it with the till."""
        task = asyncio.create_task(self._accompany(store, side), name="the demo's server")

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self.stop()

        return end

    async def _accompany(self, store: Store, side: ServerSide) -> None:
        if self._process is None:
            await asyncio.sleep(LATER)
            membership = await membership_of(store)
            port = int(membership.url.rpartition(":")[2])
            if not _is_free(port):
                # Somebody has taken it since: the till learns where its server is now, for its next start.
                port = _free_port()
                async with store.transaction() as transaction:
                    await keep_membership(transaction, replace(membership, url=f"http://{_HOST}:{port}"))
            await self._serve(port)
        await side.plug(plugged=True)

    async def _serve(self, port: int) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "backoffice", "serve", "--db", self._database, "--port", str(port)),
            "--until-input-ends",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._environment,
        )
        if hasattr(os, "setpriority"):
            # A scan at the till is worth more than its way to the server.
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICE)
        if self._process.stdout is not None and not await self._process.stdout.readline():
            _log.warning("the demo's server ended at once")

    async def stop(self) -> None:
        """End the server with the till."""
        if self._process is None or self._process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        await self._process.wait()


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def _is_free(port: int) -> bool:
    try:
        with socket.create_server((_HOST, port)):
            return True
    except OSError:
        return False
