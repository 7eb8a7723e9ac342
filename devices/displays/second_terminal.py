"""A second terminal that shows the sale to the customer: a console (`/dev/tty2`) or any other terminal's device."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from msgspec.structs import replace

from devices.cells import cells, clean, fill, pad, plain_spaces, wrap
from devices.displays.board import Board
from devices.transports.transport import Transport, TransportError

_BEGIN = b"\x1b[?25l\x1b[H"
"""Without a cursor, from the top."""
_CURSOR = b"\x1b[?25h"
_END_OF_LINE, _END_OF_SCREEN = b"\x1b[K", b"\x1b[J"
_STRONG, _PLAIN = "\x1b[1;7m", "\x1b[0m"
"""What matters now: bold, and dark on light."""


def drawn(board: Board, columns: int, rows: int) -> bytes:
    """The board as a terminal of this size takes it: the newest lines, then the sums, or a message in the middle."""
    message = [pad(line, columns, "center") for line in _wrapped(board.message, columns)]
    if board.idle:
        text = [""] * ((rows - len(message)) // 2) + message[:rows]
    else:
        sums = [_side_by_side(*each, columns) for each in board.sums]
        sums[-1:] = map(_strong, sums[-1:])
        said = [_strong(fill(line, columns, "left")) for line in message]
        below = [*said, *(["-" * columns] if sums else []), *sums]
        lines = [_side_by_side(*each, columns) for each in board.lines]
        room = max(0, rows - len(below))
        shown = lines[-room:] if room else []
        text = [""] * (room - len(shown)) + shown + below
    body = (_END_OF_LINE + b"\r\n").join(line.encode("utf-8") for line in text[-rows:])
    return _BEGIN + body + _END_OF_LINE + _END_OF_SCREEN


def _strong(line: str) -> str:
    return f"{_STRONG}{line}{_PLAIN}"


def _wrapped(message: str, columns: int) -> list[str]:
    """The lines of a message, none wider than the terminal."""
    said = [clean(line) for line in message.split("\n") if line]
    return [plain_spaces(piece) for line in said for piece in wrap(line, columns)]


def _cut(text: str, columns: int) -> str:
    text = plain_spaces(clean(text))
    while cells(text) > columns:
        text = text[:-1]
    return text


def _side_by_side(left: str, right: str, columns: int) -> str:
    right = _cut(right, columns)
    room = max(0, columns - cells(right) - 1)
    return fill(_cut(left, room), room, "left") + " " + right


TURN = 8.0
"""Seconds that a text stays while nothing is sold."""


class SecondTerminal:
    """The display `screen` at `file:/dev/ttyN`.

    Args:
        columns, rows: of that terminal.
        adverts: texts that take turns with the greeting while nothing is sold.
        clock: seconds that pass.
    """

    driver = "screen"

    def __init__(
        self,
        name: str,
        transport: Transport,
        columns: int,
        rows: int,
        adverts: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._transport = transport
        self._columns = columns
        self._rows = rows
        self._adverts = adverts
        self._clock = clock
        self._board: Board | None = None
        self._since = 0.0

    async def probe(self) -> None:
        """Whether the terminal is there; it is drawn anew, with the text whose turn it is."""
        await self._transport.open()
        if self._board is not None and self._transport.answers:  # a plain file would only grow
            await self._draw(self._board)

    async def close(self) -> None:
        """Let go of it: nothing that was said is said any more."""
        if self._transport.is_open and self._transport.answers:
            with suppress(TransportError):
                await self._transport.write(_BEGIN + _END_OF_SCREEN + _CURSOR)
        await self._transport.close()

    async def show(self, upper: str, lower: str) -> None:
        """Two lines are a message."""
        await self.show_board(Board(message="\n".join(line.strip() for line in (upper, lower))))

    async def show_board(self, board: Board) -> None:
        """Draw this instead of what was there."""
        if board != self._board:
            self._board, self._since = board, self._clock()
        await self._transport.open()
        await self._draw(board)

    async def _draw(self, board: Board) -> None:
        message = board.message
        if board.idle:
            texts = [text for text in (board.message, *self._adverts) if text] or [""]
            message = texts[int((self._clock() - self._since) / TURN) % len(texts)]
        await self._transport.write(drawn(replace(board, message=message), self._columns, self._rows))
