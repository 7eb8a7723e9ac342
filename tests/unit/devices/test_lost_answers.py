"""What a terminal tells of another payment, twice, in two ways, or to a till that was restarted: never paid twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from devices.errors import Declined, PaymentUnknown, StillWorking, ToldEarlier
from devices.payments import Order, nobody
from devices.terminals import caisse_ap_codec, concert, concert_codec, zvt_codec
from devices.terminals import zvt as zvt_driver
from devices.terminals.cabled import OTHER_PAYMENT
from devices.terminals.caisse_ap import CaisseApTerminal, Limits
from devices.terminals.concert import ConcertTerminal
from devices.terminals.concert_codec import ACK, ENQ, EOT
from devices.terminals.zvt import ZvtTerminal
from devices.transports.transport import Transport
from devices.virtual.caisse_ap import CaisseApTwin
from devices.virtual.concert import ConcertTwin
from devices.virtual.peer import Plugged
from devices.virtual.scripted import Scripted
from devices.virtual.zvt import ZvtTwin
from tests.unit.devices.paying import lost

LIMITS = Limits(answer=0.5, duplicate=0.5, pending=0.01, settle=0.01, lacking=0.05)
SERIAL = concert.Limits(acknowledged=0.1, answer=0.3, late=0.1, pending=0.01)
TCP = zvt_driver.Limits(acknowledged=0.2, answer=0.3, short=0.3, pending=0.01)
ORDER = Order("pay", 1250, "0190-0000-abcdef0123")
OLDER = "0190-0000-abcdef0000"
ECHO = {"CZ": "0300", "CA": "01", "CE": "978", "CD": "0", "CB": "1250", "CF": ORDER.reference}
DONE = {"AE": "10", "AC": "000007"}
REFUSED = {"AE": "01", "AF": "04"}


def young(order: Order = ORDER) -> Order:
    """The order, asked just now."""
    return replace(order, at=datetime.now(UTC))


def given_up(order: Order = ORDER) -> Order:
    """The order, when the till has just given up waiting for the longest answer."""
    return replace(order, at=datetime.now(UTC) - timedelta(minutes=3, seconds=5))


def old(order: Order = ORDER) -> Order:
    """The order, asked longer ago than any customer is given."""
    return replace(order, at=datetime.now(UTC) - timedelta(minutes=10))


# --- Caisse-AP


def saying(*answers: dict[str, str], stays: bool = False) -> CaisseApTerminal:
    """A terminal that says all this to an order at once."""
    data = b"".join(caisse_ap_codec.encode(ECHO | answer) for answer in answers)
    return CaisseApTerminal("pay", Plugged(Scripted(data, stays=stays)), limits=LIMITS)


@pytest.mark.parametrize(
    "other", [{"CE": "840"}, {"CA": "77"}, {"CD": "1"}, {"CB": "700"}, {"CB": "125000"}, {"CF": OLDER}]
)
@pytest.mark.parametrize("stays", [True, False])
async def test_a_payment_in_another_currency_of_another_till_or_amount_is_not_this_one(
    other: dict[str, str], stays: bool
) -> None:
    with pytest.raises(PaymentUnknown) as caught:
        await saying(DONE | other, stays=stays).carry_out(ORDER, nobody)
    assert caught.value.reason == OTHER_PAYMENT


@pytest.mark.parametrize("other", [{"CA": "77"}, {"CD": "1"}, {"CB": "700"}, {"CF": OLDER}])
async def test_the_refusal_of_another_payment_refuses_nothing_here(other: dict[str, str]) -> None:
    with pytest.raises(PaymentUnknown):
        await saying(REFUSED | other).carry_out(ORDER, nobody)


async def test_of_two_answers_in_one_packet_the_one_to_this_order_counts() -> None:
    other = REFUSED | {"CF": OLDER, "CB": "700"}
    for answers in ((other, DONE), (DONE, other)):
        assert (await saying(*answers).carry_out(ORDER, nobody)).authorisation == "000007"
    with pytest.raises(Declined):
        await saying(DONE | {"CF": OLDER}, REFUSED).carry_out(ORDER, nobody)


async def test_an_answer_that_comes_twice_is_one() -> None:
    assert (await saying(DONE, DONE).carry_out(ORDER, nobody)).amount == 1250
    with pytest.raises(Declined):
        await saying(REFUSED, REFUSED).carry_out(ORDER, nobody)


@pytest.mark.parametrize("answers", [(DONE, REFUSED), (REFUSED, DONE)])
async def test_what_is_told_in_two_ways_is_unknown(answers: tuple[dict[str, str], ...]) -> None:
    with pytest.raises(PaymentUnknown, match="Nobody knows"):
        await saying(*answers).carry_out(ORDER, nobody)


class InTwoParts:
    """Takes a breath in the middle of its answer, behind a field that comes out even."""

    plugged, name = True, "in two parts"

    async def serve(self, line: Transport) -> None:
        await line.read()
        await line.write(caisse_ap_codec.encode(ECHO | {"AE": "10"}))
        await asyncio.sleep(LIMITS.settle * 2)
        await line.write(caisse_ap_codec.encode({"AC": "000007", "AA": "497656######0007"}))
        await line.read()


async def test_the_authorisation_is_waited_for_although_the_answer_comes_out_even_without_it() -> None:
    limits = replace(LIMITS, lacking=5.0)
    approval = await CaisseApTerminal("pay", Plugged(InTwoParts()), limits=limits).carry_out(ORDER, nobody)
    assert approval.reference == "000007 ************0007"


async def test_a_payment_that_the_terminal_does_not_know_yet_may_be_told_later() -> None:
    twin = CaisseApTwin()
    terminal = CaisseApTerminal("pay", Plugged(twin), limits=replace(LIMITS, answer=180.0))
    for order in (young(), given_up()):
        with pytest.raises(StillWorking):
            await terminal.recover(order)
    with pytest.raises(PaymentUnknown) as caught:
        await terminal.recover(old())
    assert not isinstance(caught.value, StillWorking)


@pytest.mark.parametrize("fault", ["cut", "noise", "mute"])
async def test_a_terminal_that_hangs_up_on_the_question_is_asked_again(fault: str) -> None:
    twin = CaisseApTwin()
    terminal = CaisseApTerminal("pay", Plugged(twin), limits=replace(LIMITS, answer=180.0, duplicate=0.1))
    twin.set(fault=fault)
    with pytest.raises(StillWorking):
        await terminal.recover(young())


# --- Concert E+


def asked(orders: list[bytes]) -> list[int]:
    """The amounts that a terminal was asked for."""
    return [int(body[2:10]) for body in orders]


async def test_a_till_that_was_restarted_fetches_the_answer_that_the_terminal_kept_for_its_next_call() -> (
    None
):
    twin = ConcertTwin()
    before = ConcertTerminal("pay", Plugged(twin), limits=SERIAL)
    await lost(before, twin, ORDER, "late")
    await before.close()

    after = ConcertTerminal("pay", Plugged(twin), limits=SERIAL)
    assert (await after.recover(young())).masked_pan == "************0007"
    assert asked(twin.asked) == [1250], "the call asked for nothing"
    await after.close()


@pytest.mark.parametrize("fault", ["mute", "busy"])
async def test_a_terminal_that_takes_no_call_may_tell_later(fault: str) -> None:
    twin = ConcertTwin()
    terminal = ConcertTerminal("pay", Plugged(twin), limits=SERIAL)
    await lost(terminal, twin, ORDER, "silent")
    twin.set(fault=fault)
    with pytest.raises(StillWorking):
        await terminal.recover(old())
    await terminal.close()


async def test_a_terminal_that_is_free_and_has_nothing_to_tell_will_not_tell_later() -> None:
    terminal = ConcertTerminal("pay", Plugged(ConcertTwin()), limits=replace(SERIAL, answer=120.0))
    with pytest.raises(PaymentUnknown) as caught:
        await terminal.recover(old())
    assert not isinstance(caught.value, StillWorking)
    with pytest.raises(StillWorking):
        await terminal.recover(young())
    await terminal.close()


def answer(private: str = "abcdef0123", **other: Any) -> bytes:
    paid = concert_codec.Answer("01", "0", 1250, "1", "978", private, "4976560000000007")
    return concert_codec.encode_answer(replace(paid, **other))


class Calls:
    """Takes one request, then says all this, piece by piece, whatever the till says to it."""

    plugged, name = True, "calls"

    def __init__(self, *said: bytes) -> None:
        self._said = said

    async def serve(self, line: Transport) -> None:
        for said in (bytes([ACK]), bytes([ACK]), *self._said):
            await line.read()
            await line.write(said)
        while await line.read():
            pass


def calling(*said: bytes) -> ConcertTerminal:
    return ConcertTerminal("pay", Plugged(Calls(*said)), limits=SERIAL)


async def test_a_terminal_that_calls_and_hangs_up_is_still_waited_for() -> None:
    enq, eot = bytes([ENQ]), bytes([EOT])
    terminal = calling(enq, eot + enq, answer() + eot)
    assert (await terminal.carry_out(ORDER, nobody)).amount == 1250
    await terminal.close()


@pytest.mark.parametrize(
    "other",
    [
        {"currency": "840"},
        {"till": "02"},
        {"amount": 1},
        {"status": "7", "amount": 700},
        {"status": "7", "till": "02"},
    ],
)
async def test_an_answer_of_concert_for_another_payment_settles_nothing(other: dict[str, Any]) -> None:
    terminal = calling(bytes([ENQ]), answer(**other))
    with pytest.raises(PaymentUnknown) as caught:
        await terminal.carry_out(ORDER, nobody)
    assert caught.value.reason == OTHER_PAYMENT
    await terminal.close()


async def test_an_answer_that_is_told_again_since_its_acknowledgement_was_lost_stops_no_payment() -> None:
    twin = ConcertTwin()
    terminal = ConcertTerminal("pay", Plugged(twin), limits=SERIAL)
    assert (await terminal.carry_out(ORDER, nobody)).amount == 1250
    twin.set(fault="again")
    assert (await terminal.carry_out(Order("pay", 300, "0190-0000-9999999999"), nobody)).amount == 300
    assert twin.charged == [1250, 300]
    await terminal.close()


@pytest.mark.parametrize(("told", "reason"), [("approved", concert.LATE_PAID), ("refused", concert.LATE)])
async def test_the_cashier_is_told_whether_the_earlier_payment_was_made(told: str, reason: str) -> None:
    twin = ConcertTwin()
    terminal = ConcertTerminal("pay", Plugged(twin), limits=SERIAL)
    twin.set(answer=told)
    await lost(terminal, twin, ORDER, "late")
    with pytest.raises(ToldEarlier) as caught:
        await terminal.carry_out(Order("pay", 300, "0190-0000-9999999999"), nobody)
    assert caught.value.reason == reason
    assert caught.value.details["earlier"] == "abcdef0123"
    assert (caught.value.details["amount"], caught.value.details["made"]) == (1250, told == "approved")
    await terminal.close()


# --- ZVT


def ending(end: int, status: str) -> ZvtTerminal:
    """A terminal that ends any order with this status."""
    command = zvt_codec.Command
    said = [zvt_codec.TAKEN_WELL, command(zvt_codec.COMPLETION), zvt_codec.TAKEN_WELL]
    said += [
        command(zvt_codec.STATUS, bytes.fromhex(status)),
        command(end, b"\x05" * (end == zvt_codec.ABORT)),
    ]
    scripted = Scripted(b"".join(map(zvt_codec.encode, said)), stays=True)
    return ZvtTerminal("pay", Plugged(scripted), limits=TCP)


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (zvt_codec.COMPLETION, "2700 04000000001250 490840"),
        (zvt_codec.COMPLETION, "2700 04000000000700"),
        (zvt_codec.COMPLETION, "2700 04000000000000"),
        (zvt_codec.ABORT, "2705 04000000000700"),
    ],
)
async def test_an_end_of_zvt_for_another_payment_settles_nothing(end: int, status: str) -> None:
    with pytest.raises(PaymentUnknown) as caught:
        await ending(end, status).carry_out(ORDER, nobody)
    assert caught.value.reason == OTHER_PAYMENT


async def test_a_payment_of_zvt_in_another_currency_is_not_found_for_this_one() -> None:
    twin = ZvtTwin()
    dollars = ZvtTerminal("pay", Plugged(twin), zvt_driver.Settings(currency=840), TCP)
    await lost(dollars, twin, ORDER, "cut")
    with pytest.raises(PaymentUnknown):
        await ZvtTerminal("pay", Plugged(twin), limits=TCP).recover(young())
    assert (await dollars.recover(young())).amount == 1250


async def test_a_refusal_of_zvt_may_leave_its_amount_at_nothing() -> None:
    with pytest.raises(Declined):
        await ending(zvt_codec.ABORT, "2705 04000000000000").carry_out(ORDER, nobody)


async def test_a_payment_of_zvt_around_new_year_is_found() -> None:
    asked_at = datetime(2026, 12, 31, 23, 59, 50).astimezone()
    order = replace(ORDER, at=asked_at)
    terminal = ending(zvt_codec.COMPLETION, "2700 04000000001250 870007 0C000010 0D0101")
    approval = await terminal.carry_out(order, nobody)
    assert approval.at is not None
    assert approval.at - asked_at == timedelta(seconds=20)


@pytest.fixture
def in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("hour", [0, 1])
async def test_a_payment_of_zvt_in_the_hour_that_comes_twice_is_found_in_either(
    in_paris: None, hour: int
) -> None:
    asked_at = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    terminal = ending(zvt_codec.COMPLETION, "2700 04000000001250 870007 0C023010 0D1025")
    approval = await terminal.carry_out(replace(ORDER, at=asked_at), nobody)
    assert approval.at is not None
    assert approval.at - asked_at == timedelta(seconds=10)


async def test_a_terminal_of_zvt_that_does_not_know_the_payment_yet_may_tell_later() -> None:
    terminal = ZvtTerminal("pay", Plugged(ZvtTwin()), limits=replace(TCP, answer=180.0))
    with pytest.raises(StillWorking):
        await terminal.recover(young())
    with pytest.raises(PaymentUnknown) as caught:
        await terminal.recover(old())
    assert not isinstance(caught.value, StillWorking)
