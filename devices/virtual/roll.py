"""A roll of paper under an ESC/POS print head, as text: what a customer would read on it."""

from __future__ import annotations

import codecs
from typing import ClassVar

from msgspec import Struct

from devices.cells import Align, pad
from devices.document import barcode_text, code_lines, qr_text
from devices.printers.commands import DLE, ESC, GS, Command, read

CODE_PAGES = {
    0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737", 15: "iso8859-7",
    16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858", 32: "cp720", 33: "cp775", 34: "cp855", 35: "cp861",
    36: "cp862", 37: "cp864", 38: "cp869", 39: "iso8859-2", 40: "iso8859-15", 45: "cp1250", 46: "cp1251",
    47: "cp1253", 48: "cp1254", 49: "cp1255", 50: "cp1256", 51: "cp1257", 52: "cp1258",
}  # fmt: skip
"""`ESC t n`, as Epson numbers them, by Python's names; other numbers keep the page in use."""

_ALIGNMENTS: dict[int, Align] = {
    0: "left", 1: "center", 2: "right", 0x30: "left", 0x31: "center", 0x32: "right"
}  # fmt: skip


_CUTS = (ESC + b"i", ESC + b"m", GS + b"V")


class Paper(Struct, frozen=True):
    """One piece of paper, up to its cut."""

    lines: tuple[str, ...]
    raw: bytes
    """The bytes that printed it, the cut included."""


class Roll:
    """Prints bytes; gives each piece of paper as it is cut. No bytes make it raise.

    Args:
        columns: characters of normal width on a line.
    """

    def __init__(self, columns: int = 42) -> None:
        self.columns = columns
        self.pulses = 0
        """Drawer pulses among what was printed."""
        self._unread = b""
        self._lines: list[str] = []
        self._raw = b""
        self._cut: list[Paper] = []
        self._reset()

    @property
    def lines(self) -> tuple[str, ...]:
        """What has been printed since the last cut."""
        return tuple(self._lines)

    def feed(self, data: bytes) -> tuple[Paper, ...]:
        """Print; gives the papers that were cut. A command that is not complete waits for its end."""
        data, at = self._unread + data, 0
        begin = 0
        while at < len(data) and (command := read(data, at)) is not None:
            at = command.end
            if self._do(command):
                self._cut_paper(data[begin:at])
                begin = at
        self._raw += data[begin:at]
        self._unread = data[at:]
        cut, self._cut = tuple(self._cut), []
        return cut

    def _reset(self) -> None:
        self._page = "cp437"
        self._align: Align = "left"
        self._width = 1
        self._line = ""
        self._used = 0
        self._qr = ""

    def _do(self, command: Command) -> bool:
        """Do a command; whether it cuts the paper is for the caller, who has its bytes."""
        if not command.name:
            self._write(codecs.decode(command.arguments, self._page, "replace"))
        elif (action := self._ACTIONS.get(command.name)) is not None:
            action(self, command.arguments)
        return command.name in _CUTS

    def _write(self, text: str) -> None:
        for character in text:
            if self._used + self._width > self.columns:
                self._end_line()
            self._line += character
            self._used += self._width

    def _end_line(self) -> None:
        self._lines.append(pad(self._line, self.columns, self._align).rstrip(" "))
        self._line, self._used = "", 0

    def _flush(self) -> None:
        if self._line:
            self._end_line()

    def _line_feed(self, _: bytes) -> None:
        self._end_line()

    def _feed_lines(self, arguments: bytes) -> None:
        count = arguments[0] - bool(self._line)
        self._flush()
        self._lines.extend([""] * max(0, count))

    def _feed_dots(self, _: bytes) -> None:
        self._flush()

    def _tab(self, _: bytes) -> None:
        self._write(" " * (8 - len(self._line) % 8))

    def _initialise(self, _: bytes) -> None:
        self._reset()

    def _choose_page(self, arguments: bytes) -> None:
        self._page = CODE_PAGES.get(arguments[0], self._page)

    def _choose_align(self, arguments: bytes) -> None:
        if not self._line:  # a printer obeys at the beginning of a line only
            self._align = _ALIGNMENTS.get(arguments[0], self._align)

    def _choose_mode(self, arguments: bytes) -> None:
        self._width = 2 if arguments[0] & 0x20 else 1

    def _choose_size(self, arguments: bytes) -> None:
        self._width = (arguments[0] >> 4 & 0x07) + 1

    def _cut_paper(self, raw: bytes) -> None:
        self._flush()
        self._cut.append(Paper(tuple(self._lines), self._raw + raw))
        self._lines, self._raw = [], b""

    def _pulse(self, _: bytes) -> None:
        self.pulses += 1

    def _pulse_now(self, arguments: bytes) -> None:
        self.pulses += arguments[0] == 1

    def _barcode(self, arguments: bytes) -> None:
        code = arguments[2:] if arguments[0] >= 65 else arguments[1:-1]
        text = code.decode("latin-1")
        self._print_code(barcode_text(text.removeprefix("{B") if arguments[0] == 73 else text))

    def _block(self, arguments: bytes) -> None:
        """`GS ( k`: only QR codes (cn 49) are read; function 80 stores the data, 81 prints them."""
        function = arguments[3:5]
        if arguments[:1] == b"k" and function == b"\x31\x50":
            self._qr = arguments[6:].decode("utf-8", "replace")
        elif arguments[:1] == b"k" and function == b"\x31\x51":
            self._print_code(qr_text(self._qr))

    def _print_code(self, text: str) -> None:
        self._flush()
        self._lines.extend(code_lines(text, self.columns))

    _ACTIONS: ClassVar = {
        b"\n": _line_feed,
        b"\x0c": _line_feed,
        b"\t": _tab,
        ESC + b"@": _initialise,
        ESC + b"t": _choose_page,
        ESC + b"a": _choose_align,
        ESC + b"!": _choose_mode,
        GS + b"!": _choose_size,
        ESC + b"d": _feed_lines,
        ESC + b"J": _feed_dots,
        ESC + b"p": _pulse,
        DLE + b"\x14": _pulse_now,
        GS + b"k": _barcode,
        GS + b"(": _block,
    }
