"""Concert E+ (serial): records ↔ bytes.

A frame is STX, a body, ETX and the XOR of the body and ETX. The request has 34 characters; the answer 80, or 25 without
its report.
"""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import Literal

from msgspec import Struct

STX, ETX, EOT, ENQ, ACK, NAK = 0x02, 0x03, 0x04, 0x05, 0x06, 0x15
LARGEST = 99_999_999
"""Minor units: the amount has eight digits."""
FULL, SHORT = 80, 25
_REPORT = 55

DONE, REFUSED, NOT_VERIFIED = "0", "7", "9"


class Request(Struct, frozen=True):
    """What the till asks for."""

    till: str
    """Two digits."""
    amount: int
    """Minor units."""
    action: Literal["0", "1", "2"]
    """Debit, credit, cancel."""
    mode: Literal["1", "C"] = "1"
    """Card, cheque."""
    currency: str = "978"
    private: str = ""
    """Ten characters at most, which come back with the answer."""
    authorisation: Literal["B010", "B011"] = "B010"
    """`B011` asks the bank whatever the amount."""


class Answer(Struct, frozen=True):
    """How it ended."""

    till: str
    status: str
    amount: int
    mode: str
    currency: str
    private: str
    report: str = ""
    """55 characters: of a card, its number comes first."""


def lrc(body: bytes) -> int:
    """The check of a frame: the XOR of its body and ETX."""
    return reduce(xor, body, ETX)


def frame(body: bytes) -> bytes:
    """A body between STX, ETX and its check."""
    return bytes([STX]) + body + bytes([ETX, lrc(body)])


def encode(request: Request) -> bytes:
    """The request as a frame. The terminal answers when all is over (`A010`), with its report.

    Raises:
        ValueError: a field that does not fit.
    """
    if not 0 <= request.amount <= LARGEST:
        raise ValueError(f"an amount of {request.amount} has more than eight digits")
    body = (
        f"{request.till:0>2}{request.amount:08d}1{request.mode}{request.action}{request.currency}"
        f"{request.private:<10}A010{request.authorisation}"
    ).encode("ascii")
    if len(body) != 34:
        raise ValueError("a field of the request is too long")
    return frame(body)


def encode_answer(answer: Answer) -> bytes:
    """The answer as a frame, with its report where it has one."""
    report = f"{answer.report:<{_REPORT}}" if answer.report else ""
    body = f"{answer.till}{answer.status}{answer.amount:08d}{answer.mode}{report}{answer.currency}"
    return frame(f"{body}{answer.private:<10}".encode("ascii"))


def decode(body: bytes) -> Answer | None:
    """The answer in the body of a frame; None: it is none."""
    text = body.decode("latin-1")
    if len(text) not in (FULL, SHORT):
        return None
    head, report, tail = text[:12], text[12:-13], text[-13:]
    if not (text.isascii() and head[:11].isdigit() and tail[:3].isdigit()):
        return None
    return Answer(
        till=head[:2],
        status=head[2],
        amount=int(head[3:11]),
        mode=head[11],
        currency=tail[:3],
        private=tail[3:].rstrip(" ") if tail[3:].strip("0 ") else "",
        report=report.rstrip(" "),
    )
