"""How much paper a job takes, so that its end is waited for long enough."""

from __future__ import annotations

from devices.printers.commands import ESC, GS, Command, read

LINE = 4.3
"""Millimetres: a sixth of an inch."""
CODE = 25.0
DOTS = 8
"""Dots to a millimetre, at 203 dpi."""


def paper_length(job: bytes) -> int:
    """Millimetres of paper that a job of ESC/POS takes, roughly and rather too many."""
    length, at, height = 0.0, 0, 1
    while at < len(job) and (command := read(job, at)) is not None:
        at = command.end
        if command.name == GS + b"!":
            height = (command.arguments[0] & 0x07) + 1
        elif command.name == ESC + b"!":
            height = 2 if command.arguments[0] & 0x10 else 1
        length += _length(command, height)
    return round(length)


def _length(command: Command, height: int) -> float:
    arguments = command.arguments
    match command.name:
        case b"\n":
            return LINE * height
        case b"\x1bd":
            return LINE * arguments[0]
        case b"\x1bJ":
            return arguments[0] / DOTS
        case b"\x1dv" if len(arguments) >= 6:
            return int.from_bytes(arguments[4:6], "little") / DOTS
        case b"\x1dk":
            return CODE
        case _:
            return _of_block(arguments) if command.name == b"\x1d(" and len(arguments) > 4 else 0.0


def _of_block(arguments: bytes) -> float:
    """`GS ( k` draws a code with function 81, `GS ( L` has a picture's height in function 112; the rest sets things."""
    letter, function = arguments[:1], arguments[4]
    if letter == b"k" and function == 0x51:
        return CODE
    if letter == b"L" and function == 0x70 and len(arguments) >= 13:
        return arguments[7] * int.from_bytes(arguments[11:13], "little") / DOTS
    return 0.0
