"""Scales: only a stable weight that cannot be misread leaves them, whatever the line brings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.errors import DeviceDown, DeviceError, NothingOnScale, NoWeight, Unstable
from devices.scales import dialog_06_codec, mt_sics_codec, toledo_8217_codec
from devices.scales.dialog_06 import Dialog06
from devices.scales.mt_sics import MtSics
from devices.scales.reading import AskedScale, Limits
from devices.scales.toledo_8217 import Toledo8217
from devices.transports import open_transport
from devices.virtual.hosting import OnPty
from devices.virtual.peer import Plugged
from devices.virtual.scales import Dialog06Twin, MtSicsTwin, ScaleTwin, Toledo8217Twin
from devices.virtual.scripted import Scripted

QUICK = Limits(answer=0.1, stable=0.05, pause=0.001)
"""Where it must fail; where it must weigh, it has its time on a machine that is busy."""
PATIENT = Limits(answer=5.0, stable=5.0, pause=0.001)
KINDS = [(Toledo8217, Toledo8217Twin), (MtSics, MtSicsTwin), (Dialog06, Dialog06Twin)]


@pytest.fixture(params=KINDS, ids=["toledo-8217", "mt-sics", "dialog-06"])
def pair(request: pytest.FixtureRequest) -> tuple[AskedScale, ScaleTwin]:
    driver, twin_of = request.param
    twin = twin_of()
    return driver("scale", Plugged(twin), PATIENT), twin


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
    scale.limits = QUICK
    with pytest.raises(Unstable):
        await scale.weigh()
    twin.set(fault=None)
    scale.limits = PATIENT
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
    scale.limits = QUICK
    with pytest.raises(DeviceDown):
        await scale.weigh()
    twin.set(fault=None)
    scale.limits = PATIENT
    await scale.close()
    assert (await scale.weigh()).grams == 1250


async def test_a_probe_does_not_mind_an_empty_or_moving_scale(pair: Pair) -> None:
    scale, twin = pair
    await scale.probe()
    twin.set(weight="1.250", fault="mute")
    scale.limits = QUICK
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
    assert (await Toledo8217("scale", Plugged(twin), PATIENT).weigh()).grams == 2500


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
