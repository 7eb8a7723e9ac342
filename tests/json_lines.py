"""A till spoken to by JSON lines, in this process or in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tests.waiting import PATIENCE
from tui_pos.headless import answer
from tui_pos.till import Till


def _line(do: str, fields: dict[str, Any]) -> bytes:
    """A request. What is waited for comes on a slow machine too."""
    patient = {"timeout": PATIENCE} if do == "wait" else {}
    return json.dumps({"do": do, **patient, **fields}).encode()


class Lines:
    """Requests in, replies out, through JSON both ways."""

    def __init__(self, till: Till) -> None:
        self.till = till

    async def raw(self, line: bytes) -> dict[str, Any]:
        reply: dict[str, Any] = json.loads(msgspec.json.encode(await answer(self.till, line)))
        assert set(reply["state"]) == {
            "user", "session", "ticket", "held", "link", "unsent", "messages", "prompt",
        }  # fmt: skip
        return reply

    async def ask(self, do: str, /, **fields: Any) -> dict[str, Any]:
        return await self.raw(_line(do, fields))

    async def ok(self, do: str, /, **fields: Any) -> dict[str, Any]:
        reply = await self.ask(do, **fields)
        assert reply["ok"], reply["error"]
        return reply

    async def refused(self, do: str, /, **fields: Any) -> str:
        reply = await self.ask(do, **fields)
        assert not reply["ok"]
        assert reply["error"]["message"]
        return str(reply["error"]["code"])


class Process:
    """A till in a process of its own, which can be killed at any time."""

    def __init__(self, profile: Path, *, demo: bool = True, program: Sequence[str] = ("tui_pos",)) -> None:
        arguments = [sys.executable, "-m", *program, "headless", "--lang", "en", "--profile", str(profile)]
        self._process = subprocess.Popen(
            arguments + ["--demo"] * demo,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    def give(self, do: str, /, **fields: Any) -> None:
        """A request whose reply nobody waits for."""
        assert self._process.stdin is not None
        self._process.stdin.write(_line(do, fields) + b"\n")
        self._process.stdin.flush()

    def reply(self) -> dict[str, Any]:
        """The next reply, once it has come."""
        assert self._process.stdout is not None
        reply: dict[str, Any] = json.loads(self._process.stdout.readline())
        return reply

    def ask(self, do: str, /, **fields: Any) -> dict[str, Any]:
        self.give(do, **fields)
        return self.reply()

    def ok(self, do: str, /, **fields: Any) -> dict[str, Any]:
        reply = self.ask(do, **fields)
        assert reply["ok"], (do, fields, reply["error"])
        return reply

    def last(self, do: str, /, **fields: Any) -> None:
        """A request that the process may not live to answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(_line(do, fields) + b"\n")
        self._process.stdin.flush()

    def wait(self) -> int:
        """Its exit status, once it has ended by itself."""
        return self._process.wait(timeout=PATIENCE)

    def end(self) -> tuple[int, str]:
        """Give no more requests; the exit status, and what was said on standard error."""
        _, errors = self._process.communicate(timeout=PATIENCE)
        return self._process.returncode, errors.decode()

    def asked_to_end(self, number: int) -> tuple[int, str]:
        """A signal while its input stays open and silent; the exit status, and what was said on standard error."""
        self._process.send_signal(number)
        self._process.wait(timeout=PATIENCE)
        return self.end()

    def kill(self) -> None:
        """As the power does it: `kill -9`."""
        self._process.kill()
        self._process.communicate()


def verify(profile: Path) -> None:
    """Run the check that anyone can run."""
    done = subprocess.run(
        [sys.executable, "-m", "tui_pos", "journal", "verify", "--profile", str(profile)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr
