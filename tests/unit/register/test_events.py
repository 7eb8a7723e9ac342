"""What the register tells: after the step is on disk, in order, and whatever a listener does."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from devices.counter import Counter
from tests.small_shop import COFFEE, LENTILS, SPONGE, Shop, Till, full_disk
from tui_pos.customer_display import CustomerDisplay
from tui_pos.events import DrawerOpened, Event, SessionChanged, TicketChanged, TicketClosed, UserChanged
from tui_pos.inputs import Back, Discount, Hold, Lock, Pay, Recall, Scan, SetQuantity, Tender, VoidLine


async def test_a_day_is_told_in_its_order(till: Till) -> None:
    await till.sign_in()
    await till.open_session()
    await till.sell(LENTILS)
    await till.close_session()
    await till.give(Lock())
    kinds = [type(event) for event in till.told]
    assert kinds[:2] == [UserChanged, SessionChanged]
    assert kinds[2:6] == [TicketChanged, TicketChanged, TicketClosed, DrawerOpened]
    assert kinds[6:] == [SessionChanged, UserChanged]
    assert till.told[-1] == UserChanged("Camille", locked=True)


async def test_what_is_told_is_on_disk(shop: Shop, cashier: Till) -> None:
    on_disk: list[int] = []

    def look(event: Event) -> None:
        if isinstance(event, TicketChanged) and event.ticket is not None:
            on_disk.append(len(event.ticket.lines))

    cashier.register.events.subscribe(look)
    await cashier.scan(LENTILS, COFFEE)
    with full_disk():
        await cashier.refused(Scan(SPONGE))
    assert on_disk == [1, 2]
    assert len((await shop.power_cut()).ticket.lines) == 2


async def test_a_listener_that_fails_undoes_nothing_and_silences_nobody(cashier: Till) -> None:
    heard: list[Event] = []

    def fail(event: Event) -> None:
        raise RuntimeError(type(event).__name__)

    cashier.register.events.subscribe(fail)
    leave = cashier.register.events.subscribe(heard.append)
    await cashier.scan(LENTILS)
    leave()
    await cashier.scan(COFFEE)
    assert len(heard) == 1
    assert len(cashier.ticket.lines) == 2


class Glass(Counter):
    """A counter with nothing but a customer display, which shows at once."""

    def __init__(self, till: Till) -> None:
        super().__init__()
        self.text = ""
        CustomerDisplay(till.register, self)

    def has(self, kind: str) -> bool:
        return kind == "display"

    def show(self, upper: str, lower: str, board: object = None) -> None:
        assert len(upper) == len(lower) == 20
        self.text = f"{upper.strip()} | {lower.strip()}".strip()


async def test_the_customer_sees_the_sale(shop: Shop, cashier: Till) -> None:
    glass = Glass(cashier)
    assert glass.text == "Épicerie du Pont | Welcome"
    await cashier.scan(LENTILS)
    assert glass.text == "Lentilles vert €2.49 | Total          €2.49"
    await cashier.scan(COFFEE)
    assert "Café" in glass.text
    await cashier.give(SetQuantity(Decimal(2), line=1))
    assert "Lentilles" in glass.text
    assert "€8.87" in glass.text
    await cashier.give(VoidLine(1))
    assert glass.text == "TOTAL          €3.89 |"
    await cashier.give(Pay())
    await cashier.pay("CASH", 100)
    assert glass.text == "TOTAL          €3.89 | Due            €2.89"
    await cashier.pay("CASH", 500)
    assert glass.text == "TOTAL          €3.89 | Change         €2.11"


async def test_the_customer_sees_the_total_of_a_ticket_recalled_or_discounted(supervisor: Till) -> None:
    glass = Glass(supervisor)
    await supervisor.scan(LENTILS, COFFEE)
    await supervisor.give(Hold())
    assert "Welcome" in glass.text
    await supervisor.give(Recall())
    assert glass.text == "TOTAL          €6.38 |"
    await supervisor.give(Discount("ticket", amount=38))
    assert glass.text == "TOTAL          €6.00 |"
    await supervisor.give(Pay())
    await supervisor.give(Back())
    assert glass.text == "TOTAL          €6.00 |"


async def test_a_display_that_is_unplugged_holds_nothing_up(cashier: Till) -> None:
    CustomerDisplay(cashier.register, cashier.counter)
    cashier.twin("display").set(fault="offline")
    await cashier.sell(LENTILS)


async def test_whoever_leaves_in_the_middle_of_a_step_does_not_cut_it_in_two(cashier: Till) -> None:
    sold = 0
    for turns in range(80):
        await cashier.scan(LENTILS)
        step = asyncio.create_task(cashier.give(Tender("CASH")))
        for _ in range(turns):
            await asyncio.sleep(0)
        step.cancel()
        await asyncio.wait([step])
        on_disk = await cashier.store.tickets.open()
        assert (on_disk is None) == (cashier.register.ticket is None)
        sold += cashier.register.ticket is None
    assert 0 < sold < 80
    assert len(await cashier.journal("ticket")) == sold
