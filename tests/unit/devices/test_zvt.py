"""ZVT: the terminal's every mood. What was recorded of others is in `test_payment_traces`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.errors import Declined, DeviceDown, DeviceError, PaymentUnknown
from devices.payments import Order, Stage, TerminalTotals, nobody
from devices.terminals import zvt_codec
from devices.terminals.zvt import Limits, ZvtTerminal
from devices.transports import open_transport
from devices.virtual.hosting import OnTcp
from devices.virtual.peer import Plugged
from devices.virtual.scripted import Scripted
from devices.virtual.zvt import ZvtTwin
from tests.unit.devices.paying import lost

QUICK = Limits(acknowledged=0.2, answer=0.3, short=0.3)
ORDER = Order("pay", 1250, "0190-a")


@pytest.fixture
def asked() -> Order:
    """The order, asked now: a terminal is only believed when it tells of a payment of that time."""
    return replace(ORDER, at=datetime.now(UTC))


@pytest.fixture
def twin() -> ZvtTwin:
    return ZvtTwin()


@pytest.fixture
def terminal(twin: ZvtTwin) -> ZvtTerminal:
    return ZvtTerminal("pay", Plugged(twin), limits=QUICK)


async def test_an_approved_payment_has_its_number_its_card_and_its_receipt(
    terminal: ZvtTerminal, twin: ZvtTwin
) -> None:
    stages: list[Stage] = []

    async def note(stage: Stage) -> None:
        stages.append(stage)

    approval = await terminal.carry_out(ORDER, note)
    assert (approval.amount, approval.authorisation) == (1250, "0001")
    assert approval.masked_pan == "************0007"
    assert approval.receipt == ("KARTENZAHLUNG ************0007",)
    assert stages == [Stage.SENDING, Stage.ACCEPTED]
    assert twin.asked[0] == zvt_codec.Command(zvt_codec.PAY, bytes.fromhex("04000000001250490978"))


async def test_a_refund_and_a_reversal_give_money_back(terminal: ZvtTerminal, twin: ZvtTwin) -> None:
    paid = await terminal.carry_out(ORDER, nobody)
    assert (await terminal.carry_out(Order("refund", 300, "b"), nobody)).amount == -300
    with pytest.raises(DeviceDown, match="receipt number"):
        await terminal.carry_out(Order("cancel", 1250, "c"), nobody)
    cancel = Order("cancel", 300, "c", cancels=paid.authorisation)
    with pytest.raises(PaymentUnknown):
        await terminal.carry_out(Order("cancel", 301, "c", cancels="1"), nobody)
    assert twin.asked[-1].data == bytes.fromhex("000000870001")
    assert cancel.signed == -300


@pytest.mark.parametrize("amount", [1, 999_999_999_999])
async def test_from_one_cent_to_the_largest_amount(terminal: ZvtTerminal, amount: int) -> None:
    assert (await terminal.carry_out(Order("pay", amount, "a"), nobody)).amount == amount
    with pytest.raises(DeviceDown):
        await terminal.carry_out(Order("pay", 10**12, "a"), nobody)


@pytest.mark.parametrize(
    ("answer", "reason"), [("refused", "refused by the bank"), ("abandoned", "abandoned on the terminal")]
)
async def test_a_refusal_is_declined(terminal: ZvtTerminal, twin: ZvtTwin, answer: str, reason: str) -> None:
    twin.set(answer=answer)
    with pytest.raises(Declined) as caught:
        await terminal.carry_out(ORDER, nobody)
    assert (caught.value.reason, twin.charged) == (reason, [])


@pytest.mark.parametrize("fault", ["mute", "cut", "noise", "aborts", "other"])
async def test_money_that_moved_without_a_clear_end_is_unknown(
    terminal: ZvtTerminal, twin: ZvtTwin, fault: str
) -> None:
    twin.set(fault=fault)
    with pytest.raises(PaymentUnknown):
        await terminal.carry_out(ORDER, nobody)
    assert twin.charged == [1250]


@pytest.mark.parametrize("fault", ["busy", "offline"])
async def test_an_order_that_is_not_taken_is_not_paid(
    terminal: ZvtTerminal, twin: ZvtTwin, fault: str
) -> None:
    twin.set(fault=fault)
    with pytest.raises(DeviceDown):
        await terminal.carry_out(ORDER, nobody)
    assert twin.charged == []


async def test_answers_in_single_bytes_over_tcp_are_read_to_their_end(twin: ZvtTwin) -> None:
    twin.set(fault="pieces")
    async with OnTcp(twin) as place:
        terminal = ZvtTerminal("pay", open_transport(place.address), limits=QUICK)
        await terminal.probe()
        assert (await terminal.carry_out(ORDER, nobody)).amount == 1250


async def test_a_lost_payment_is_found_by_its_amount_its_time_and_a_new_number(
    terminal: ZvtTerminal, twin: ZvtTwin, asked: Order
) -> None:
    await lost(terminal, twin, asked, "cut")

    found = await terminal.recover(asked)
    assert (found.amount, found.authorisation) == (1250, "0001")
    with pytest.raises(PaymentUnknown):
        await terminal.recover(Order("pay", 1250, "b", at=asked.at, known=("0001",)))
    with pytest.raises(PaymentUnknown):
        await terminal.recover(Order("pay", 1250, "b", at=asked.at, unproven=(1250,)))
    with pytest.raises(PaymentUnknown):
        await terminal.recover(Order("pay", 1251, "b", at=asked.at))


async def test_an_end_that_comes_late_is_heard_out_before_anything_is_asked(
    terminal: ZvtTerminal, twin: ZvtTwin, asked: Order
) -> None:
    await lost(terminal, twin, asked, "late")
    assert (await terminal.recover(asked)).authorisation == "0001"
    assert [command.control for command in twin.asked] == [zvt_codec.PAY]


async def test_a_late_end_of_an_earlier_payment_does_not_stand_in_the_way_of_the_next(
    terminal: ZvtTerminal, twin: ZvtTwin
) -> None:
    await lost(terminal, twin, ORDER, "late")
    assert (await terminal.carry_out(Order("pay", 300, "b"), nobody)).amount == 300
    assert twin.charged == [1250, 300]


async def test_a_terminal_that_is_still_busy_is_not_asked_for_its_last_receipt(
    terminal: ZvtTerminal, twin: ZvtTwin
) -> None:
    await lost(terminal, twin, ORDER, "cut")
    twin.set(fault="busy")
    with pytest.raises(PaymentUnknown) as caught:
        await terminal.recover(ORDER)
    assert caught.value.reason == "it is busy"


@pytest.mark.parametrize(
    ("data", "state"),
    [
        (b"", None),
        (b"\x00", 0),
        (b"\x9c\x06\x00", 0x9C),
        (b"\xf0\xf0\xf21A\xdc", 0xDC),
        (b"\xf0\xf0", None),
        (b"\xf0\xf0\xf9A", None),
    ],
)
def test_the_state_stands_first_or_behind_the_version(data: bytes, state: int | None) -> None:
    assert zvt_codec.state(data) == state


async def test_a_terminal_that_is_asked_to_give_up_aborts(twin: ZvtTwin, slowness: Any) -> None:
    twin = ZvtTwin(sleep=slowness)
    twin.set(fault="slow")
    terminal = ZvtTerminal("pay", Plugged(twin))
    assert not await terminal.give_up(), "it does nothing yet"
    paying = asyncio.create_task(terminal.carry_out(ORDER, nobody))
    await slowness.began.wait()
    assert await terminal.give_up()
    with pytest.raises(Declined) as caught:
        await paying
    assert caught.value.reason == "abandoned on the terminal"
    assert twin.charged == []


async def test_what_is_given_up_before_the_terminal_has_taken_it_is_given_up_as_soon_as_it_has(
    slowness: Any,
) -> None:
    twin = ZvtTwin(sleep=slowness)
    twin.set(fault="slow")
    terminal = ZvtTerminal("pay", Plugged(twin), limits=QUICK)

    async def stop(stage: Stage) -> None:
        if stage is Stage.ACCEPTED:
            assert await terminal.give_up()

    with pytest.raises(Declined):
        await terminal.carry_out(ORDER, stop)
    assert twin.charged == []


async def test_a_terminal_that_had_paid_before_it_was_asked_to_give_up_has_paid(twin: ZvtTwin) -> None:
    said = [zvt_codec.TAKEN_WELL, zvt_codec.Command(zvt_codec.COMPLETION), zvt_codec.TAKEN_WELL]
    paid = zvt_codec.Command(zvt_codec.STATUS, bytes.fromhex("270004000000001250"))
    refused = zvt_codec.Command(zvt_codec.REFUSED << 8 | 0x83)
    end = [*said, refused, paid, zvt_codec.Command(zvt_codec.COMPLETION)]
    scripted = Scripted(b"".join(map(zvt_codec.encode, end)), stays=True)
    assert (await ZvtTerminal("pay", Plugged(scripted), limits=QUICK).carry_out(ORDER, nobody)).amount == 1250


async def test_a_terminal_that_has_paid_nothing_cannot_tell(terminal: ZvtTerminal) -> None:
    with pytest.raises(PaymentUnknown):
        await terminal.recover(ORDER)


async def test_the_terminal_tells_what_it_has_added_up(terminal: ZvtTerminal) -> None:
    await terminal.carry_out(ORDER, nobody)
    await terminal.carry_out(Order("pay", 750, "b"), nobody)
    assert await terminal.totals() == TerminalTotals(2000, 2)


# --- fields


LENGTHS = {
    **dict.fromkeys((0x01, 0x02, 0x03, 0x05, 0x19, 0x27, 0x8A, 0x8C, 0xA0), 1),
    **dict.fromkeys((0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87), 2),
    **dict.fromkeys((0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA), 3),
    0x29: 4,
    0xBA: 5,
    0x04: 6,
    0x3B: 8,
    0x2A: 15,
}
"""Bytes of the fields whose length is fixed, as the interface of the terminals has them (ZVT, chapter on bitmaps)."""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, bytes(size)) for key, size in LENGTHS.items()),
        *((key, b"\xf1\xf2" + bytes(12)) for key in (0x22, 0x23, 0x2D, 0x8B, 0xA7, 0xD1, 0xD2, 0xD3)),
        *((key, b"\xf0\xf1\xf2" + bytes(12)) for key in (0x24, 0x2E, 0x3C, 0x60, 0x92, 0x9A, 0xAF)),
        (0x06, b"\x82\x01\x04" + bytes(260)),
    ],
)
def test_what_stands_behind_a_field_is_read_from_where_that_ends(key: int, value: bytes) -> None:
    behind = 0x0B if key != 0x0B else 0x04
    found = zvt_codec.fields(bytes([key]) + value + bytes([behind]) + bytes(range(1, LENGTHS[behind] + 1)))
    assert list(found) == [key, behind]
    assert found[behind] == bytes(range(1, LENGTHS[behind] + 1))


# --- any bytes


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_a_command_or_none_and_fields_or_a_bad_field(data: bytes) -> None:
    command, rest = zvt_codec.decode(data)
    assert data.endswith(rest)
    with suppress(zvt_codec.BadField):
        zvt_codec.fields(data)
    zvt_codec.printed(zvt_codec.Command(zvt_codec.BLOCK, data))
    zvt_codec.printed(zvt_codec.Command(zvt_codec.LINE, data))
    assert command is None or zvt_codec.decode(zvt_codec.encode(command))[0] == command


@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=60), registered=st.booleans())
def test_random_answers_never_raise_out_of_the_driver(
    run: Callable[[Awaitable[Any]], Any], data: bytes, registered: bool
) -> None:
    begin = b"\x80\x00\x00\x06\x0f\x00\x80\x00\x00" if registered else b""
    limits = Limits(acknowledged=0.01, answer=0.01, short=0.01)
    terminal = ZvtTerminal("pay", Plugged(Scripted(begin + data)), limits=limits)
    with pytest.raises(DeviceError):
        run(terminal.carry_out(Order("pay", 987_654, "x"), nobody))
