"""What a scanner that is a keyboard types into a terminal or a pipe, byte by byte, for its try from a command."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from statistics import median

from msgspec import Struct

SILENCE = 0.3
"""Seconds without a byte after which a code has ended."""
MOST = 512
"""Bytes of one code, and of all that a scanner puts around it."""


class TypedScan(Struct, frozen=True):
    """What was typed in one go."""

    text: str
    """Bytes that are no UTF-8 stand in it as `surrogateescape` has them."""
    pause: float | None = None
    """Seconds between two of its keys, where they came one by one."""


def typed_scan(within: float, descriptor: int | None = None) -> TypedScan | None:
    """What is typed next on standard input, or another descriptor; None: nothing within so many seconds.

    A terminal gives each key as it comes, and shows none of them.
    """
    source = sys.stdin.fileno() if descriptor is None else descriptor
    data, times = b"", list[float]()
    with _key_by_key(source), _woken() as woken:
        while len(data) < MOST and _something(source, woken, SILENCE if data else within):
            more = os.read(source, MOST)
            if not more:
                break
            data += more
            times.append(time.monotonic())
    if not data:
        return None
    pauses = [after - before for before, after in pairwise(times)]
    one_by_one = len(times) >= len(data) / 2
    return TypedScan(
        data.decode("utf-8", "surrogateescape"), median(pauses) if pauses and one_by_one else None
    )


def _something(source: int, woken: int, within: float) -> bool:
    """Whether something comes within so many seconds. A signal is dealt with as soon as it is there."""
    while woken in (ready := select.select([source, woken], [], [], within)[0]):
        os.read(woken, MOST)
    return bool(ready)


@contextmanager
def _woken() -> Iterator[int]:
    """A descriptor that each signal can be read from: one that comes just before a wait would not end it."""
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    before = signal.set_wakeup_fd(writes)
    try:
        yield reads
    finally:
        signal.set_wakeup_fd(before)
        os.close(reads)
        os.close(writes)


@contextmanager
def _key_by_key(source: int) -> Iterator[None]:
    if not os.isatty(source):
        yield
        return
    before = termios.tcgetattr(source)
    try:
        tty.setcbreak(source, termios.TCSANOW)  # what was scanned since the question counts
        mode = termios.tcgetattr(source)
        mode[tty.IFLAG] &= ~termios.ICRNL  # a carriage return is one
        termios.tcsetattr(source, termios.TCSANOW, mode)
        yield
    finally:
        termios.tcsetattr(source, termios.TCSANOW, before)
