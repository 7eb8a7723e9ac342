"""A server for a bench: a real process, on a database that is thrown away."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg

from tests.bench.terminal import ROOT
from tests.postgresql import Cluster

_SERVER = [sys.executable, "-m", "backoffice"]
_SETTINGS = ("max_connections=60", "shared_buffers=128MB")
"""PostgreSQL's own settings otherwise: what it says is kept, is."""


@contextmanager
def database_at(wanted: str, folder: Path) -> Iterator[str]:
    """The address of an empty database: `sqlite`, `postgresql` (a server of our own), or an address as it is."""
    # the servers' keys and snapshots stay with what is thrown away
    os.environ |= {"TUI_POS_SECRET_DIR": str(folder / "secrets"), "XDG_CACHE_HOME": str(folder / "cache")}
    if wanted == "sqlite":
        yield f"sqlite:///{folder}/server.db"
    elif wanted == "postgresql":
        cluster = Cluster(_SETTINGS)
        try:
            asyncio.run(_execute(cluster.address("postgres"), "CREATE DATABASE bench"))
            yield cluster.address("bench")
        finally:
            cluster.stop()
    else:
        yield wanted


async def _execute(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def command(database: str, *arguments: str) -> str:
    """What a command of the server prints."""
    done = subprocess.run(
        [*_SERVER, *arguments, "--db", database, "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def add_till(database: str, name: str, url: str, config: Path | None = None) -> str:
    """Add a till that reaches the server at `url`; gives the code that it enrols with."""
    files = ("--config", str(config)) if config is not None else ()
    added = json.loads(command(database, "till", "add", "--name", name, "--url", url, *files))
    return str(added["code"])


class Serving:
    """`tui-pos-server serve`, while the block lasts."""

    def __init__(self, database: str) -> None:
        self._process = subprocess.Popen(
            [*_SERVER, "serve", "--db", database, "--port", "0"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        self.address = re.sub("listening on ", "", said).strip()
        self.port = int(self.address.rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
