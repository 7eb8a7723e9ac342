"""What users of other tills suffered with terminals and USB, each by the thread that tells of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from devices.configuration import CounterConfig, DeviceConfig
from devices.errors import Declined, DeviceDown, PaymentUnknown
from devices.payments import Order, nobody
from devices.registry import build_counter
from devices.terminals import caisse_ap, concert
from devices.terminals.cabled import OTHER_PAYMENT
from devices.terminals.caisse_ap import CaisseApTerminal
from devices.terminals.concert import ConcertTerminal
from devices.transports import open_transport
from devices.virtual.caisse_ap import CaisseApTwin
from devices.virtual.concert import ConcertTwin
from devices.virtual.hosting import OnPty, OnTcp
from devices.virtual.peer import Plugged
from tests.unit.devices.paying import lost

ORDER = Order("pay", 1250, "0190-a")
SHORT = caisse_ap.Limits(answer=0.3, duplicate=0.3, settle=0.01, pending=0.01)
BRISK = concert.Limits(acknowledged=0.1, answer=0.2, late=0.2, pending=0.01)


async def test_one_recv_and_a_worker_blocked_for_177_seconds(slowness: Any) -> None:
    """OCA/l10n-france#797: here everything else goes on while a customer looks for his card."""
    config = CounterConfig(
        (
            DeviceConfig("pay", "terminal", "caisse-ap", "virtual:"),
            DeviceConfig("scale", "scale", "virtual", "virtual:"),
        )
    )
    twin = CaisseApTwin(sleep=slowness)
    twin.set(fault="slow")
    async with build_counter(config) as counter:
        counter._staff.named("pay").device = CaisseApTerminal("pay", Plugged(twin))
        paying = asyncio.create_task(counter.carry_out(ORDER))
        await slowness.began.wait()
        await counter.set("scale", weight="1.250")
        assert str(await counter.weigh()) == "1.250"
        slowness.over.set()
        assert (await paying).amount == 1250


async def test_no_end_mark_and_so_a_crash_or_half_an_answer() -> None:
    """OCA/l10n-france#787: an answer in pieces of one byte is read until it comes out even."""
    twin = CaisseApTwin()
    twin.set(fault="drip")
    async with OnTcp(twin) as place:
        terminal = CaisseApTerminal("pay", open_transport(place.address), limits=SHORT)
        assert (await terminal.carry_out(ORDER, nobody)).masked_pan == "************0007"


async def test_the_red_button_leaves_the_amount_out() -> None:
    """OCA/l10n-france#669: a refusal without its amount is a refusal."""
    twin = CaisseApTwin()
    twin.set(answer="abandoned", fault="no_amount")
    with pytest.raises(Declined) as caught:
        await CaisseApTerminal("pay", Plugged(twin), limits=SHORT).carry_out(ORDER, nobody)
    assert caught.value.reason == "abandoned on the terminal"


async def test_the_amount_of_the_sale_before_is_still_on_the_terminal() -> None:
    """OCA/pos#550: its answer is not this sale's, and the next sale is asked for by its own amount."""
    twin = CaisseApTwin()
    terminal = CaisseApTerminal("pay", Plugged(twin), limits=SHORT)
    await terminal.carry_out(Order("pay", 700, "before"), nobody)
    twin.set(fault="stale")
    with pytest.raises(PaymentUnknown) as caught:
        await terminal.carry_out(ORDER, nobody)
    assert caught.value.reason == OTHER_PAYMENT
    twin.set(fault=None)
    assert (await terminal.carry_out(Order("pay", 300, "after"), nobody)).amount == 300
    assert [order["CB"] for order in twin.asked] == ["700", "1250", "300"]


async def test_the_result_is_not_known_to_the_till() -> None:
    """OCA/pos#606: the terminal is asked for it, and nothing is charged for that."""
    twin = CaisseApTwin()
    terminal = CaisseApTerminal("pay", Plugged(twin), limits=SHORT)
    await lost(terminal, twin, ORDER, "cut")
    assert (await terminal.recover(ORDER)).amount == 1250
    assert twin.charged == [1250]


async def test_dead_after_a_night_since_the_port_went_to_sleep() -> None:
    """OCA/pos#701: a port that has hung up says so before anything is asked, and the same terminal works again."""
    twin, path = ConcertTwin(), ""
    async with OnPty(twin) as place:
        terminal = ConcertTerminal("pay", open_transport(place.address), limits=BRISK)
        await terminal.carry_out(ORDER, nobody)
        path = place.path
    with pytest.raises(DeviceDown) as caught:
        await terminal.carry_out(Order("pay", 300, "0190-b"), nobody)
    assert not isinstance(caught.value, PaymentUnknown)
    async with OnPty(twin) as place:
        if place.path != path:
            pytest.skip("the system gave the new pseudo-terminal another name")
        assert (await terminal.carry_out(Order("pay", 300, "0190-c"), nobody)).amount == 300
    await terminal.close()
    assert twin.charged == [1250, 300]


async def test_failed_and_then_it_had_succeeded() -> None:
    """VivaPayments API#2373: what is late is unknown, never failed, and its answer is taken when it comes."""
    twin = ConcertTwin()
    twin.set(fault="late")
    terminal = ConcertTerminal("pay", Plugged(twin), limits=BRISK)
    with pytest.raises(PaymentUnknown):
        await terminal.carry_out(ORDER, nobody)
    with pytest.raises(DeviceDown) as caught:
        await terminal.carry_out(Order("pay", 300, "0190-b"), nobody)
    assert caught.value.reason == concert.LATE_PAID, (
        "the till's next call is answered with the end of the one before"
    )
    assert (await terminal.recover(ORDER)).amount == 1250
    assert twin.charged == [1250]
    await terminal.close()


async def test_the_library_refuses_less_than_a_euro_and_takes_a_refusal_for_a_success() -> None:
    """Why the codecs are our own: one cent is paid, and a refusal is one."""
    for terminal, twin in (
        (CaisseApTerminal("pay", Plugged(a := CaisseApTwin()), limits=SHORT), a),
        (ConcertTerminal("pay", Plugged(b := ConcertTwin()), limits=BRISK), b),
    ):
        assert (await terminal.carry_out(Order("pay", 1, "0190-c"), nobody)).amount == 1
        twin.set(answer="refused")
        with pytest.raises(Declined):
            await terminal.carry_out(Order("pay", 1, "0190-d"), nobody)
        await terminal.close()
