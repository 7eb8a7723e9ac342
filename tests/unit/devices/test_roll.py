"""The virtual printer's reading of ESC/POS."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.printers.commands import read
from devices.virtual.roll import Paper, Roll
from tests.shared_data import shared_data

CUT = b"\x1dVB\x00"


def printed(data: bytes, columns: int = 42) -> list[tuple[str, ...]]:
    return [paper.lines for paper in Roll(columns).feed(data)]


def test_each_cut_gives_a_paper_with_its_lines_and_its_bytes() -> None:
    roll = Roll()

    assert roll.feed(b"un\n" + CUT + b"deux\n\x1dV\x00reste") == (
        Paper(("un",), b"un\n" + CUT),
        Paper(("deux",), b"deux\n\x1dV\x00"),
    )
    assert not roll.lines
    assert roll.feed(b"\n") == ()
    assert roll.lines == ("reste",)


def test_bytes_may_arrive_one_at_a_time() -> None:
    job = b"\x1b@\x1bt\x13\x1ba\x01Caf\x82\n\x1d(k\x06\x00\x311P0hi\x1d(k\x03\x001Q0\x1dk\x49\x04{B12" + CUT
    roll = Roll(20)

    papers = [paper for byte in job for paper in roll.feed(bytes([byte]))]

    assert papers == list(Roll(20).feed(job))
    assert papers[0].raw == job


def test_a_text_is_read_by_the_code_page_chosen_last() -> None:
    assert printed(b"\x80\x1bt\x10\x80\x1bt\x13\xd5\x1bt\xff\xd5\n" + CUT) == [("Ç€€€",)]


def test_a_line_too_long_goes_on_below_and_wide_letters_fill_it_sooner() -> None:
    assert printed(b"abcdefgh\n" + CUT, 6) == [("abcdef", "gh")]
    assert printed(b"\x1b!\x30abcdefgh\n\x1b!\x00x\n" + CUT, 6) == [("abc", "def", "gh", "x")]
    assert printed(b"\x1d!\x11abcd\n" + CUT, 6) == [("abc", "d")]


def test_alignment_changes_at_the_beginning_of_a_line_only() -> None:
    assert printed(b"\x1ba\x02a\x1ba\x01b\nc\n\x1b@d\n" + CUT, 6) == [("    ab", "     c", "d")]


def test_feeds_tabs_and_beginnings_anew() -> None:
    assert printed(b"a\x1bd\x02b\tc\n\x1bJ\x10lost\x1b@\x1bd\x00d" + CUT) == [("a", "", "b       c", "d")]


def test_kicks_inside_a_job_are_noticed() -> None:
    roll = Roll()
    roll.feed(b"\x1bp\x00\x19\xfa\x10\x14\x01\x00\x05\x10\x14\x02\x00\x00" + CUT)

    assert roll.pulses == 2


@pytest.mark.parametrize(
    ("start", "rest"),
    [
        (b"\x1b*\x21\x02\x00", bytes(6)),
        (b"\x1b*\x00\x02\x00", bytes(2)),
        (b"\x1dv0\x00\x02\x00\x03\x00", bytes(6)),
        (b"\x1d(L\x05\x00", bytes(5)),
        (b"\x1d8L\x05\x00\x00\x00", bytes(5)),
        (b"\x1d*\x01\x02", bytes(16)),
        (b"\x1cq\x02\x01\x00\x01\x00" + bytes(8) + b"\x01\x00\x01\x00", bytes(8)),
        (b"\x1b&\x03\x41\x42\x01\x00\x00\x00\x02", bytes(6)),
        (b"\x1bD\x08\x10", b"\x00"),
        (b"\x1dk\x04ABC", b"\x00"),
        (b"\x1dkI\x04", b"{B12"),
        (b"\x1cg1\x00\x00\x00\x00\x00\x03\x00", bytes(3)),
        (b"\x1dC1", bytes(6)),
        (b"\x10\x04", b"\x01"),
        (b"\x1bW", bytes(8)),
        (b"\x1c2", bytes(74)),
    ],
)
def test_a_command_ends_where_its_own_bytes_say(start: bytes, rest: bytes) -> None:
    assert all(read((start + rest)[:size], 0) is None for size in range(2, len(start + rest)))

    command = read(start + rest + b"text", 0)

    assert command is not None
    assert command.end == len(start + rest)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=12), st.sampled_from([b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x1d(k", CUT])
        )
    ).map(b"".join),
    st.integers(16, 48),
)
def test_no_bytes_make_the_printer_fall_over(data: bytes, columns: int) -> None:
    roll = Roll(columns)

    papers = [paper for at in range(0, len(data), 7) for paper in roll.feed(data[at : at + 7])]

    assert b"".join(paper.raw for paper in papers) == data[: sum(len(paper.raw) for paper in papers)]
    assert papers == list(Roll(columns).feed(data))


@pytest.mark.data
def test_real_printouts_of_every_feature_are_read() -> None:
    folder: Path = shared_data("escpos")
    texts = {}
    for file in sorted(folder.glob("*.bin")):
        roll = Roll(48)
        cut = roll.feed(file.read_bytes())
        texts[file.name] = "\n".join([*(line for paper in cut for line in paper.lines), *roll.lines])

    assert len(texts) >= 13
    receipt = texts["escpos-php__test_integration_resources_output_receipt-with-logo.bin"]
    assert "ExampleMart Ltd." in receipt
    assert "SALES INVOICE" in receipt
    assert "Thank you for shopping at ExampleMart" in receipt
    assert "\x1b" not in "".join(texts.values())
