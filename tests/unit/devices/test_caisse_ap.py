"""Caisse-AP: the terminal's every mood. What was recorded of others is in `test_payment_traces`."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.errors import Declined, DeviceDown, DeviceError, PaymentUnknown
from devices.payments import Approval, Order, Stage, nobody
from devices.terminals import caisse_ap, caisse_ap_codec
from devices.terminals.caisse_ap import CaisseApTerminal, Limits, Settings
from devices.terminals.recovery import scrubbed
from devices.transports import open_transport
from devices.virtual.caisse_ap import CaisseApTwin
from devices.virtual.hosting import OnTcp
from devices.virtual.peer import Plugged
from devices.virtual.scripted import Scripted
from tests.unit.devices.paying import lost

QUICK = Limits(answer=0.5, duplicate=0.5, settle=0.01)
ORDER = Order("pay", 1250, "0190-a", method="CARD", at=datetime(2026, 11, 22, 14, 5, tzinfo=UTC))


@pytest.fixture
def twin() -> CaisseApTwin:
    return CaisseApTwin()


@pytest.fixture
def terminal(twin: CaisseApTwin) -> CaisseApTerminal:
    return CaisseApTerminal("pay", Plugged(twin), limits=QUICK)


def answering(data: bytes, **options: Any) -> CaisseApTerminal:
    """A terminal that answers any order with these bytes, and hangs up."""
    return CaisseApTerminal("pay", Plugged(Scripted(data)), limits=QUICK, **options)


async def test_an_approved_payment_says_what_was_paid_and_never_the_whole_card(
    terminal: CaisseApTerminal, twin: CaisseApTwin
) -> None:
    approval = await terminal.carry_out(ORDER, nobody)

    assert approval.receipt[0] == "CARTE BANCAIRE"
    assert replace(approval, at=None, receipt=()) == Approval(
        1250, "000001", "************0007", application="", contract="4242424"
    )
    (asked,) = twin.asked
    assert (asked["CZ"], asked["CB"], asked["CD"], asked["CE"], asked["BA"]) == (
        "0300",
        "1250",
        "0",
        "978",
        "0",
    )
    assert (asked["CF"], next(iter(asked))) == ("0190-a", "CZ")


@pytest.mark.parametrize(
    ("action", "code", "sign"), [("pay", "0", 1), ("refund", "1", -1), ("cancel", "2", -1)]
)
async def test_each_action_has_its_code_and_moves_money_its_own_way(
    terminal: CaisseApTerminal, twin: CaisseApTwin, action: Any, code: str, sign: int
) -> None:
    approval = await terminal.carry_out(Order(action, 300, "b"), nobody)
    assert (twin.asked[0]["CD"], approval.amount, twin.charged) == (code, sign * 300, [sign * 300])


async def test_a_cheque_is_asked_of_the_cheque_reader(terminal: CaisseApTerminal, twin: CaisseApTwin) -> None:
    await terminal.carry_out(Order("pay", 4500, "c", method="CHEQUE"), nobody)
    assert twin.asked[0]["CC"] == "00C"


@pytest.mark.parametrize("amount", [1, 10**12 - 1])
async def test_from_one_cent_to_the_largest_amount(
    terminal: CaisseApTerminal, twin: CaisseApTwin, amount: int
) -> None:
    assert (await terminal.carry_out(Order("pay", amount, "d"), nobody)).amount == amount
    assert len(twin.asked[0]["CB"]) == max(2, len(str(amount)))


async def test_an_amount_that_does_not_fit_is_not_sent(
    terminal: CaisseApTerminal, twin: CaisseApTwin
) -> None:
    with pytest.raises(DeviceDown, match="too large"):
        await terminal.carry_out(Order("pay", 10**12, "e"), nobody)
    assert twin.asked == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("refused", "refused by the bank"),
        ("abandoned", "abandoned on the terminal"),
        ("no_card", "no card was presented in time"),
    ],
)
@pytest.mark.parametrize("fault", [None, "no_amount", "drip"])
async def test_a_refusal_is_declined_even_without_its_amount(
    terminal: CaisseApTerminal, twin: CaisseApTwin, answer: str, reason: str, fault: str | None
) -> None:
    twin.set(answer=answer, fault=fault)
    with pytest.raises(Declined) as caught:
        await terminal.carry_out(ORDER, nobody)
    assert (caught.value.reason, twin.charged) == (reason, [])


@pytest.mark.parametrize("fault", ["mute", "cut", "noise", "stale", "no_amount", "both"])
async def test_money_that_moved_without_a_clear_answer_is_unknown(
    terminal: CaisseApTerminal, twin: CaisseApTwin, fault: str
) -> None:
    await terminal.carry_out(Order("pay", 700, "before"), nobody)
    twin.set(fault=fault)
    with pytest.raises(PaymentUnknown):
        await terminal.carry_out(ORDER, nobody)
    assert twin.charged == [700, 1250]


async def test_a_slow_answer_in_single_bytes_over_tcp_is_read_to_its_end(twin: CaisseApTwin) -> None:
    twin.set(fault="drip")
    async with OnTcp(twin) as place:
        terminal = CaisseApTerminal("pay", open_transport(place.address), limits=QUICK)
        await terminal.probe()
        for amount in (1250, 40):
            assert (await terminal.carry_out(Order("pay", amount, f"f{amount}"), nobody)).authorisation
    assert twin.charged == [1250, 40]


async def test_a_terminal_that_is_switched_off_was_sent_nothing(
    terminal: CaisseApTerminal, twin: CaisseApTwin
) -> None:
    twin.set(fault="offline")
    stages: list[Stage] = []

    async def note(stage: Stage) -> None:
        stages.append(stage)

    with pytest.raises(DeviceDown):
        await terminal.carry_out(ORDER, note)
    with pytest.raises(DeviceDown):
        await terminal.probe()
    assert (stages, twin.charged) == ([], [])


async def test_what_cannot_be_written_down_is_not_sent(
    terminal: CaisseApTerminal, twin: CaisseApTwin
) -> None:
    async def full(_: Stage) -> None:
        raise OSError("no space left")

    with pytest.raises(DeviceDown, match="written down"):
        await terminal.carry_out(ORDER, full)
    assert twin.charged == []


async def test_less_than_was_asked_is_taken_only_where_that_is_allowed(twin: CaisseApTwin) -> None:
    twin.set(answer="partial")
    allowed = CaisseApTerminal("pay", Plugged(twin), Settings(partial=True), QUICK)
    assert (await allowed.carry_out(ORDER, nobody)).amount == 625
    assert twin.asked[0]["BF"] == "1"
    with pytest.raises(PaymentUnknown):
        await CaisseApTerminal("pay", Plugged(twin), limits=QUICK).carry_out(ORDER, nobody)


async def test_accepted_is_not_the_end() -> None:
    echo = {"CZ": "0300", "CA": "01", "CD": "0", "CB": "1250", "CF": ORDER.reference}
    accepted = caisse_ap_codec.encode(echo | {"AE": "11"})
    done = caisse_ap_codec.encode(echo | {"AE": "10", "AC": "7"})
    stages: list[Stage] = []

    async def note(stage: Stage) -> None:
        stages.append(stage)

    assert (await answering(accepted + done).carry_out(ORDER, note)).authorisation == "7"
    with pytest.raises(PaymentUnknown):
        await answering(accepted).carry_out(ORDER, note)
    assert stages == [Stage.SENDING, Stage.SENDING, Stage.ACCEPTED]


async def test_the_card_receipt_comes_with_the_answer_without_a_card_number() -> None:
    text = "CARTE BANCAIRE\r\nLE 22/11/26 A 14:05:09\r\n4976 5600 0000 0007\r\nDÉBIT 12,50 €\r\n"
    answer = caisse_ap_codec.encode(
        {"CZ": "0300", "CB": "1250", "AE": "10", "ZT": base64.b64encode(text.encode("cp1252")).decode()}
    )
    approval = await answering(answer).carry_out(ORDER, nobody)
    assert approval.receipt == (
        "CARTE BANCAIRE", "LE 22/11/26 A 14:05:09", "************0007", "DÉBIT 12,50 €",
    )  # fmt: skip
    assert approval.at == datetime(2026, 11, 22, 14, 5, 9).astimezone()


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("A0000000421010", "A0000000421010"),
        ("SIRET 41234567890123", "SIRET 41234567890123"),
        ("497656000000000712", "************0712"),
        ("A4976560000000007", "A************0007"),
        ("CARTE 36123456789012", "CARTE ************9012"),
        ("4976-5600-0000-0007 fin 12/28", "************0007 fin 12/28"),
    ],
)
def test_a_card_receipt_keeps_what_is_no_card_number(line: str, kept: str) -> None:
    assert scrubbed(line) == kept


# --- any bytes


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_messages_or_no_message(data: bytes) -> None:
    try:
        messages, rest = caisse_ap_codec.decode(data)
    except caisse_ap_codec.BadMessage:
        return
    assert data.endswith(rest)
    assert all("CZ" in message for message in messages)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | st.from_regex(rb"(CZ0040300)?([A-F]{2}00[0-3][0-9]{0,3}){0,8}"))
def test_random_answers_never_raise_out_of_the_driver(
    run: Callable[[Awaitable[Any]], Any], data: bytes
) -> None:
    with pytest.raises(DeviceError):
        run(answering(data).carry_out(Order("pay", 987_654, "g"), nobody))


# --- an answer that was lost


async def test_the_duplicate_of_this_payment_is_found_by_the_tills_reference(
    terminal: CaisseApTerminal, twin: CaisseApTwin
) -> None:
    await lost(terminal, twin, ORDER, "cut")

    assert (await terminal.recover(ORDER)).authorisation == "000001"
    assert twin.charged == [1250]


async def test_the_duplicate_of_an_older_payment_of_the_same_amount_is_not_taken_for_this_one(
    terminal: CaisseApTerminal, twin: CaisseApTwin
) -> None:
    await terminal.carry_out(Order("pay", 1250, "older"), nobody)
    with pytest.raises(PaymentUnknown):
        await terminal.recover(ORDER)
    assert twin.charged == [1250]


@pytest.mark.parametrize("answer", ["approved", "refused"])
async def test_an_answer_that_is_given_to_the_next_caller_is_heard_out_before_anything_is_asked(
    terminal: CaisseApTerminal, twin: CaisseApTwin, answer: str
) -> None:
    twin.set(fault="late", answer=answer)
    with pytest.raises(PaymentUnknown):
        await terminal.carry_out(ORDER, nobody)
    twin.set(fault="forgetful")
    if answer == "approved":
        assert (await terminal.recover(ORDER)).authorisation == "000001"
    else:
        with pytest.raises(Declined):
            await terminal.recover(ORDER)
    assert [order["CD"] for order in twin.asked] == ["0"], "and nothing was asked for that"


async def test_a_late_answer_of_another_payment_settles_nothing(
    terminal: CaisseApTerminal, twin: CaisseApTwin
) -> None:
    twin.set(fault="late")
    with pytest.raises(PaymentUnknown):
        await terminal.carry_out(Order("pay", 1250, "another"), nobody)
    with pytest.raises(PaymentUnknown):
        await terminal.recover(ORDER)


@pytest.mark.parametrize("action", ["T", "I"])
async def test_a_terminal_that_says_that_it_is_busy_is_not_asked_for_a_duplicate(
    twin: CaisseApTwin, action: str
) -> None:
    terminal = CaisseApTerminal("pay", Plugged(twin), Settings(status=action), QUICK)
    await lost(terminal, twin, ORDER, "cut")
    twin.set(fault="busy")
    with pytest.raises(PaymentUnknown) as caught:
        await terminal.recover(ORDER)
    assert caught.value.reason == "it is busy"
    twin.set(fault=None)
    assert (await terminal.recover(ORDER)).authorisation == "000001"
    assert [order["CD"] for order in twin.asked] == ["0", action, action, "3"]


async def test_the_state_is_asked_only_of_a_terminal_that_is_known_to_tell_it(
    terminal: CaisseApTerminal, twin: CaisseApTwin
) -> None:
    await terminal.carry_out(ORDER, nobody)
    await terminal.recover(ORDER)
    assert [order["CD"] for order in twin.asked] == ["0", "3"]


@pytest.mark.parametrize("fault", ["forgetful", "cut", "mute", "noise"])
async def test_a_terminal_that_cannot_tell_leaves_it_unknown(
    terminal: CaisseApTerminal, twin: CaisseApTwin, fault: str
) -> None:
    await terminal.carry_out(ORDER, nobody)
    twin.set(fault=fault)
    with pytest.raises(PaymentUnknown):
        await terminal.recover(ORDER)


@pytest.mark.parametrize(
    ("late", "authorisation", "found"),
    [(0, "77", True), (0, "12", False), (-3600, "77", False), (3600, "77", False), (0, "", False)],
)
async def test_without_a_reference_amount_time_and_authorisation_must_all_hold(
    late: int, authorisation: str, found: bool
) -> None:
    assert ORDER.at is not None
    local = (ORDER.at + timedelta(seconds=late)).astimezone()
    text = f"LE {local:%d/%m/%Y} A {local:%H:%M:%S}"
    answer = {"CZ": "0300", "CB": "1250", "AE": "10", "AC": authorisation}
    answer["ZT"] = base64.b64encode(text.encode()).decode()
    order = Order(ORDER.action, ORDER.amount, ORDER.reference, at=ORDER.at, known=("12",))
    terminal = answering(caisse_ap_codec.encode(answer))
    if found:
        assert (await terminal.recover(order)).amount == 1250
    else:
        with pytest.raises(PaymentUnknown, match="Nobody knows"):
            await terminal.recover(order)


def duplicate(**told: str) -> bytes:
    """What a terminal remembers that was paid when `ORDER` was asked; it keeps no reference."""
    assert ORDER.at is not None
    slip = base64.b64encode(f"LE {ORDER.at.astimezone():%d/%m/%Y A %H:%M:%S}".encode()).decode()
    usual = {"CZ": "0300", "CA": "01", "CD": "3", "CB": "1250", "AE": "10", "AC": "77", "ZT": slip}
    return caisse_ap_codec.encode(usual | told)


async def test_a_payment_that_the_cashier_settled_is_not_taken_for_the_next_of_its_amount() -> None:
    assert (await answering(duplicate()).recover(replace(ORDER, unproven=(300,)))).authorisation == "77"
    with pytest.raises(PaymentUnknown):
        await answering(duplicate()).recover(replace(ORDER, unproven=(300, 1250)))
    # the till's own reference leaves no doubt
    echoed = duplicate(CF=ORDER.reference)
    assert (await answering(echoed).recover(replace(ORDER, unproven=(1250,)))).authorisation == "77"


@pytest.mark.parametrize("other", [{"CA": "02"}, {"CD": "1"}, {"CD": "2"}])
async def test_the_duplicate_of_another_till_or_of_a_refund_is_not_this_payment(
    other: dict[str, str],
) -> None:
    with pytest.raises(PaymentUnknown):
        await answering(duplicate(**other)).recover(ORDER)


async def test_a_part_that_was_paid_is_found_by_its_reference_alone() -> None:
    partial = Settings(partial=True)
    part = duplicate(CB="0700", CF=ORDER.reference)
    assert (await answering(part, settings=partial).recover(ORDER)).amount == 700
    for answer, asked in ((duplicate(CB="0700"), partial), (part, Settings())):
        with pytest.raises(PaymentUnknown):
            await answering(answer, settings=asked).recover(ORDER)


def test_the_limits_are_those_of_the_protocol() -> None:
    assert (caisse_ap.Limits().answer, Settings().currency) == (180.0, "978")
