"""What an EPL printer says of itself: `^ee`, the immediate error report → a line of codes.

It is obeyed in the middle of a fault too. One code or several, with commas between; behind 07 some say what is out, `P`
or `R`, and how many labels are still to be printed (EPL Programming Guide, `^ee`; ESim Programmer's Reference, Appendix
A). Most codes tell of commands that were wrong, which keeps nothing from being printed.
"""

from __future__ import annotations

import re

from devices.labels.status import Inquiry, Status

_CODE = re.compile(rb"([0-9]{2})(?: ?([PR])[0-9]{1,4})?")
_BETWEEN = b"\x06\x11\x13\x15 \r\n"
"""What may stand around a report: flow control, and what one says that reports errors by itself."""
_OUT, _HEAD, _PAUSES = b"07", b"11", (b"12", b"92")
"""Paper or ribbon; the head; a pause, as Zebra and as Intermec has it."""


def encode(status: Status) -> bytes:
    """As a printer says it."""
    said = [
        (status.paper_out, "07P001"),
        (status.ribbon_out, "07R001"),
        (status.head_open, "11"),
        (status.paused, "12"),
    ]
    return (",".join(code for wrong, code in said if wrong) or "00").encode("ascii") + b"\r\n"


def decode(answer: bytes) -> Status | None:
    """The status in an answer; None: it is none."""
    report = answer.rstrip(_BETWEEN).rpartition(b"\n")[2]
    fields = [_CODE.fullmatch(field.strip(_BETWEEN)) for field in report.split(b",")]
    if None in fields:
        return None
    codes = [field.groups() for field in fields if field is not None]
    return Status(
        paper_out=any(code == _OUT and what != b"R" for code, what in codes),
        head_open=any(code == _HEAD for code, _ in codes),
        ribbon_out=(_OUT, b"R") in codes,
        paused=any(code in _PAUSES for code, _ in codes),
    )


INQUIRY = Inquiry(b"\n^ee\n", b"\n", 1, encode, decode)
"""A line of its own, whatever came before it."""
