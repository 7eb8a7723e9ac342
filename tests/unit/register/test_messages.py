"""Messages of the server: shown, read by somebody, and the journal says by whom."""

from __future__ import annotations

import pytest

from sync.store import Kept
from tests.small_shop import LENTILS, Till, full_disk
from tui_pos.errors import Refused
from tui_pos.events import MessagesChanged
from tui_pos.inputs import AcknowledgeMessage, Tender
from tui_pos.outcomes import MessageView

BREAD = MessageView("7", "Bread is late", must_ack=True)
RAIN = MessageView("8", "It rains")


@pytest.fixture
async def told(cashier: Till) -> Till:
    """Two messages wait."""
    await cashier.store.inbox.keep([Kept("7", b"{}"), Kept("8", b"{}")])
    cashier.register.exchange_stands("up", (BREAD, RAIN))
    return cashier


async def test_messages_are_shown_and_told(told: Till) -> None:
    assert told.register.state().messages == (BREAD, RAIN)
    assert told.told[-1] == MessagesChanged(2)


async def test_the_same_messages_again_are_no_news(told: Till) -> None:
    told.register.exchange_stands("down", (BREAD, RAIN))
    assert told.told.count(MessagesChanged(2)) == 1
    assert told.register.link == "down"


async def test_who_read_a_message_is_in_the_journal(told: Till) -> None:
    await told.give(AcknowledgeMessage("7"))
    assert told.register.messages == (RAIN,)
    assert [message.id for message in await told.store.inbox.unread()] == ["8"]
    (read,) = await told.events("message_read")
    assert (read["message"], read["user"]) == (7, "1")


@pytest.mark.parametrize("id_", ["9", "", "x"])
async def test_what_is_no_message_is_refused(told: Till, id_: str) -> None:
    assert (await told.refused(AcknowledgeMessage(id_))).slug == "not_allowed"


async def test_a_message_is_read_once(told: Till) -> None:
    await told.give(AcknowledgeMessage("7"))
    assert (await told.refused(AcknowledgeMessage("7"))).slug == "not_allowed"
    assert len(await told.events("message_read")) == 1


async def test_a_full_disk_leaves_it_unread(told: Till) -> None:
    with full_disk(), pytest.raises(Refused):
        await told.give(AcknowledgeMessage("7"))
    assert told.register.messages == (BREAD, RAIN)


async def test_a_message_can_be_read_while_the_terminal_is_asked(told: Till) -> None:
    await told.scan(LENTILS)
    told.twin("terminal").set(answer="slow")
    assert (await told.give(Tender("CARD"))).pending
    await told.give(AcknowledgeMessage("7"))
    assert told.register.messages == (RAIN,)


async def test_nobody_signed_in_reads_nothing(told: Till) -> None:
    await told.sign_out()
    assert (await told.refused(AcknowledgeMessage("7"))).slug == "not_signed_in"
