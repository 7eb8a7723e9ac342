"""A program on a pseudo-terminal, and what its screen shows: not only what it has just painted.

Only what Textual writes is understood: text, the cursor put somewhere, lines and screens erased. Whatever else might
move text raises, so that nobody waits for a screen that is not as it seems.
"""

from __future__ import annotations

import codecs
import os
import re
import select
import time
from collections.abc import Sequence

from tests.bench.terminal import Painted, Terminal
from tests.waiting import PATIENCE

_TOKEN = re.compile(
    r"\x1b\[(?P<private>[?>=<]?)(?P<numbers>[0-9;]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[()][0-9A-Z]|\x1b[=>78MNODEHc]"
    r"|(?P<control>[\r\n\b\x07\x00\x0e\x0f])|(?P<text>[^\x1b\x00-\x1f]+)"
)
_HARMLESS = frozenset("mhlntcqpu")
"""Colours, modes, questions: they move nothing."""


class Glass:
    """The cells of a screen."""

    def __init__(self, columns: int, rows: int) -> None:
        self._columns = columns
        self._cells = [[" "] * columns for _ in range(rows)]
        self._x = self._y = 0
        self._rest = ""
        # what is read at once may end within a character
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, written: bytes) -> None:
        """Take what a program wrote. A sequence that is not whole yet waits for its end."""
        text = self._rest + self._decoder.decode(written)
        at = 0
        while found := _TOKEN.match(text, at):
            self._take(found)
            at = found.end()
        self._rest = text[at:]
        if len(self._rest) > 100:
            raise Painted(f"{self._rest[:40]!r} is nothing that this screen understands")

    def lines(self) -> list[str]:
        """What it shows."""
        return ["".join(row).rstrip() for row in self._cells]

    def _take(self, found: re.Match[str]) -> None:
        if found["text"]:
            self._write(found["text"])
        elif found["control"]:
            self._control(found["control"])
        elif found["final"] and not found["private"] and not found["between"]:
            self._command(found["final"], [int(number or 0) for number in found["numbers"].split(";")])

    def _write(self, text: str) -> None:
        for sign in text:
            if self._x < self._columns and self._y < len(self._cells):
                self._cells[self._y][self._x] = sign
            self._x += 1

    def _control(self, sign: str) -> None:
        if sign == "\r":
            self._x = 0
        elif sign == "\n":
            self._x, self._y = 0, min(self._y + 1, len(self._cells) - 1)
        elif sign == "\b":
            self._x = max(0, self._x - 1)

    def _command(self, final: str, numbers: list[int]) -> None:
        first = numbers[0]
        match final:
            case "H" | "f":
                self._y = max(first, 1) - 1
                self._x = max(numbers[1] if len(numbers) > 1 else 1, 1) - 1
            case "J":
                self._erase(self._y, len(self._cells))
            case "K":
                self._cells[self._y][self._x :] = [" "] * (self._columns - self._x)
            case "A" | "B":
                self._y += max(first, 1) * (1 if final == "B" else -1)
            case "C" | "D":
                self._x += max(first, 1) * (1 if final == "C" else -1)
            case _ if final not in _HARMLESS:
                raise Painted(f"CSI {numbers} {final} is nothing that this screen understands")

    def _erase(self, first: int, last: int) -> None:
        for row in self._cells[first:last]:
            row[:] = [" "] * self._columns


class Screen(Terminal):
    """A program on a pseudo-terminal whose screen can be read."""

    def __init__(self, command: Sequence[str], columns: int = 80, rows: int = 24) -> None:
        super().__init__(command, columns, rows)
        self._glass = Glass(columns, rows)

    def shows(self, *texts: str, timeout: float = PATIENCE) -> list[str]:
        """Wait until the screen shows these texts, all at once; gives its lines.

        Raises:
            Painted: it does not in that time, in seconds, or the program has ended.
        """
        end = time.perf_counter() + timeout
        while True:
            lines = self._glass.lines()
            if all(any(text in line for line in lines) for text in texts):
                return lines
            if not select.select([self._fd], [], [], max(0.0, end - time.perf_counter()))[0]:
                raise Painted(f"{texts} are not on the screen:\n" + "\n".join(lines))
            try:
                self._glass.feed(os.read(self._fd, 1 << 16))
            except OSError:
                raise Painted("the program ended; its screen:\n" + "\n".join(lines)) from None
