"""What an ESC/POS printer says of itself: bytes ↔ records, pure.

A printer's answers carry fixed bits, so that real-time status, automatic status and the answer to the barrier can be
told apart in one stream, however it was cut (Epson, ESC/POS command reference: DLE EOT, GS a, GS r).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from devices.errors import CoverOpen, DeviceDown, NotReady, PaperOut, n_


class Question(IntEnum):
    """The `n` of `DLE EOT n`."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    PAPER = 4


BARRIER = b"\x1dr\x01"
"""`GS r 1`: answered in its turn, so after everything that was sent before has been done."""

SPEAK_UP = b"\x1da\x0f"
"""`GS a 15`: from now on it says by itself when its drawer, its paper, its cover or an error changes."""

CUTTER_STUCK = n_("its cutter is stuck")
FAILED_FOR_GOOD = n_("it has failed: switch it off and on")
OVERHEATED = n_("its head is too hot: it goes on by itself")
SWITCHED_OFFLINE = n_("it is off line")
NEAR_END = n_("paper is nearly out")


_ERRORS = {0x20: FAILED_FOR_GOOD, 0x08: CUTTER_STUCK, 0x40: OVERHEATED}


class Status(Struct, frozen=True):
    """One byte of real-time status; what it means depends on which was asked."""

    byte: int


class Done(Struct, frozen=True):
    """The barrier was passed."""


class Automatic(Struct, frozen=True):
    """Four bytes that the printer sends by itself when something changes."""

    data: bytes


Said: TypeAlias = Status | Done | Automatic


def ask(question: Question) -> bytes:
    """The bytes of `DLE EOT n`, answered at once, whatever the printer is doing."""
    return bytes((0x10, 0x04, question))


def pulse(pin: Literal[2, 5], milliseconds: int) -> bytes:
    """Open a drawer now, paper or not: `DLE DC4 1 m t`, t in units of 100 ms, 1 to 8."""
    units = min(8, max(1, -(-milliseconds // 100)))
    return bytes((0x10, 0x14, 0x01, 0 if pin == 2 else 1, units))


def buffered_pulse(pin: Literal[2, 5], milliseconds: int) -> bytes:
    """Open a drawer in its turn: `ESC p m t1 t2`, in units of 2 ms, and 500 ms of rest."""
    units = min(255, max(1, milliseconds // 2))
    return bytes((0x1B, 0x70, 0 if pin == 2 else 1, units, 250))


class Reading:
    """Sorts what a printer says, as it comes. No bytes make it raise."""

    def __init__(self) -> None:
        self._automatic = b""

    def feed(self, data: bytes) -> list[Said]:
        """What these bytes complete. Flow control and what nobody asked for are passed over."""
        said: list[Said] = []
        for byte in data:
            if byte & 0x93 == 0x12:
                said.append(Status(byte))
            elif byte & 0x93 == 0x10:
                self._automatic = bytes((byte,))
            elif byte & 0x90 == 0 and self._automatic:
                self._automatic += bytes((byte,))
                if len(self._automatic) == 4:
                    said.append(Automatic(self._automatic))
                    self._automatic = b""
            elif byte & 0x90 == 0:
                said.append(Done())
        return said


def trouble(device: str, answers: dict[Question, int]) -> DeviceDown | None:
    """What keeps the printer from printing, by its answers to some of the questions."""
    offline = answers.get(Question.OFFLINE_CAUSE, 0)
    if offline & 0x04:
        return CoverOpen(device=device)
    if offline & 0x20 or answers.get(Question.PAPER, 0) & 0x60:
        return PaperOut(device=device)
    error = answers.get(Question.ERROR_CAUSE, 0)
    for bit, reason in _ERRORS.items():
        if error & bit:
            return NotReady(device=device, reason=reason)
    if answers.get(Question.PRINTER, 0) & 0x08:
        return NotReady(device=device, reason=SWITCHED_OFFLINE)
    return None


def remark(answers: dict[Question, int]) -> str:
    """What is worth saying though it prints; empty: nothing."""
    return NEAR_END if answers.get(Question.PAPER, 0) & 0x0C else ""


def pin_high(byte: int) -> bool:
    """Whether pin 3 of the drawer's plug is high, by the answer to the first question.

    What that says of the drawer depends on the drawer.
    """
    return bool(byte & 0x04)
