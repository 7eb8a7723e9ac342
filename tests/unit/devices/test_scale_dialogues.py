"""What scales are asked and say, byte by byte as their manuals have it; Dialog 06 above all."""

from __future__ import annotations

import binascii
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.configuration import DeviceConfig
from devices.errors import BadDevice, NoWeight
from devices.scales import dialog_06_codec
from devices.scales.dialog_06 import SAME_LOAD, Dialog06, Proof
from devices.scales.making import make_dialog_06
from devices.scales.mt_sics import MtSics
from devices.scales.reading import AskedScale, Limits
from devices.scales.toledo_8217 import Toledo8217
from devices.virtual.peer import Plugged
from devices.virtual.scales import Dialog06Twin
from devices.virtual.steered import SteeredScale

PATIENT = Limits(answer=5.0, stable=5.0, pause=0.001)


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
    return kind("scale", Plugged(peer), PATIENT), peer


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
    scale = Dialog06("scale", Plugged(twin), PATIENT)
    assert (await scale.weigh(20)).grams == 1230
    twin._tare, twin._told = 0, (Decimal("1.250"), 0)
    with pytest.raises(NoWeight) as caught:
        await scale.weigh()
    assert "take it off, and put it on again" in caught.value.reason


async def test_a_dialog_scale_weighs_a_load_once_and_its_weight_stays_known() -> None:
    twin = Dialog06Twin()
    twin.set(weight="1.250")
    scale = Dialog06("scale", Plugged(twin), PATIENT)
    assert [(await scale.weigh()).grams, (await scale.weigh()).grams] == [1250, 1250]
    assert twin.weighings == 1


async def test_a_load_whose_weight_was_lost_on_the_line_is_not_sold_as_the_one_before_it() -> None:
    scale, _ = on_the_line(
        Dialog06,
        [
            (PRICE, ACK),
            (EOT + ENQ, WEIGHED),
            (EOT + PRICE, ACK),
            (EOT + ENQ, WEIGHED.replace(b"001624", b"00#624")),
            (EOT + PRICE, ACK),
            (EOT + ENQ, b"\x0209\x1b21\x03"),
            (EOT, b""),
        ],
    )
    assert (await scale.weigh(price=1299)).grams == 1250
    with pytest.raises(NoWeight) as caught:
        await scale.weigh(price=1299)
    assert caught.value.reason == SAME_LOAD
    await scale.close()


async def test_a_dialog_scale_that_wants_checksums_says_so() -> None:
    twin = Dialog06Twin()
    twin.set(weight="1.250", fault="checksums")
    with pytest.raises(NoWeight) as caught:
        await Dialog06("scale", Plugged(twin), PATIENT).weigh()
    assert "checksums" in caught.value.reason


POLYNOMIAL = 0x8005
PROOF = Proof(POLYNOMIAL, (0x1A2B, 0xFFFF, 0x0000))


async def test_a_dialog_scale_gets_the_checksums_that_it_wants_and_then_weighs() -> None:
    twin = Dialog06Twin(polynomial=POLYNOMIAL)
    twin.set(weight="1.250")
    scale = Dialog06("scale", Plugged(twin), PATIENT, PROOF)
    assert [(await scale.weigh(price=1299)).grams, (await scale.weigh()).grams] == [1250, 1250]


async def test_a_wrong_checksum_is_refused_and_never_sold_by() -> None:
    twin = Dialog06Twin(polynomial=0x1021)
    twin.set(weight="1.250")
    for _ in range(2):
        with pytest.raises(NoWeight) as caught:
            await Dialog06("scale", Plugged(twin), PATIENT, PROOF).weigh()
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
