"""What is fuzzed: each takes any bytes, and returns; what its codec or driver must not do makes it raise.

A codec may refuse bytes with its own error, and a driver with a `DeviceError`. Beside that, what a codec has read it
must be able to write, and to read again as the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from msgspec import Struct

from devices.displays import vfd_codec
from devices.errors import BadAddress
from devices.hotplug import about_devices
from devices.labels import epl_status, zpl_status
from devices.labels.label import Size
from devices.labels.printer import LabelPrinter
from devices.labels.status import Status
from devices.payments import nobody
from devices.printers import status
from devices.scales import dialog_06_codec, mt_sics_codec, reading, toledo_8217_codec
from devices.scales.dialog_06 import Dialog06, Proof
from devices.scales.mt_sics import MtSics
from devices.scales.toledo_8217 import Toledo8217
from devices.scanners import evdev_codec
from devices.scanners.framing import Frames, Framing
from devices.scanners.keymap import KEYMAPS, as_qwerty
from devices.terminals import caisse_ap, caisse_ap_codec, concert, concert_codec, zvt, zvt_codec
from devices.transports.address import parse_address
from devices.virtual.labels import read_epl, read_zpl
from devices.virtual.roll import Roll
from devices.virtual.vfd import VfdTwin
from tests.fuzz.line import CUT, ORDERS, Line, run
from tui_pos.sale import barcode, gs1, prompt
from tui_pos.sale.errors import SaleError

Target = Callable[[bytes], None]


class Fuzzed(Struct, frozen=True):
    """One target, and bytes from which a fuzzer can set out."""

    target: Target
    seeds: tuple[bytes, ...]


def escpos_status(data: bytes) -> None:
    """What a printer says is sorted alike however it was cut."""
    at = data[0] % len(data) if data else 0
    whole, pieces = status.Reading(), status.Reading()
    said = whole.feed(data)
    assert said == pieces.feed(data[:at]) + pieces.feed(data[at:])
    answers = dict(
        zip(status.Question, (each.byte for each in said if isinstance(each, status.Status)), strict=False)
    )
    status.trouble("printer", answers)
    status.remark(answers)


def escpos_paper(data: bytes) -> None:
    """A virtual printer is sent these bytes, in one piece and in two: the papers are the same."""
    at = data[0] % len(data) if data else 0
    whole, pieces = Roll(42), Roll(42)
    papers = [*whole.feed(data)]
    assert papers == [*pieces.feed(data[:at]), *pieces.feed(data[at:])]


def labels(data: bytes) -> None:
    """A virtual label printer is sent these bytes; a real one says them when it is asked how it is."""
    zpl_status.decode(data)
    epl_status.decode(data)
    run(LabelPrinter("label", "zpl", Line(data), "zpl", Size(), patience=0.001).ready())
    run(LabelPrinter("label", "epl", Line(data), "epl", Size(), patience=0.001).ready())
    for read in (read_zpl, read_epl):
        for texts, copies, end in read(data):
            assert all(texts)
            assert copies >= 0
            assert 0 < end <= len(data)


def concert_e(data: bytes) -> None:
    """An answer of Concert E+, and a driver that hears these bytes."""
    answer = concert_codec.decode(data)
    if answer is not None and data.isascii():
        again = concert_codec.decode(concert_codec.encode_answer(answer)[1:-2])
        assert again == answer
    limits = concert.Limits(0, 0, 0, 0)
    for order in ORDERS[:2]:
        terminal = concert.ConcertTerminal("pay", Line(data), limits=limits)
        run(terminal.carry_out(order, nobody), terminal.recover(order))


def caisse_ap_ip(data: bytes) -> None:
    """Messages of Caisse-AP, and a driver that hears these bytes."""
    with suppress(caisse_ap_codec.BadMessage):
        messages, rest = caisse_ap_codec.decode(data)
        assert data.endswith(rest)
        for message in messages:
            caisse_ap_codec.time_of(caisse_ap_codec.receipt(message))
        if data.isascii() and messages:
            encoded = b"".join(map(caisse_ap_codec.encode, messages))
            assert caisse_ap_codec.decode(encoded) == (messages, b"")
        # what is whole can be cut anywhere, and is then not whole, never wrong
        caisse_ap_codec.decode(data[: len(data) // 2])
    settings = caisse_ap.Settings(partial=len(data) % 3 == 0, status="T" if len(data) % 5 == 0 else "")
    for order in ORDERS:
        terminal = caisse_ap.CaisseApTerminal("pay", Line(data), settings, caisse_ap.Limits(0, 0, 0, 0, 0))
        run(terminal.carry_out(order, nobody), terminal.recover(order))


def zvt_tcp(data: bytes) -> None:
    """Commands and fields of ZVT, and a driver that hears these bytes."""
    command, rest = zvt_codec.decode(data)
    if command is not None:
        assert zvt_codec.decode(zvt_codec.encode(command) + rest) == (command, rest)
        zvt_codec.printed(command)
    zvt_codec.state(data)
    with suppress(zvt_codec.BadField):
        zvt_codec.fields(data)
    with suppress(zvt_codec.BadField):
        list(zvt_codec.values(data))
    limits = zvt.Limits(0, 0, 0, 0, 0)
    for order in ORDERS:
        terminal = zvt.ZvtTerminal("pay", Line(data), limits=limits)
        run(terminal.carry_out(order, nobody), terminal.recover(order), terminal.totals())


_QUICK = reading.Limits(0, 0, 0)


def toledo_8217(data: bytes) -> None:
    """An answer of a Toledo 8217, and a driver that hears these bytes."""
    found = toledo_8217_codec.decode(data)
    if found is not None:
        assert toledo_8217_codec.decode(toledo_8217_codec.encode(found)) == found
    scale = Toledo8217("scale", Line(data), _QUICK)
    run(scale.probe(), scale.weigh(), scale.weigh(tare=10))


def mt_sics(data: bytes) -> None:
    """A line of MT-SICS, and a driver that hears these bytes."""
    found = mt_sics_codec.decode(data)
    if found is not None and found.kilograms is not None:
        assert found.kilograms.is_finite()
        reading.grams(found.kilograms)
    scale = MtSics("scale", Line(data), _QUICK)
    run(scale.probe(), scale.weigh(), scale.weigh(tare=10))


def dialog_06(data: bytes) -> None:
    """A record of Dialog 06, and a driver that hears these bytes."""
    found = dialog_06_codec.decode(data)
    if found is not None:
        assert dialog_06_codec.decode(dialog_06_codec.encode(found)) == found
    dialog_06_codec.proven(data, 0x1021, len(data) % 256)
    for proof in (None, Proof(0x1021, (0x1234, 0xFFFF))):
        scale = Dialog06("scale", Line(data), _QUICK, proof)
        run(scale.probe(), scale.weigh(price=250), scale.weigh(tare=10, price=250))


def gs1_input(data: bytes) -> None:
    """A scan that may be a GS1 element string (read by biip), a barcode, or anything that a prompt is given."""
    text = data.decode("utf-8", "surrogateescape") if len(data) % 2 else data.decode("latin-1")
    gs1.is_element_string(text)
    with suppress(SaleError):
        carried = gs1.read(text)
        assert carried.codes
        assert barcode.is_gtin(carried.gtin)
    with suppress(SaleError):
        barcode.recognise(text)
    for context in prompt.Context:
        with suppress(SaleError):
            prompt.read(text, context)


def vfd(data: bytes) -> None:
    """A text on a pole display is twenty characters; and a pole that is sent these bytes still shows two lines."""
    text = data.decode("utf-8", "replace")
    for codec in ("cp1252", "cp858", "cp437"):
        assert len(vfd_codec.fitted(text, codec)) == vfd_codec.WIDTH
    twin, line = VfdTwin(), Line(data, hangs_up=True)
    run(line.open(), twin.serve(line))
    assert [len(shown) for shown in twin.lines] == [vfd_codec.WIDTH] * 2


def evdev(data: bytes) -> None:
    """What a scanner types is cut into codes alike however its events were cut."""
    at = data[0] % len(data) if data else 0
    for layout in KEYMAPS:
        whole, pieces = evdev_codec.Typing(layout), evdev_codec.Typing(layout)
        text = whole.characters(data)
        assert text == pieces.characters(data[:at]) + pieces.characters(data[at:])
        as_qwerty(text)
        frames = Frames(Framing(prefix="A", suffix="tab", fnc1="~"))
        frames.give(text)
        frames.rest()


def scanner(data: bytes) -> None:
    """What comes over a serial line is cut into codes, or told as spoiled."""
    for suffix in ("enter", "tab", "etx", "none"):
        frames = Frames(Framing(suffix=suffix))
        frames.give(data.decode("latin-1"))
        frames.rest()
        assert not frames.pending


def uevent(data: bytes) -> None:
    """What the kernel and udev say when something is plugged in."""
    about_devices(data)


def address(data: bytes) -> None:
    """An address as it is typed; what is one says itself again."""
    with suppress(BadAddress):
        found = parse_address(data.decode("utf-8", "replace"))
        assert parse_address(str(found)) == found


_DONE = concert_codec.Answer("01", "0", 1250, "1", "978", "0190a", "4976560000000007")
_TAGS = {
    "CZ": "0300",
    "CA": "01",
    "CD": "0",
    "CB": "1250",
    "CF": "0190-a",
    "AE": "10",
    "AC": "42",
    "AA": "49######07",
}
_ACK, _ENQ = bytes([concert_codec.ACK]), bytes([concert_codec.ENQ])
_PAID = bytes.fromhex("270004000000001250") + b"\x0c\x12\x00\x00\x0d\x11\x22\x87\x00\x07"
_ZVT = CUT.join(
    (
        b"",
        zvt_codec.encode(zvt_codec.TAKEN_WELL) + zvt_codec.encode(zvt_codec.Command(zvt_codec.COMPLETION)),
        b"",
        zvt_codec.encode(zvt_codec.TAKEN_WELL)
        + zvt_codec.encode(zvt_codec.Command(zvt_codec.STATUS, _PAID))
        + zvt_codec.encode(zvt_codec.Command(zvt_codec.LINE, b"\0PAID"))
        + zvt_codec.encode(zvt_codec.Command(zvt_codec.COMPLETION)),
    )
)

TARGETS: Mapping[str, Fuzzed] = {
    "escpos-status": Fuzzed(escpos_status, (b"\x16\x12\x12\x12", b"\x14\x00\x00\x00\x1e\x32", b"\x00")),
    "escpos-paper": Fuzzed(
        escpos_paper,
        (
            b"\x1b@\x1bt\x10TOTAL \x80\n\x1dV\x00",
            b"\x1dv0\x00\x02\x00\x02\x00abcd\x1b@\n\x1dVB\x00",
            b"\x1d(k\x03\x001C\x08",
        ),
    ),
    "labels": Fuzzed(
        labels,
        (
            b"^XA^FDPain^FS^FD1,20 \xe2\x82\xac^FS^PQ2^XZ",
            b'\nN\nA10,10,0,3,1,1,N,"Pain"\nP2\n',
            CUT + zpl_status.encode(Status(head_open=True)),
            CUT + epl_status.encode(Status(head_open=True, paper_out=True)),
        ),
    ),
    "concert": Fuzzed(
        concert_e,
        (
            concert_codec.encode_answer(_DONE)[1:-2],
            CUT.join((b"", _ACK, _ACK + _ENQ, concert_codec.encode_answer(_DONE))),
            CUT.join((_ENQ, concert_codec.encode_answer(_DONE), _ACK)),
        ),
    ),
    "caisse-ap": Fuzzed(
        caisse_ap_ip,
        (
            caisse_ap_codec.encode(_TAGS),
            CUT + caisse_ap_codec.encode(_TAGS),
            CUT + caisse_ap_codec.encode({"CZ": "0300", "AE": "01", "AF": "04"}),
            CUT + caisse_ap_codec.encode({"CZ": "0300", "AE": "10", "ZT": "TEUgMjIvMTEvMjAyNiBBIDEyOjAw"}),
        ),
    ),
    "zvt": Fuzzed(zvt_tcp, (_ZVT, _PAID, zvt_codec.encode(zvt_codec.Command(zvt_codec.STATUS, _PAID)))),
    "toledo": Fuzzed(toledo_8217, (b"\x0201.250\r", b"\x02?\x01\r", CUT + b"\x0201.250N\r")),
    "mt-sics": Fuzzed(
        mt_sics,
        (
            b"S S      1.250 kg\r\n",
            b"S D 12 g\r\n",
            b"ST,GS,+  0.250kg\r\n",
            CUT + b"ES\r\n" + CUT + b"S S 1.250 kg\r\n",
        ),
    ),
    "dialog-06": Fuzzed(
        dialog_06,
        (
            dialog_06_codec.encode(dialog_06_codec.Weighed(1250, 250, 313)),
            CUT + dialog_06_codec.encode(dialog_06_codec.Status("21")),
            CUT + b"\x06" + CUT + dialog_06_codec.encode(dialog_06_codec.Weighed(1250, 250, 313)),
            CUT + b"\x0211\x1b2A7\x03" + CUT + b"\x06" + CUT + b"\x0211\x1b1\x03",
        ),
    ),
    "gs1": Fuzzed(
        gs1_input,
        (b"]C101095200000000111726123110AB\x1d3103001250", b"01095200000000113922199", b"3*3017620422003"),
    ),
    "vfd": Fuzzed(
        vfd, (vfd_codec.escpos(b"TOTAL".ljust(20), b"12,50".ljust(20)), "éà€œ".encode(), b"\x1bQAHi\r")
    ),
    "evdev": Fuzzed(evdev, (evdev_codec.keystrokes("3017620422003\r", next(iter(KEYMAPS))),)),
    "scanner": Fuzzed(scanner, (b"3017620422003\r\n", b"\x02]C101\x1d10\x03", b"\t")),
    "uevent": Fuzzed(uevent, (b"ACTION=add\0SUBSYSTEM=tty\0", b"libudev\0" + bytes(16) + b"ACTION=bind\0")),
    "address": Fuzzed(
        address,
        (
            b"tcp://[::1]:9100",
            b"serial:/dev/ttyS0?baud=9600&mode=7e1",
            b"usb:04b8:0202:ABC",
            b"cups:queue",
            b"via:x",
        ),
    ),
}
