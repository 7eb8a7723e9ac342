"""Scales: only a stable weight that cannot be misread leaves them, whatever the line brings."""

from __future__ import annotations

import binascii
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.configuration import DeviceConfig
from devices.errors import BadDevice, DeviceDown, DeviceError, NothingOnScale, NoWeight, Unstable
from devices.scales import dialog_06_codec, mt_sics_codec, toledo_8217_codec
from devices.scales.dialog_06 import Dialog06, Proof
from devices.scales.making import make_dialog_06
from devices.scales.mt_sics import MtSics
from devices.scales.reading import AskedScale, Limits
from devices.scales.toledo_8217 import Toledo8217
from devices.transports import open_transport
from devices.virtual.hosting import OnPty
from devices.virtual.peer import Plugged
from devices.virtual.scales import Dialog06Twin, MtSicsTwin, ScaleTwin, Toledo8217Twin
from devices.virtual.scripted import Scripted
from devices.virtual.steered import SteeredScale

QUICK = Limits(answer=0.1, stable=0.05, pause=0.001)
KINDS = [(Toledo8217, Toledo8217Twin), (MtSics, MtSicsTwin), (Dialog06, Dialog06Twin)]


@pytest.fixture(params=KINDS, ids=["toledo-8217", "mt-sics", "dialog-06"])
def pair(request: pytest.FixtureRequest) -> tuple[AskedScale, ScaleTwin]:
    driver, twin_of = request.param
    twin = twin_of()
    return driver("scale", Plugged(twin), QUICK), twin


Pair = tuple[AskedScale, ScaleTwin]


@pytest.mark.parametrize("kilograms", ["0.005", "0.250", "1.250", "2.500", "14.995"])
async def test_a_load_is_read_to_the_gram(pair: Pair, kilograms: str) -> None:
    scale, twin = pair
    twin.set(weight=kilograms)
    assert (await scale.weigh(price=1299)).kilograms == Decimal(kilograms)


async def test_the_packaging_is_taken_off(pair: Pair) -> None:
    scale, twin = pair
    twin.set(weight="1.250")
    assert (await scale.weigh(20)).grams == 1230
    twin.set(weight="0.020")
    with pytest.raises(NothingOnScale):
        await scale.weigh(20)


async def test_a_load_that_moves_is_never_sold_by(pair: Pair) -> None:
    scale, twin = pair
    twin.set(weight="1.250", fault="unstable")
    with pytest.raises(Unstable):
        await scale.weigh()
    twin.set(fault=None)
    assert (await scale.weigh()).grams == 1250


async def test_an_empty_scale_gives_no_weight(pair: Pair) -> None:
    scale, _ = pair
    with pytest.raises(NothingOnScale):
        await scale.weigh()


@pytest.mark.parametrize("fault", ["overload", "under_zero"])
async def test_a_load_out_of_range_gives_no_weight_and_says_why(pair: Pair, fault: str) -> None:
    scale, twin = pair
    twin.set(weight="1.250", fault=fault)
    with pytest.raises(NoWeight) as caught:
        await scale.weigh()
    assert ("heavy" if fault == "overload" else "less than zero") in caught.value.reason


@pytest.mark.parametrize("fault", ["mute", "noise", "offline"])
async def test_a_scale_that_does_not_make_itself_understood_is_down(pair: Pair, fault: str) -> None:
    scale, twin = pair
    twin.set(weight="1.250", fault=fault)
    with pytest.raises(DeviceDown):
        await scale.weigh()
    twin.set(fault=None)
    await scale.close()
    assert (await scale.weigh()).grams == 1250


async def test_a_probe_does_not_mind_an_empty_or_moving_scale(pair: Pair) -> None:
    scale, twin = pair
    await scale.probe()
    twin.set(weight="1.250", fault="mute")
    with pytest.raises(DeviceDown):
        await scale.probe()


@pytest.mark.parametrize(("driver", "twin_of"), KINDS[:2])
async def test_the_same_over_a_serial_line_and_after_its_cable_was_cut(driver: Any, twin_of: Any) -> None:
    twin = twin_of()
    twin.set(weight="0.250")
    async with OnPty(twin) as place:
        scale = driver("scale", open_transport(place.address), Limits(answer=2.0, stable=2.0))
        assert (await scale.weigh()).grams == 250
        await place.unplug()
        with pytest.raises(DeviceDown):
            await scale.weigh()
        await scale.close()


async def test_one_garbled_answer_is_asked_again() -> None:
    class Noisy(Toledo8217Twin):
        spoiled = False

        async def answer(self, line: Any, data: bytes) -> None:
            await super().answer(line, data if self.spoiled else b"\x02\x7f.250\r")
            self.spoiled = True

    twin = Noisy()
    twin.set(weight="2.500")
    assert (await Toledo8217("scale", Plugged(twin), QUICK).weigh()).grams == 2500


async def test_two_readings_that_differ_are_no_weight() -> None:
    class Rising(Toledo8217Twin):
        async def answer(self, line: Any, data: bytes) -> None:
            self.weight += Decimal("0.001")
            await super().answer(line, data)

    with pytest.raises(Unstable):
        await Toledo8217("scale", Plugged(Rising()), QUICK).weigh()


# --- the codecs


def test_a_toledo_frame_is_believed_only_whole() -> None:
    whole = b"\x0201.250\r"
    for lost in range(len(whole)):
        damaged = whole[:lost] + whole[lost + 1 :]
        assert toledo_8217_codec.decode(damaged) is None, damaged
    assert toledo_8217_codec.decode(b"\x0200250\r") is None, "no point: 250 g, or 2.5 kg?"
    assert toledo_8217_codec.decode(b"\x0201.250N\r") == toledo_8217_codec.Reading(Decimal("1.250"))


def test_the_parity_bit_of_a_seven_bit_line_is_dropped() -> None:
    def even(byte: int) -> int:
        return byte | (byte.bit_count() % 2) << 7

    frame = bytes(map(even, b"\x0201.250\r"))
    assert toledo_8217_codec.decode(frame) == toledo_8217_codec.Reading(Decimal("1.250"))


def test_motion_is_told_before_a_bad_command() -> None:
    reading = toledo_8217_codec.decode(b"\x02?\x41\r")
    assert reading is not None
    assert toledo_8217_codec.Status.MOTION in reading.status


@pytest.mark.parametrize(
    ("line", "kilograms"),
    [
        (b"S S     250.00 g\r\n", "0.250"),
        (b"S S     0.250 kg\r\n", "0.250"),
        (b"S S      2.500 kg\r\n", "2.500"),
        (b"S S     250.00\r\n", None),
        (b"S S     250.00 lb\r\n", None),
        (b"S S  2 50.00 g\r\n", None),
        (b"ST,+0000.250 kg\r\n", "0.250"),
        (b"ST,+000250.0  g\r\n", "0.250"),
        (b"ST,GS,+  0.250kg\r\n", "0.250"),
        (b"ST,+0000.250 lb\r\n", None),
        (b"ST,+0000.250\r\n", None),
    ],
)
def test_a_line_of_mt_sics_or_of_its_copies_needs_a_unit(line: bytes, kilograms: str | None) -> None:
    reading = mt_sics_codec.decode(line)
    assert (reading.kilograms if reading else None) == (Decimal(kilograms) if kilograms else None)


@pytest.mark.parametrize(
    ("line", "status"),
    [(b"US,+0000.250 kg\r\n", "D"), (b"OL,+9999.999 kg\r\n", "+"), (b"OL,GS,-     .  kg\r\n", "-")],
)
def test_a_copy_of_mt_sics_tells_motion_and_range_in_its_own_words(line: bytes, status: str) -> None:
    reading = mt_sics_codec.decode(line)
    assert reading is not None
    assert reading.status == status


def test_dialog_records_are_as_the_protocol_writes_them() -> None:
    assert dialog_06_codec.price_record(1299) == b"\x04\x0201\x1b001299\x1b\x03"
    assert dialog_06_codec.price_record(1299, 20) == b"\x04\x0203\x1b001299\x1b0020\x03"
    weighed = dialog_06_codec.decode(b"\x0202\x1b3\x1b01250\x1b001299\x1b001624\x03")
    assert weighed == dialog_06_codec.Weighed(1250, 1299, 1624)
    assert isinstance(weighed, dialog_06_codec.Weighed)
    assert weighed.holds
    assert not dialog_06_codec.Weighed(12500, 1299, 1624).holds


def on_the_line(kind: type[AskedScale], answers: list[tuple[bytes, bytes]]) -> tuple[AskedScale, Dialogue]:
    """A scale whose every byte is written out here: what it must be asked, and what it then says."""
    peer = Dialogue(answers)
    return kind("scale", Plugged(peer), QUICK), peer


class Dialogue:
    """Says the next of its answers once it has been asked the question before it; nothing else may be asked."""

    name = "scale"
    plugged = True

    def __init__(self, answers: list[tuple[bytes, bytes]]) -> None:
        self.left = list(answers)

    async def serve(self, line: Any) -> None:
        heard = b""
        while data := await line.read():
            heard += data
            while self.left and heard.startswith(self.left[0][0]):
                asked, answer = self.left.pop(0)
                heard = heard[len(asked) :]
                await line.write(answer)
            assert any(asked.startswith(heard) for asked, _ in self.left) or heard in (b"", EOT), heard


EOT, ENQ, ACK, NAK = b"\x04", b"\x05", b"\x06", b"\x15"
PRICE = b"\x04\x0201\x1b001299\x1b\x03"
STATUS = b"\x04\x0208\x03"
WEIGHED = b"\x0202\x1b3\x1b01250\x1b001299\x1b001624\x03"


async def test_a_dialog_scale_that_has_no_weight_yet_is_asked_why_and_then_again() -> None:
    """As its service manual draws it: NAK to the poll, record 08, record 09 at once, EOT after each record."""
    scale, peer = on_the_line(
        Dialog06,
        [
            (PRICE, ACK),
            (EOT + ENQ, NAK),
            (STATUS, b"\x0209\x1b20\x03"),
            (EOT + PRICE, ACK),
            (EOT + ENQ, WEIGHED),
            (EOT, b""),
        ],
    )
    assert (await scale.weigh(price=1299)).grams == 1250
    await scale.close()
    assert peer.left in ([], [(EOT, b"")])


async def test_a_dialog_scale_that_refuses_a_price_is_asked_why() -> None:
    scale, _ = on_the_line(Dialog06, [(PRICE, NAK), (STATUS, b"\x0209\x1b11\x03"), (EOT, b"")])
    with pytest.raises(NoWeight) as caught:
        await scale.weigh(price=1299)
    assert caught.value.reason == "it refuses the price or the tare"


@pytest.mark.parametrize("unit", [b"0", b"1", b"2"])
async def test_pounds_of_a_dialog_scale_are_never_grams(unit: bytes) -> None:
    pounds = WEIGHED.replace(b"\x1b3\x1b", b"\x1b" + unit + b"\x1b")
    scale, _ = on_the_line(Dialog06, [(PRICE, ACK), (EOT + ENQ, pounds), (EOT, b"")])
    with pytest.raises(NoWeight) as caught:
        await scale.weigh(price=1299)
    assert caught.value.reason == "it weighs in another unit: set it to kilograms"


async def test_pounds_of_an_mt_sics_scale_are_said_to_be_another_unit() -> None:
    scale, _ = on_the_line(MtSics, [(b"SI\r\n", b"S S      0.55 lb\r\n")])
    with pytest.raises(NoWeight) as caught:
        await scale.weigh()
    assert caught.value.reason == "it weighs in another unit: set it to kilograms"


async def test_a_scale_that_knows_only_the_stable_weight_is_asked_for_that() -> None:
    weight = b"S S     0.250 kg\r\n"
    scale, _ = on_the_line(MtSics, [(b"SI\r\n", b"ES\r\n"), (b"S\r\n", weight), (b"S\r\n", weight)])
    assert (await scale.weigh()).grams == 250


async def test_a_line_at_seven_bits_that_is_read_at_eight_is_understood() -> None:
    even = bytes(byte | (byte.bit_count() % 2) << 7 for byte in b"\x0201.250\r")
    scale, _ = on_the_line(Toledo8217, [(b"W", even), (b"W", even)])
    assert (await scale.weigh()).grams == 1250


async def test_a_load_that_was_weighed_with_another_tare_has_to_be_lifted_first() -> None:
    twin = Dialog06Twin()
    twin.set(weight="1.250")
    scale = Dialog06("scale", Plugged(twin), QUICK)
    assert (await scale.weigh(20)).grams == 1230
    twin._tare, twin._told = 0, (Decimal("1.250"), 0)
    with pytest.raises(NoWeight) as caught:
        await scale.weigh()
    assert "take it off, and put it on again" in caught.value.reason


async def test_a_dialog_scale_weighs_a_load_once_and_its_weight_stays_known() -> None:
    twin = Dialog06Twin()
    twin.set(weight="1.250")
    scale = Dialog06("scale", Plugged(twin), QUICK)
    assert [(await scale.weigh()).grams, (await scale.weigh()).grams] == [1250, 1250]
    assert twin.weighings == 1


async def test_a_dialog_scale_that_wants_checksums_says_so() -> None:
    twin = Dialog06Twin()
    twin.set(weight="1.250", fault="checksums")
    with pytest.raises(NoWeight) as caught:
        await Dialog06("scale", Plugged(twin), QUICK).weigh()
    assert "checksums" in caught.value.reason


POLYNOMIAL = 0x8005
PROOF = Proof(POLYNOMIAL, (0x1A2B, 0xFFFF, 0x0000))


async def test_a_dialog_scale_gets_the_checksums_that_it_wants_and_then_weighs() -> None:
    twin = Dialog06Twin(polynomial=POLYNOMIAL)
    twin.set(weight="1.250")
    scale = Dialog06("scale", Plugged(twin), QUICK, PROOF)
    assert [(await scale.weigh(price=1299)).grams, (await scale.weigh()).grams] == [1250, 1250]


async def test_a_wrong_checksum_is_refused_and_never_sold_by() -> None:
    twin = Dialog06Twin(polynomial=0x1021)
    twin.set(weight="1.250")
    for _ in range(2):
        with pytest.raises(NoWeight) as caught:
            await Dialog06("scale", Plugged(twin), QUICK, PROOF).weigh()
        assert "does not accept" in caught.value.reason
    assert twin.weighings == 0


def test_checksums_are_divided_rotated_and_written_as_the_scale_wants_them() -> None:
    # 0x1021 and nothing before it: CRC-16/XMODEM of the two bytes of the checksum
    assert dialog_06_codec.division_rest(0x3132, 0x1021) == binascii.crc_hqx(b"12", 0)
    assert (dialog_06_codec.rotated(0x8001, 1), dialog_06_codec.rotated(0x8001, -1)) == (0x0003, 0xC000)
    record = dialog_06_codec.proof_record((0x3132,), 0x1021, 0x47)
    turned = dialog_06_codec.rotated(0x3132, 4), dialog_06_codec.rotated(binascii.crc_hqx(b"12", 0), -7)
    assert record == b"\x04\x0210\x1b" + "{:04X}{:04X}".format(*turned).encode() + b"\x03"
    assert dialog_06_codec.decode(b"\x0211\x1b247\x03") == dialog_06_codec.Demand(0x47)
    assert dialog_06_codec.decode(b"\x0211\x1b1\x03") == dialog_06_codec.Verdict(True)
    assert dialog_06_codec.decode(b"\x0211\x1b0\x03") == dialog_06_codec.Verdict(False)


@given(st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=5), st.integers(0, 0xFFFF), st.integers(0, 255))
def test_any_checksums_are_confirmed_by_their_polynomial_alone(
    checksums: list[int], polynomial: int, number: int
) -> None:
    record = dialog_06_codec.proof_record(tuple(checksums), polynomial, number)
    assert dialog_06_codec.proven(record[2:], polynomial, number)
    spoiled = bytearray(record[2:])
    spoiled[3] = ord("0") if spoiled[3] != ord("0") else ord("1")
    assert not dialog_06_codec.proven(bytes(spoiled), polynomial | 1, number) or polynomial % 2 == 0


async def test_the_makers_polynomial_is_an_option_of_the_scale() -> None:
    with_it = {"polynomial": "8005", "checksums": "1A2B, 00FF"}
    scale = make_dialog_06(DeviceConfig("scale", "scale", "dialog-06", "virtual:", with_it))
    assert isinstance(scale, SteeredScale)
    scale.set(weight="0.250")
    assert (await scale.weigh()).grams == 250
    await scale.close()
    own = make_dialog_06(DeviceConfig("scale", "scale", "dialog-06", "virtual:", {"polynomial": "1021"}))
    assert isinstance(own, SteeredScale)
    own.set(weight="0.250")
    assert (await own.weigh()).grams == 250
    await own.close()
    for wrong in (
        {"polynomial": "21"},
        {"checksums": "1,2"},
        {"polynomial": "1021", "checksums": ",".join(["0000"] * 6)},
    ):
        with pytest.raises(BadDevice):
            make_dialog_06(DeviceConfig("scale", "scale", "dialog-06", "virtual:", wrong))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60))
def test_random_bytes_are_a_reading_or_none(data: bytes) -> None:
    for decode in (toledo_8217_codec.decode, mt_sics_codec.decode, dialog_06_codec.decode):
        decode(data)


@settings(max_examples=30, deadline=None)
@given(kind=st.sampled_from([Toledo8217, MtSics, Dialog06]), data=st.binary(max_size=40))
def test_random_answers_never_raise_out_of_a_driver(
    run: Callable[[Awaitable[Any]], Any], kind: type[AskedScale], data: bytes
) -> None:
    scale = kind("scale", Plugged(Scripted(data)), Limits(answer=0.01, stable=0.0, pause=0.0))
    with pytest.raises(DeviceError):
        run(scale.weigh())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 99_999))
def test_every_weight_survives_each_protocol(weight: int) -> None:
    kilograms = Decimal(weight).scaleb(-3)
    toledo = toledo_8217_codec.Reading(kilograms)
    assert toledo_8217_codec.decode(toledo_8217_codec.encode(toledo)) == toledo
    sics = mt_sics_codec.Reading("S", kilograms)
    assert mt_sics_codec.decode(mt_sics_codec.encode(sics)) == sics
    dialog = dialog_06_codec.Weighed(weight, 100, weight // 10)
    assert dialog_06_codec.decode(dialog_06_codec.encode(dialog)) == dialog
