"""Labels in ZPL and EPL."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.configuration import CounterConfig, DeviceConfig
from devices.counter import Counter
from devices.document import Document, Text, as_text
from devices.errors import BadDevice, CoverOpen, NotReady, PaperOut
from devices.events import HandedOver, PrintLost
from devices.jobs import decode_content, encode_content
from devices.labels import epl, zpl, zpl_status
from devices.labels.label import Label, Size
from devices.labels.layout import laid_out
from devices.labels.making import make_epl, make_zpl
from devices.labels.printer import LabelPrinter, encoded
from devices.registry import build_counter
from devices.transports import open_transport
from devices.trial import try_out
from devices.virtual.labels import read_epl, read_zpl
from devices.virtual.peer import Plugged

LABEL = Label("Lentilles vertes du Puy", "2,49 €", "3017620422003", "4,98 €/kg")


def test_zpl_carries_every_part_of_a_label() -> None:
    text = zpl.encode(replace(LABEL, copies=3), Size()).decode()
    assert text.startswith("^XA^CI28^PW456^LL256")
    for part in (
        "Lentilles vertes du Puy",
        "2,49 €",
        "4,98 €/kg",
        "^BEN,48,Y,N^FH^FD3017620422003^FS",
        "^PQ3^XZ",
    ):
        assert part in text


def test_epl_carries_every_part_of_a_label() -> None:
    text = epl.encode(replace(LABEL, copies=2), Size()).decode("cp1252")
    for part in (
        "q456",
        "Q256,24",
        '"Lentilles vertes du Puy"',
        '"2,49 €"',
        'E30,3,6,48,B,"3017620422003"',
        "P2\n",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("code", "in_zpl", "in_epl"),
    [
        ("96385074", "^B8N", ",0,E80,"),
        ("036000291452", "^BUN", ",0,UA0,"),
        ("3017620422003", "^BEN", ",0,E30,"),
        ("13017620422000", "^BCN", ",0,1,"),
        ("SHELF-12", "^BCN", ",0,1,"),
        # a printer would draw another last digit, and another product would be sold
        ("3017620422004", "^BCN", ",0,1,"),
        ("20101", "^BCN", ",0,1,"),
    ],
)
def test_each_kind_of_code_has_its_bars(code: str, in_zpl: str, in_epl: str) -> None:
    label = Label("x", "1,00 €", code)
    assert in_zpl in zpl.encode(label, Size()).decode()
    assert in_epl in epl.encode(label, Size()).decode("cp1252")


SIZES = [
    Size(width, height, dpi)
    for width, height in ((57, 32), (40, 25), (38, 20), (100, 60))
    for dpi in (203, 300)
]
LONG = Label(
    "CONFITURE EXTRA D’ABRICOTS DE PROVENCE AUX ÉCLATS D’AMANDES GRILLÉES, POT FAMILIAL",
    "12 345,67 €/kg",
    "3017620422003",
    "9 876,54 €/kg",
)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("label", [LABEL, LONG, Label("x", "", "A" * 12)], ids=["usual", "long", "bare"])
def test_nothing_lies_upon_anything_else_on_any_paper(label: Label, size: Size) -> None:
    layout = laid_out(label, size, 2.1)
    below = (
        layout.names_y + len(layout.names) * layout.row,
        layout.price_y + layout.price_height,
        layout.unit_y + layout.unit_height,
        layout.bars.y + layout.bars.height + 2 * size.per_mm,
    )
    above = (layout.price_y, layout.unit_y, layout.bars.y, layout.height)
    assert all(end <= start for end, start in zip(below, above, strict=True)), (below, above)
    assert layout.names_y > 0


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_price_is_never_cut_however_long_it_is(size: Size) -> None:
    text = epl.encode(LONG, size).decode("cp1252")
    widths = {203: {2: 12, 3: 14, 4: 16}, 300: {2: 18, 3: 22, 4: 26}}[size.dpi]
    for x, font, times, shown in re.findall(r'A(\d+),\d+,0,(\d),(\d),\d,N,"([^"]*)"', text):
        assert int(x) + widths[int(font)] * int(times) * len(shown) <= size.dots[0], shown
    (high, wide), *_ = re.findall(
        r"\^A0N,(\d+),(\d+)\^FB\d+,1,0,R\^FH\^FD12", zpl.encode(LONG, size).decode()
    )
    assert int(wide) <= int(high)
    assert 0.62 * int(wide) * len(LONG.price) <= size.dots[0]


def test_a_long_name_is_broken_at_its_words_and_ends_with_dots() -> None:
    for encode, encoding in ((zpl.encode, "utf-8"), (epl.encode, "cp1252")):
        text = encode(LONG, Size()).decode(encoding)
        assert "CONFITURE EXTRA" in text
        assert "…" in text
        assert "FAMILIAL" not in text
        assert text.count("CONFITURE") == 1


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    layout = laid_out(replace(LABEL, name="Cannellonis à garnir 250 g"), Size(), 2.1)
    assert layout.names == ("Cannellonis à garnir", "250 g")


def test_no_block_of_fields_prints_a_name_upon_itself_or_obeys_its_backslashes() -> None:
    text = zpl.encode(replace(LONG, name="A\\&B " * 20), Size()).decode()
    assert all("^FB" not in field or "€" in field for field in text.split("^FO"))


@pytest.mark.parametrize(
    ("size", "code", "module"),
    [(Size(), "3017620422003", 3), (Size(40, 25), "3017620422003", 2), (Size(57, 32, 300), "96385074", 4)],
)
def test_bars_are_as_wide_as_a_scanner_wants_them_where_there_is_room(
    size: Size, code: str, module: int
) -> None:
    bars = laid_out(replace(LABEL, code=code), size, 2.1).bars
    assert bars.module == module
    modules = 95 if len(code) == 13 else 67
    white = (size.dots[0] - modules * module) / 2
    assert (white - 0.5) / module >= 7, "white before and behind the bars"


def test_a_sign_that_is_a_command_of_code_128_stands_for_itself() -> None:
    assert b"^FDA>0B^FS" in zpl.encode(replace(LABEL, code="A>B"), Size())


def test_no_name_can_command_a_printer() -> None:
    vile = Label('^XZ~JR"\nN\n\\"愛', "1,00 €", "1")
    assert zpl.encode(vile, Size()).count(b"^XZ") == 1
    assert b"~JR" not in zpl.encode(vile, Size())
    lines = epl.encode(vile, Size()).split(b"\n")
    assert lines.count(b"N") == 1
    assert any(b'\\"' in line for line in lines)


@pytest.mark.parametrize("copies", [0, 1000])
@pytest.mark.parametrize("language", [zpl, epl])
def test_a_number_of_copies_that_is_none_is_refused(language: Any, copies: int) -> None:
    with pytest.raises(ValueError, match="copies"):
        language.encode(replace(LABEL, copies=copies), Size())


def labels(*labels: Label) -> Document:
    return Document(labels)


async def test_labels_are_handed_over_a_cable(tmp_path: Path) -> None:
    file = tmp_path / "labels"
    printer = LabelPrinter("shelf", "zpl", open_transport(f"file:{file}"), "zpl", Size())
    job = encoded(labels(LABEL, replace(LABEL, copies=2)), "zpl", Size())
    await printer.send(job, lambda _: None)
    await printer.close()
    assert file.read_bytes() == job


@pytest.mark.parametrize("language", ["zpl", "epl"])
def test_what_a_twin_prints_is_what_was_on_the_label(language: Any) -> None:
    vile = Label('^XZ~JR"\\ Crème', "2,49 €", "3017620422003", "4,98 €/kg", copies=7)
    read = read_zpl if language == "zpl" else read_epl
    (found,) = read(encoded(labels(vile), language, Size()))
    lines, copies, _ = found
    assert (lines[0], lines[-1], copies) == (vile.name, vile.code, 7)
    assert {vile.price, vile.unit_price} < set(lines)


@pytest.fixture(params=["virtual", "zpl", "epl"])
async def counter(request: pytest.FixtureRequest, happenings: Any) -> AsyncIterator[Counter]:
    shelf = DeviceConfig("shelf", "label", request.param, "virtual:")
    counter = build_counter(CounterConfig((DeviceConfig("receipt", "printer", "virtual", "virtual:"), shelf)))
    counter.on_event = happenings
    async with counter:
        yield counter


def out(counter: Counter) -> list[dict[str, Any]]:
    """What the label printer has printed."""
    (view,) = counter.list("shelf")
    assert view.output is not None
    printed: list[dict[str, Any]] = view.output["labels"]
    return printed


def put(counter: Counter, *labels: Label) -> str:
    """Ask for labels as the till does."""
    job = counter.spool.job(Document(labels), "label")
    assert job is not None
    counter.spool.submit(job)
    return job.device


async def test_labels_go_through_the_spool_to_the_label_printer_and_nowhere_else(
    counter: Counter, happenings: Any
) -> None:
    assert put(counter, LABEL, replace(LABEL, name="Miel", copies=3)) == "shelf"
    await happenings.until(HandedOver)
    assert [(label["lines"][0], label["copies"]) for label in out(counter)] == [
        ("Lentilles vertes du Puy", 1),
        ("Miel", 3),
    ]
    assert counter.outputs()["receipt"]["papers"] == []


async def test_labels_wait_for_a_printer_that_is_away_and_print_once_it_is_back(
    counter: Counter, happenings: Any
) -> None:
    await counter.set("shelf", fault="offline")
    put(counter, LABEL)
    assert [job.document for job in counter.spool.waiting()] == ["label"]
    await counter.set("shelf", fault=None)
    await happenings.until(HandedOver)
    assert len(out(counter)) == 1


# --- a printer that says how it is


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


def zebra(peer: Zebra) -> LabelPrinter:
    return LabelPrinter("shelf", "zpl", Plugged(peer), "zpl", Size(), patience=0.05)


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
    printer = zebra(peer)
    assert [await printer.ready(), await printer.ready()] == ["", ""]
    assert peer.heard.count(b"~HS") == 1
    await printer.close()


async def test_a_printer_that_hangs_up_when_it_is_asked_is_not_asked_again() -> None:
    peer = Zebra(hangs_up=True)
    printer = zebra(peer)
    assert [await printer.ready(), await printer.ready()] == ["", ""]
    await printer.send(encoded(labels(LABEL), "zpl", Size()), lambda _: None)
    await printer.close()
    assert peer.heard.count(b"~HS") == 1


async def test_a_printer_that_has_answered_and_is_silent_is_not_ready() -> None:
    peer = Zebra(WELL)
    printer = zebra(peer)
    await printer.ready()
    peer.answer = None
    with pytest.raises(NotReady) as caught:
        await printer.ready()
    assert "look at its paper" in caught.value.reason
    await printer.close()


@pytest.mark.parametrize("counter", ["virtual", "zpl"], indirect=True)
async def test_labels_wait_for_paper_and_print_once_each(counter: Counter) -> None:
    for fault, reason in (
        ("paper_out", "paper is out"),
        ("cover", "the cover is open"),
        ("busy", "it is paused"),
    ):
        await counter.set("shelf", fault=fault)
        put(counter, LABEL)
        assert reason in counter.list("shelf")[0].reason
        await counter.set("shelf", fault=None)
        await counter.printed()
    assert [label["copies"] for label in out(counter)] == [1, 1, 1]


@given(st.binary(max_size=80))
def test_random_bytes_are_a_status_or_none(data: bytes) -> None:
    zpl_status.decode(data)
    zpl_status.decode(WELL[: len(data)] + data)


async def test_a_receipt_never_goes_to_a_label_printer_nor_labels_to_a_receipt_printer() -> None:
    shelf = DeviceConfig("shelf", "label", "zpl", "virtual:")
    receipt = DeviceConfig("receipt", "printer", "virtual", "virtual:")
    assert build_counter(CounterConfig((shelf,))).spool.printer_for("receipt") is None
    assert build_counter(CounterConfig((receipt,))).spool.printer_for("label") is None
    two = CounterConfig((shelf, replace(shelf, name="other"), receipt)).assigned("label", "other")
    assert build_counter(two).spool.printer_for("label") == "other"


async def test_what_is_no_label_cannot_be_printed_as_one_and_holds_nothing_up(
    counter: Counter, happenings: Any
) -> None:
    job = counter.spool.job(Document((Text("no label"),)), "label")
    assert job is not None
    counter.spool.submit(job)
    put(counter, LABEL)
    await happenings.until(PrintLost)
    await happenings.until(HandedOver)
    assert len(out(counter)) == 1


def test_a_label_is_words_where_there_is_no_label_printer() -> None:
    text = as_text(labels(replace(LABEL, copies=2)), 32)
    assert text == (
        "2 × Lentilles vertes du Puy",
        "4,98 €/kg                 2,49 €",
        "      || 3017620422003 ||",
    )


def test_a_label_is_kept_as_it_was() -> None:
    document = labels(LABEL)
    assert decode_content(encode_content(document)) == document


async def test_it_is_made_from_its_configuration() -> None:
    device = DeviceConfig("shelf", "label", "zpl", "virtual:", {"width": "40", "height": "25"})
    assert make_zpl(device).size == Size(40, 25)
    assert make_epl(DeviceConfig("shelf", "label", "epl", "virtual:")).language == "epl"
    fine = replace(device, options={"dpi": "300"})
    assert make_zpl(fine).size.dots == (684, 384)
    with pytest.raises(BadDevice):
        make_epl(replace(device, driver="epl", options={"dpi": "600"}))
    with pytest.raises(BadDevice):
        make_zpl(DeviceConfig("shelf", "label", "zpl", "virtual:", {"width": "4"}))


async def test_a_label_printer_that_is_tried_prints_a_label(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await try_out(counter, "shelf")).works
    (label,) = out(counter)
    assert label["lines"][-1] == "3017620422003"
    await counter.set("shelf", fault="offline")
    monkeypatch.setattr("devices.trial.WITHIN", 0.01)
    tried = await try_out(counter, "shelf")
    # no label may come out later, when nobody looks
    assert (tried.works, counter.spool.waiting()) == (False, ())
