"""`tui-pos-server` as a person has it: commands on a database, and `serve` in a process that can be killed."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parent.parent


def _ports() -> Iterator[int]:
    """The ports of this worker of the tests, again and again, from anywhere among them on."""
    first = 15_000 + 1_000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 17)
    begin = random.randrange(1_000)
    return cycle([*range(first + begin, first + 1_000), *range(first, first + begin)])


_PORTS = _ports()


def free_port() -> int:
    """A port of this machine that nobody has, and that the system gives to no connection.

    Whoever calls a port of those that it does give may be given the very same one: he then speaks with himself, and the
    server that was to listen there finds it taken. Nor is it given twice, to two tests that run beside each other.
    """
    while True:
        port = next(_PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class ServerProcess:
    """A server of its own: its database, its keys, and a process while it serves.

    Args:
        folder: where its keys lie, and its database where none is named.
        database: the URL of another one.
    """

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.database = database or f"sqlite:///{folder / 'server.db'}"
        self.port = free_port()
        self.environment: Mapping[str, str] = {**os.environ, "TUI_POS_SECRET_DIR": str(folder / "secrets")}
        self.updates: Path | None = None
        """A repository of updates that it hands on."""
        self._log = folder / "server.log"
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where it serves, again after a restart."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str) -> str:
        """One command, which has to succeed; gives what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "backoffice", *arguments, "--db", self.database, "--json"],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{arguments}: {done.stderr[-300:]}"
        return done.stdout

    def start(self) -> None:
        """Serve; returns once it listens."""
        updates = ("--updates", str(self.updates)) if self.updates else ()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "backoffice",
                    "serve",
                    "--db",
                    self.database,
                    "--port",
                    str(self.port),
                    *updates,
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        assert "listening on" in self._process.stdout.readline(), self._log.read_text()[-500:]

    def end(self, how: int = signal.SIGTERM) -> None:
        """Stop serving, cleanly or by `SIGKILL`."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.communicate(timeout=PATIENCE)
            self._process = None

    def books(self) -> list[dict[str, Any]]:
        """What it holds of each till, in the order in which they were made."""
        rows: list[dict[str, Any]] = json.loads(self.run("journal"))
        return rows

    def tickets(self) -> list[dict[str, Any]]:
        """Every closed ticket, as it was received."""
        return [json.loads(line) for line in self.run("tickets").splitlines()]
