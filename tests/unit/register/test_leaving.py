"""What the server says of whoever is signed in counts at once; nobody is signed out in the middle of a ticket."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest
from msgspec.structs import replace

from sync.protocol import UserRecord
from sync.store import Change
from tests.small_shop import LENTILS, USERS, Shop, Till, full_disk
from tui_pos.events import Event, UserChanged, UserLeaves
from tui_pos.inputs import Discount, Hold, Lock, Scan, SignIn, Tender, VoidTicket, XReport
from tui_pos.register import Register
from tui_pos.rights import Right
from tui_pos.sale.prompt import Context

CAMILLE = USERS[0]
OTHER_PIN = USERS[1].pin_hash
AT = "2026-11-22T12:00:00.000Z"


@pytest.fixture
async def till(till: Till) -> Till:
    """The till, with its data from a server, and nobody at it."""
    await till.store.feed.apply((), 1, AT)
    return till


async def server_says(till: Till, user: UserRecord | None) -> list[Event]:
    """The feed brings what is known of Camille now; None: nothing any more. Gives what the register told."""
    told: list[Event] = []
    done = till.register.events.subscribe(told.append)
    record = msgspec.json.encode(user) if user is not None else None
    cursor = (till.store.feed.cursor or 0) + 1
    await till.store.feed.apply([Change("user", CAMILLE.code, record)], cursor, AT)
    await till.register.refresh()
    done()
    return told


def context(register: Register) -> Context:
    return Context(register.prompt().context)


async def test_who_was_removed_is_signed_out_at_once_where_no_ticket_is_open(cashier: Till) -> None:
    told = await server_says(cashier, None)

    assert told == [UserChanged(None)]
    assert cashier.register.user is None
    assert context(cashier.register) is Context.SIGN_IN
    refusal = await cashier.refused(Scan(LENTILS))
    assert refusal.slug == "not_signed_in"
    assert refusal.message == cashier.register.left
    assert refusal.message.startswith("Camille no longer works here")
    assert [event["because"] for event in await cashier.events("sign_out")] == ["removed"]


async def test_a_ticket_is_finished_first_and_whoever_leaves_may_do_no_more_than_that(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    told = await server_says(cashier, None)

    assert [type(event) for event in told] == [UserLeaves]
    await cashier.scan(LENTILS)
    for more in (VoidTicket(), XReport()):
        assert (await cashier.refused(more)).slug == "right_needed"
    closed = (await cashier.register.accept(Tender("CASH"))).closed

    assert closed is not None
    assert closed.total == 2 * 249
    assert cashier.register.user is None
    assert cashier.register.session is not None


async def test_a_ticket_that_is_set_aside_lets_its_user_leave_too(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await server_says(cashier, None)
    await cashier.give(Hold())

    assert cashier.register.user is None
    assert cashier.register.held_count == 1


async def test_somebody_else_may_take_over_in_the_middle_of_the_ticket(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await server_says(cashier, None)
    await cashier.sign_in("3")
    await cashier.sell(LENTILS)

    assert cashier.register.user == USERS[2]
    assert cashier.register.left == ""


async def test_rights_that_are_given_or_taken_count_in_the_middle_of_a_ticket(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    assert (await cashier.refused(Discount("line", percent=Decimal(10)))).slug == "right_needed"

    await server_says(cashier, replace(CAMILLE, role="supervisor"))
    await cashier.give(Discount("line", percent=Decimal(10)))
    await server_says(cashier, replace(CAMILLE, rights=("drawer",)))

    assert (await cashier.refused(Discount("line", percent=Decimal(20)))).slug == "right_needed"
    assert cashier.register.may(Right.DRAWER)
    assert cashier.register.user == replace(CAMILLE, rights=("drawer",))


async def test_a_new_name_is_told_and_what_has_not_changed_is_not(cashier: Till) -> None:
    assert await server_says(cashier, replace(CAMILLE, name="Camille B.")) == [UserChanged("Camille B.")]
    assert await server_says(cashier, replace(CAMILLE, name="Camille B.")) == []


async def test_who_has_another_pin_finishes_the_ticket_and_signs_in_with_the_new_one(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    told = await server_says(cashier, replace(CAMILLE, pin_hash=OTHER_PIN))
    assert [type(event) for event in told] == [UserLeaves]
    assert await server_says(cashier, replace(CAMILLE, pin_hash=OTHER_PIN)) == []
    await cashier.pay("CASH")

    assert cashier.register.left.startswith("The PIN of Camille was changed")
    assert (await cashier.refused(SignIn("1", "1111"))).slug == "bad_pin"
    await cashier.give(SignIn("1", "2222"))
    assert cashier.register.left == ""
    assert [event["because"] for event in await cashier.events("sign_out")] == ["pin_changed"]


async def test_who_was_removed_by_mistake_and_is_back_before_the_ticket_ends_stays(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await server_says(cashier, None)
    await server_says(cashier, CAMILLE)
    await cashier.pay("CASH")

    assert cashier.register.user == CAMILLE
    assert cashier.register.may(Right.VOID)


async def test_a_locked_till_does_not_wait_for_its_ticket_to_end(cashier: Till) -> None:
    await cashier.scan(LENTILS)
    await cashier.give(Lock())
    assert await server_says(cashier, None) == [UserChanged(None)]

    assert not cashier.register.locked
    await cashier.sign_in("3")
    assert cashier.register.ticket is not None


async def test_who_gives_a_till_that_sold_alone_its_server_is_not_sent_away_by_the_first_load(
    shop: Shop,
) -> None:
    till = await (await (await shop.open()).sign_in()).open_session()
    assert till.store.feed.cursor is None

    assert await server_says(till, None) == []

    assert till.register.user == CAMILLE
    await till.sell(LENTILS)
    await till.sign_out()
    assert (await till.refused(SignIn("1", "1111"))).slug == "bad_pin"


async def test_a_full_disk_keeps_nobody_signed_in(cashier: Till) -> None:
    await cashier.store.feed.apply([Change("user", CAMILLE.code, None)], 2, AT)
    with full_disk():
        await cashier.register.refresh()

    assert cashier.register.user is None


async def test_a_card_payment_under_way_is_not_cut_off(shop: Shop, slow: Till) -> None:
    assert await server_says(slow, None) == [
        UserLeaves(
            "Camille no longer works here, says the server: finish or hold this ticket, then somebody else signs in."
        )
    ]
    assert slow.register.user is not None

    shop.gate.set()
    closed = (await slow.register.card_payment()).closed

    assert closed is not None
    assert slow.register.user is None
