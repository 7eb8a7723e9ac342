"""A program on a pseudo-terminal: keys go in, and what it paints comes out with the time at which it came."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|.)", re.DOTALL
)


class Painted(Exception):
    """The program ended, or did not paint what was waited for."""


class Terminal:
    """A program on a pseudo-terminal of its own, killed with its children at the end."""

    def __init__(self, command: Sequence[str], columns: int = 80, rows: int = 24) -> None:
        self._ended = False
        self.painted = b""
        """All that it has painted."""
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
            os.execvp(command[0], list(command))
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        if not self._ended:
            os.waitpid(self.pid, 0)
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        with contextlib.suppress(OSError):
            os.close(self._fd)

    def ended(self, timeout: float = PATIENCE) -> int:
        """The exit status, once the program has ended by itself; minus the signal that ended it.

        Raises:
            Painted: it goes on.
        """
        end = time.perf_counter() + timeout
        while time.perf_counter() < end:
            with contextlib.suppress(OSError):
                if select.select([self._fd], [], [], 0.01)[0]:
                    self.painted += os.read(self._fd, 1 << 16)
                    continue
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._ended = True
                return os.waitstatus_to_exitcode(status)
        raise Painted("the program goes on")

    def type(self, keys: str) -> float:
        """Write keys; gives the moment at which they were written, in seconds."""
        os.write(self._fd, keys.encode())
        return time.perf_counter()

    def wait_for(self, text: str, timeout: float = PATIENCE, again: str = "") -> float:
        """The moment at which a text was painted, from now on. Case does not count.

        Args:
            text: what is waited for.
            timeout: in seconds.
            again: written every 60 ms until then: a program that starts may throw away what comes early.
        """
        wanted, seen, end = text.casefold(), b"", time.perf_counter() + timeout
        while time.perf_counter() < end:
            ready, _, _ = select.select([self._fd], [], [], 0.06 if again else end - time.perf_counter())
            if not ready:
                os.write(self._fd, again.encode())
                continue
            try:
                fresh = os.read(self._fd, 1 << 16)
            except OSError:
                break
            seen, self.painted = seen + fresh, self.painted + fresh
            now = time.perf_counter()
            if wanted in _ESCAPES.sub(b"", seen).decode("utf-8", "replace").casefold():
                return now
        raise Painted(f"{text!r} was not painted; the last that was: {_ESCAPES.sub(b'', seen)[-200:]!r}")

    def settle(self, quiet: float = 0.1) -> None:
        """Read until nothing has been painted for so many seconds."""
        while select.select([self._fd], [], [], quiet)[0]:
            self.painted += os.read(self._fd, 1 << 16)

    def pause(self, seconds: float) -> str:
        """Read for so long; gives what was painted meanwhile."""
        seen, end = b"", time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._fd], [], [], left)[0]:
                seen += os.read(self._fd, 1 << 16)
        return _ESCAPES.sub(b"", seen).decode("utf-8", "replace")

    def peak_memory(self) -> float:
        """The program's peak resident memory in MiB: its own process, not those that a demo starts beside it."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
