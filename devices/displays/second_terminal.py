"""A second terminal that shows the sale to the customer: a console (`/dev/tty2`) or any other terminal's device."""

from __future__ import annotations

from devices.cells import cells, clean, fill, pad, plain_spaces
from devices.displays.board import Board
from devices.transports.transport import Transport

_BEGIN = b"\x1b[?25l\x1b[H"
"""Without a cursor, from the top."""
_END_OF_LINE, _END_OF_SCREEN = b"\x1b[K", b"\x1b[J"


def drawn(board: Board, columns: int, rows: int, advert: str = "") -> bytes:
    """The board as a terminal of this size takes it: the newest lines, then the sums, or a message in the middle."""
    sums = [_side_by_side(*each, columns) for each in board.sums]
    message = [
        pad(_cut(line, columns), columns, "center") for line in (board.message or advert).split("\n") if line
    ]
    if board.idle:
        text = [""] * ((rows - len(message)) // 2) + message
    else:
        below = [*message, *(["-" * columns] if sums else []), *sums]
        lines = [_side_by_side(*each, columns) for each in board.lines]
        room = max(0, rows - len(below))
        shown = lines[-room:] if room else []
        text = [""] * (room - len(shown)) + shown + below
    body = (_END_OF_LINE + b"\r\n").join(line.encode("utf-8") for line in text[-rows:])
    return _BEGIN + body + _END_OF_LINE + _END_OF_SCREEN


def _cut(text: str, columns: int) -> str:
    text = plain_spaces(clean(text))
    while cells(text) > columns:
        text = text[:-1]
    return text


def _side_by_side(left: str, right: str, columns: int) -> str:
    right = _cut(right, columns)
    room = max(0, columns - cells(right) - 1)
    return fill(_cut(left, room), room, "left") + " " + right


class SecondTerminal:
    """The display `screen` at `file:/dev/ttyN`.

    Args:
        columns, rows: of that terminal.
        advert: what it shows while nothing is sold.
    """

    driver = "screen"

    def __init__(self, name: str, transport: Transport, columns: int, rows: int, advert: str = "") -> None:
        self.name = name
        self._transport = transport
        self._columns = columns
        self._rows = rows
        self._advert = advert

    async def probe(self) -> None:
        """Whether the terminal is there."""
        await self._transport.open()

    async def close(self) -> None:
        """Let go of it."""
        await self._transport.close()

    async def show(self, upper: str, lower: str) -> None:
        """Two lines are a message."""
        await self.show_board(Board(message="\n".join(line.strip() for line in (upper, lower))))

    async def show_board(self, board: Board) -> None:
        """Draw this instead of what was there."""
        await self._transport.open()
        await self._transport.write(drawn(board, self._columns, self._rows, self._advert))
