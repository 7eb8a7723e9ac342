"""Concert E+: both sessions, every way in which they break, and never a payment sent twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.errors import Declined, DeviceDown, DeviceError, PaymentUnknown
from devices.payments import Approval, Order, Stage, nobody
from devices.terminals import concert_codec
from devices.terminals.concert import GARBLED, ConcertTerminal, Limits
from devices.transports import open_transport
from devices.virtual.concert import ConcertTwin
from devices.virtual.hosting import OnPty
from devices.virtual.peer import Plugged
from devices.virtual.scripted import Scripted
from tests.unit.devices.paying import lost

QUICK = Limits(acknowledged=0.05, answer=0.3, late=0.1, pending=0.005)
ORDER = Order("pay", 1250, "0190-0000-abcdef0123")


@pytest.fixture
def twin() -> ConcertTwin:
    return ConcertTwin()


@pytest.fixture
async def terminal(twin: ConcertTwin) -> AsyncIterator[ConcertTerminal]:
    terminal = ConcertTerminal("pay", Plugged(twin), limits=QUICK)
    yield terminal
    await terminal.close()


async def test_an_approved_payment_is_asked_once_and_keeps_four_digits_of_the_card(
    terminal: ConcertTerminal, twin: ConcertTwin
) -> None:
    stages: list[Stage] = []

    async def note(stage: Stage) -> None:
        stages.append(stage)

    assert await terminal.carry_out(ORDER, note) == Approval(1250, "", "************0007")
    assert twin.asked == [b"0100001250110978abcdef0123A010B010"]
    assert stages == [Stage.SENDING, Stage.ACCEPTED]


@pytest.mark.parametrize("amount", [1, 99_999_999])
async def test_from_one_cent_to_the_largest_amount(
    terminal: ConcertTerminal, twin: ConcertTwin, amount: int
) -> None:
    assert (await terminal.carry_out(Order("pay", amount, "a"), nobody)).amount == amount
    assert twin.charged == [amount]


async def test_an_amount_that_does_not_fit_is_not_sent(terminal: ConcertTerminal, twin: ConcertTwin) -> None:
    with pytest.raises(DeviceDown):
        await terminal.carry_out(Order("pay", 100_000_000, "a"), nobody)
    assert twin.asked == []


async def test_refunds_cancels_and_cheques_have_their_marks(
    terminal: ConcertTerminal, twin: ConcertTwin
) -> None:
    await terminal.carry_out(Order("refund", 100, "a"), nobody)
    await terminal.carry_out(Order("cancel", 200, "b"), nobody)
    assert (await terminal.carry_out(Order("pay", 300, "c", method="CHEQUE"), nobody)).masked_pan == ""
    assert [(body[11:12], body[12:13]) for body in twin.asked] == [(b"1", b"1"), (b"1", b"2"), (b"C", b"0")]
    assert twin.charged == [-100, -200, 300]


async def test_a_refusal_is_declined(terminal: ConcertTerminal, twin: ConcertTwin) -> None:
    twin.set(answer="refused")
    with pytest.raises(Declined):
        await terminal.carry_out(ORDER, nobody)


async def test_what_was_not_verified_is_unknown(terminal: ConcertTerminal, twin: ConcertTwin) -> None:
    twin.set(answer="not_verified")
    with pytest.raises(PaymentUnknown, match="Nobody knows"):
        await terminal.carry_out(ORDER, nobody)


@pytest.mark.parametrize("fault", ["mute", "busy", "offline"])
async def test_a_terminal_that_takes_no_session_was_asked_nothing(
    terminal: ConcertTerminal, twin: ConcertTwin, fault: str
) -> None:
    twin.set(fault=fault)
    stages: list[Stage] = []

    async def note(stage: Stage) -> None:
        stages.append(stage)

    with pytest.raises(DeviceDown):
        await terminal.carry_out(ORDER, note)
    assert (twin.asked, stages) == ([], [])

    twin.set(fault=None)
    assert (await terminal.carry_out(ORDER, nobody)).amount == 1250


async def test_a_request_that_is_refused_for_its_check_is_sent_again(
    terminal: ConcertTerminal, twin: ConcertTwin
) -> None:
    twin.set(refusals=2)
    await terminal.carry_out(ORDER, nobody)
    assert twin.charged == [1250]

    twin.set(refusals=3)
    with pytest.raises(DeviceDown):
        await terminal.carry_out(ORDER, nobody)
    assert twin.charged == [1250]


async def test_a_request_whose_acknowledgement_is_lost_is_not_sent_again(
    terminal: ConcertTerminal, twin: ConcertTwin
) -> None:
    twin.set(fault="unheard")
    assert (await terminal.carry_out(ORDER, nobody)).amount == 1250
    assert twin.charged == [1250]


async def test_an_answer_with_a_wrong_check_is_asked_for_again(
    terminal: ConcertTerminal, twin: ConcertTwin
) -> None:
    twin.set(bad_checks=1)
    assert (await terminal.carry_out(ORDER, nobody)).amount == 1250


async def test_an_answer_that_is_wrong_each_time_after_a_lost_acknowledgement_is_unknown(
    terminal: ConcertTerminal, twin: ConcertTwin
) -> None:
    twin.set(fault="unheard", bad_checks=3)
    with pytest.raises(PaymentUnknown) as caught:
        await terminal.carry_out(ORDER, nobody)
    assert caught.value.reason == GARBLED
    assert twin.charged == [1250]


async def test_an_answer_wrong_three_times_is_unknown(terminal: ConcertTerminal, twin: ConcertTwin) -> None:
    twin.set(bad_checks=3)
    with pytest.raises(PaymentUnknown):
        await terminal.carry_out(ORDER, nobody)
    assert twin.charged == [1250]


async def test_both_call_at_once_and_the_payment_is_asked_once(
    terminal: ConcertTerminal, twin: ConcertTwin
) -> None:
    twin.set(fault="collision")
    assert (await terminal.carry_out(ORDER, nobody)).amount == 1250
    assert twin.charged == [1250]


async def test_no_answer_at_all_is_unknown_and_recovery_sends_nothing(
    terminal: ConcertTerminal, twin: ConcertTwin
) -> None:
    twin.set(fault="silent")
    with pytest.raises(PaymentUnknown):
        await terminal.carry_out(ORDER, nobody)
    with pytest.raises(PaymentUnknown):
        await terminal.recover(ORDER)
    assert len(twin.asked) == 1


async def test_a_late_answer_that_meets_the_next_call_is_heard_out_and_nothing_is_charged_twice(
    terminal: ConcertTerminal, twin: ConcertTwin
) -> None:
    await lost(terminal, twin, ORDER, "late")

    following = Order("pay", 300, "0190-0000-9999999999")
    with pytest.raises(DeviceDown, match="earlier payment"):
        await terminal.carry_out(following, nobody)
    assert twin.charged == [1250]
    assert (await terminal.recover(ORDER)).amount == 1250

    assert (await terminal.carry_out(following, nobody)).amount == 300
    assert twin.charged == [1250, 300]


async def test_a_late_answer_is_found_by_whoever_listens_for_it(twin: ConcertTwin) -> None:
    answer = concert_codec.Answer("01", "0", 1250, "1", "978", "abcdef0123", "4976560000000007")
    line = bytes([concert_codec.ENQ]) + concert_codec.encode_answer(answer)

    class Calling:
        plugged, name = True, "calling"

        async def serve(self, cable: Any) -> None:
            await cable.write(line)
            await cable.read()
            await cable.read()

    terminal = ConcertTerminal("pay", Plugged(Calling()), limits=QUICK)
    assert (await terminal.recover(ORDER)).masked_pan == "************0007"


async def test_a_terminal_that_leaves_the_private_field_blank_is_understood(
    terminal: ConcertTerminal, twin: ConcertTwin
) -> None:
    twin.set(fault="blank")
    assert (await terminal.carry_out(ORDER, nobody)).amount == 1250


async def test_the_cable_is_cut_while_the_customer_pays(twin: ConcertTwin) -> None:
    async with OnPty(twin) as place:
        terminal = ConcertTerminal("pay", open_transport(place.address), limits=QUICK)
        assert (await terminal.carry_out(Order("pay", 1, "a"), nobody)).amount == 1
        twin.set(fault="silent")

        async def cut(stage: Stage) -> None:
            if stage is Stage.ACCEPTED:
                await place.unplug()

        with pytest.raises(PaymentUnknown):
            await terminal.carry_out(ORDER, cut)
        with pytest.raises(DeviceDown):
            await terminal.carry_out(ORDER, nobody)
        await terminal.close()
    assert twin.charged == [1, 1250]


# --- the codec


def test_an_answer_has_the_lengths_of_the_specification() -> None:
    full = concert_codec.Answer("01", "0", 1250, "1", "978", "abc", "4976")
    assert len(concert_codec.encode_answer(full)) == 83
    short = concert_codec.Answer("01", "0", 1250, "1", "978", "abc")
    assert len(concert_codec.encode_answer(short)) == 28
    for answer in (full, short):
        assert concert_codec.decode(concert_codec.encode_answer(answer)[1:-2]) == answer


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=120))
def test_random_bytes_are_an_answer_or_none(data: bytes) -> None:
    concert_codec.decode(data)


@settings(max_examples=30, deadline=None)
@given(data=st.lists(st.sampled_from([2, 3, 4, 5, 6, 21, 48, 255]), max_size=30).map(bytes))
def test_random_answers_never_raise_out_of_the_driver(
    run: Callable[[Awaitable[Any]], Any], data: bytes
) -> None:
    limits = Limits(acknowledged=0.005, answer=0.01, late=0.01, pending=0.0)
    terminal = ConcertTerminal("pay", Plugged(Scripted(data)), limits=limits)
    with pytest.raises(DeviceError):
        run(terminal.carry_out(ORDER, nobody))
