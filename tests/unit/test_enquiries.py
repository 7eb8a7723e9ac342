"""What the till asks its server while somebody sells, and what becomes of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from sync.engine import Engine
from sync.errors import Resting
from sync.events import Link
from sync.protocol.terms import OfferRecord
from sync.protocol.wire import BasketLine, ServerMessage
from sync.store import Kept
from tests.small_shop import CARD, COFFEE, LENTILS, Shop, Till, make_store, shop_in
from tests.small_terms import offer
from tests.waiting import PATIENCE
from tui_pos.enquiries import Enquiries
from tui_pos.inputs import AcknowledgeMessage, ClosePeriod, Return, SetCustomer
from tui_pos.l10n import use_language


class Server:
    """An engine whose answers the test gives."""

    def __init__(self) -> None:
        self.link = Link.UP
        self.messages: tuple[ServerMessage, ...] = ()
        self.asked: list[str | None] = []
        """For which customers offers were asked."""
        self.looks = 0
        """How often it was to see whether the server is there."""
        self.fetched = 0
        self.answer: asyncio.Future[tuple[OfferRecord, ...]] = asyncio.get_running_loop().create_future()
        self.arriving: tuple[ServerMessage, ...] = ()
        self.looked = asyncio.Event()

    async def offers(self, customer: str | None, basket: Sequence[BasketLine]) -> tuple[OfferRecord, ...]:
        assert not basket
        self.asked.append(customer)
        return await asyncio.shield(self.answer)

    def look(self) -> None:
        self.looks += 1

    async def fetch_messages(self) -> int:
        self.fetched += 1
        self.messages += self.arriving
        self.arriving = ()
        return 0

    async def messages_read(self) -> None:
        self.looked.set()


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    template = tmp_path / "template"
    template.mkdir()
    await make_store(template)
    async with shop_in(tmp_path / "till", template) as shop:
        yield shop


@pytest.fixture
async def server() -> Server:
    return Server()


@pytest.fixture
async def till(shop: Shop, server: Server) -> AsyncIterator[Till]:
    """A supervisor's till, followed by its enquiries."""
    till = await shop.open()
    enquiries = Enquiries(till.register, cast("Engine", server))
    enquiries.start()
    yield await (await till.sign_in("2")).open_session()
    enquiries.stop()


async def answered() -> None:
    """Let the tasks that wait for an answer take it."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_each_new_ticket_and_each_customer_is_asked_for_once(till: Till, server: Server) -> None:
    await till.scan(LENTILS, COFFEE)
    await answered()
    await till.scan(CARD, COFFEE)
    await answered()
    await till.sell(cash=2000)
    await till.scan(COFFEE)
    await answered()
    assert server.asked == [None, "C1", None]


async def test_a_late_answer_changes_the_open_ticket_and_no_scan_waits_for_it(
    till: Till, server: Server
) -> None:
    await till.scan(LENTILS, COFFEE)
    assert till.totals == [249, 389]
    server.answer.set_result((offer(),))
    await answered()
    await till.register.idle()
    assert till.totals == [224, 350]


async def test_the_answer_for_the_customer_before_is_dropped(till: Till, server: Server) -> None:
    await till.scan(LENTILS)
    await answered()
    first, server.answer = server.answer, asyncio.get_running_loop().create_future()
    await till.give(SetCustomer("C1"))
    await answered()
    first.set_result((offer(value="50"),))
    server.answer.set_result((offer(),))
    await answered()
    await till.register.idle()
    assert till.due == 224


async def test_without_an_answer_the_sale_goes_on(till: Till, server: Server) -> None:
    server.answer.set_exception(Resting(kind="offers", seconds=300))
    assert (await till.sell(LENTILS)).total == 249


async def test_goods_that_come_back_are_asked_no_offers_for(till: Till, server: Server) -> None:
    sale = await till.sell(LENTILS)
    await answered()
    await till.give(Return(sale.number or ""))
    await answered()
    assert server.asked == [None]


async def test_a_ticket_that_was_open_at_the_start_is_asked_for(
    till: Till, shop: Shop, server: Server
) -> None:
    await till.scan(CARD, LENTILS)
    await answered()
    again = await shop.power_cut()
    enquiries = Enquiries(again.register, cast("Engine", server))
    enquiries.start()
    await answered()
    enquiries.stop()
    assert server.asked == ["C1", "C1"]


@pytest.mark.parametrize("moment", ["opening", "closing", "between", "day_close"])
async def test_a_message_is_shown_from_its_moment_on(till: Till, server: Server, moment: str) -> None:
    there = ServerMessage(1, "There", "", moment=moment)
    new = ServerMessage(2, "New", "", moment=moment)
    other = ServerMessage(3, "Always", "")
    later = ServerMessage(4, "A later server's", "", moment="at_noon")
    server.messages, server.arriving = (there, other, later), (new,)
    shown: dict[str, list[str]] = {}
    for step in ("between", "closing", "day_close", "opening"):
        await _come_to(till, step)
        await answered()
        shown[step] = [message.text for message in till.register.messages]
        if step == moment:
            break
    assert shown.pop(moment) == ["There", "Always", "A later server's", "New"]
    assert all(texts == ["Always", "A later server's"] for texts in shown.values())


async def _come_to(till: Till, moment: str) -> None:
    match moment:
        case "between":
            await till.sell(LENTILS)
        case "closing":
            await till.close_session()
        case "day_close":
            await till.give(ClosePeriod("day"))
        case "opening":
            await till.open_session()


async def test_what_was_read_is_told_to_the_engine(till: Till, server: Server) -> None:
    server.messages = (ServerMessage(1, "Fire drill", ""),)
    await till.store.inbox.keep([Kept("1", b"{}")])
    await till.sell(LENTILS)
    await answered()
    server.looked.clear()
    await till.give(AcknowledgeMessage("1"))
    async with asyncio.timeout(PATIENCE):
        await server.looked.wait()
    assert till.register.messages == ()


async def test_where_a_ticket_begins_it_is_seen_whether_the_server_is_there(
    till: Till, server: Server
) -> None:
    await till.scan(LENTILS, COFFEE, CARD)
    assert server.looks == 1
    await till.sell(cash=2000)
    await till.scan(COFFEE)
    assert server.looks == 2
