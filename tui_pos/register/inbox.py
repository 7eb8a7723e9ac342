"""Messages of the server: which ones wait to be read here, and that one was."""

from __future__ import annotations

from tui_pos.errors import refuse
from tui_pos.events import MessagesChanged
from tui_pos.inputs import AcknowledgeMessage
from tui_pos.l10n import n_
from tui_pos.outcomes import MessageView, Outcome
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes


def show_messages(desk: Desk, messages: tuple[MessageView, ...]) -> None:
    """These are the messages that wait to be read now."""
    if messages != desk.messages:
        desk.messages = messages
        desk.tell(MessagesChanged(len(messages)))


@takes(AcknowledgeMessage, session=False, while_paying=True)
async def acknowledge(desk: Desk, given: AcknowledgeMessage) -> Outcome:
    """Somebody has read a message: the journal says who and when, and the server hears of it."""
    left = tuple(message for message in desk.messages if message.id != given.id)
    if len(left) == len(desk.messages):
        raise refuse("not_allowed", n_("There is no such message, or it was read already."))
    async with desk.transaction() as transaction:
        await desk.note(transaction, "message_read", message=int(given.id))
        await transaction.message_read(given.id, desk.now())
    show_messages(desk, left)
    return Outcome()
