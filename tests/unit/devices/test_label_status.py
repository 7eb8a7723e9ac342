"""A label printer is asked how it is before each job, in its own language."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.document import Document
from devices.errors import CoverOpen, NotReady, PaperOut
from devices.labels import epl_status, zpl_status
from devices.labels.label import Label, Size
from devices.labels.printer import LabelPrinter, encoded
from devices.labels.status import Status
from devices.virtual.peer import Plugged

LABEL = Label("Lentilles vertes du Puy", "2,49 €", "3017620422003", "4,98 €/kg")


class Zebra:
    """The far end of a ZPL printer's cable, as its manual has it; what it was sent is kept."""

    name = "shelf"
    plugged = True

    def __init__(self, answer: bytes | None = None, *, hangs_up: bool = False) -> None:
        self.answer = answer
        self.heard = b""
        self._hangs_up = hangs_up

    async def serve(self, line: Any) -> None:
        while data := await line.read():
            self.heard += data
            if b"~HS" in data:
                if self._hangs_up:
                    return
                if self.answer is not None:
                    await line.write(self.answer)


WELL = b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
NO_PAPER = WELL.replace(b"030,0,0", b"030,1,0")
HEAD_OPEN = WELL.replace(b"000,0,0,0,0,2", b"000,0,1,0,0,2")
NO_RIBBON = WELL.replace(b"000,0,0,0,0,2", b"000,0,0,1,1,2")
PAUSED = WELL.replace(b"030,0,0", b"030,0,1")


def zebra(peer: Zebra, patience: float = 5.0) -> LabelPrinter:
    return LabelPrinter("shelf", "zpl", Plugged(peer), "zpl", Size(), patience=patience)


async def test_a_printer_that_is_well_says_so() -> None:
    printer = zebra(Zebra(WELL))
    assert await printer.ready() == ""
    await printer.close()


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (NO_PAPER, PaperOut, "paper is out"),
        (HEAD_OPEN, CoverOpen, "the cover is open"),
        (NO_RIBBON, NotReady, "its ribbon is out"),
        (PAUSED, NotReady, "it is paused: press its button"),
    ],
)
async def test_what_keeps_a_printer_from_printing_is_said_before_a_byte_is_sent(
    answer: bytes, error: type[NotReady], reason: str
) -> None:
    peer = Zebra(answer)
    printer = zebra(peer)
    with pytest.raises(error) as caught:
        await printer.ready()
    assert caught.value.reason == reason
    assert b"^XA" not in peer.heard
    await printer.close()


async def test_a_printer_that_never_answers_is_asked_once_and_prints() -> None:
    peer = Zebra()
    printer = zebra(peer, patience=0.05)
    assert [await printer.ready(), await printer.ready()] == ["", ""]
    assert peer.heard.count(b"~HS") == 1
    await printer.close()


async def test_a_printer_that_hangs_up_when_it_is_asked_is_not_asked_again() -> None:
    peer = Zebra(hangs_up=True)
    printer = zebra(peer)
    assert [await printer.ready(), await printer.ready()] == ["", ""]
    await printer.send(encoded(Document((LABEL,)), "zpl", Size()), lambda _: None)
    await printer.close()
    assert peer.heard.count(b"~HS") == 1


async def test_a_printer_that_has_answered_and_is_silent_is_not_ready() -> None:
    peer = Zebra(WELL)
    printer = zebra(peer)
    await printer.ready()
    peer.answer = None
    printer._patience = 0.05
    with pytest.raises(NotReady) as caught:
        await printer.ready()
    assert "look at its paper" in caught.value.reason
    await printer.close()


class Eltron(Zebra):
    """The far end of an EPL printer's cable."""

    async def serve(self, line: Any) -> None:
        while data := await line.read():
            self.heard += data
            if b"\n^ee\n" in data and self.answer is not None:
                await line.write(self.answer)


def eltron(peer: Eltron, patience: float = 5.0) -> LabelPrinter:
    return LabelPrinter("shelf", "epl", Plugged(peer), "epl", Size(), patience=patience)


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (b"07\r\n", PaperOut, "paper is out"),
        (b"07 P003\r\n", PaperOut, "paper is out"),
        (b"07R003\r\n", NotReady, "its ribbon is out"),
        (b"11\r\n", CoverOpen, "the cover is open"),
        (b"01,11\r\n", CoverOpen, "the cover is open"),
        (b"12\r\n", NotReady, "it is paused: press its button"),
        (b"\x15\x1392\r\n", NotReady, "it is paused: press its button"),
    ],
)
async def test_what_keeps_an_epl_printer_from_printing_is_said_before_a_byte_is_sent(
    answer: bytes, error: type[NotReady], reason: str
) -> None:
    peer = Eltron(answer)
    printer = eltron(peer)
    with pytest.raises(error) as caught:
        await printer.ready()
    assert caught.value.reason == reason
    assert peer.heard == b"\n^ee\n"
    await printer.close()


@pytest.mark.parametrize("answer", [b"00\r\n", b"01\r\n", b"03,08\r\n", b"00\n"])
async def test_an_epl_printer_that_is_well_or_complains_of_an_earlier_command_prints(answer: bytes) -> None:
    printer = eltron(Eltron(answer))
    assert await printer.ready() == ""
    await printer.close()


async def test_an_epl_printer_that_never_answers_is_asked_once_and_prints() -> None:
    peer = Eltron()
    printer = eltron(peer, patience=0.05)
    assert [await printer.ready(), await printer.ready()] == ["", ""]
    assert peer.heard.count(b"^ee") == 1
    await printer.close()


@pytest.mark.parametrize("words", [zpl_status, epl_status], ids=["zpl", "epl"])
@given(flags=st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()))
def test_what_a_printer_says_of_itself_is_read_as_it_was_meant(words: Any, flags: tuple[bool, ...]) -> None:
    status = Status(*flags)
    assert words.decode(words.encode(status)) == status


@given(st.binary(max_size=80))
def test_random_bytes_are_a_status_or_none(data: bytes) -> None:
    zpl_status.decode(data)
    zpl_status.decode(WELL[: len(data)] + data)
    epl_status.decode(data)
    epl_status.decode(b"07P001," + data + b"\r\n")
