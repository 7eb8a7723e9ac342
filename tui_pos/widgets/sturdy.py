"""What keeps a part of the screen alive when a handler of its own fails.

Textual ends the message pump in which an exception was not caught, and with it everything that this part would
still have heard. A till that sells cannot lose its prompt to a mistake in the painting of a footer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from textual.message import Message


class Sturdy(MessagePump):
    """A message pump that goes on with the next message; the app is told what failed, and says so."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:  # noqa: BLE001 - the app logs it and tells it in words
            self.app._handle_exception(error)  # noqa: SLF001 - where Textual takes its own to
