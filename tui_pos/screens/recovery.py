"""What happens when the till makes a mistake of its own: it is logged, told in words, and the till goes on selling.

A dialog that failed itself is closed; a mistake of anything else leaves all as it is.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

from textual._context import active_message_pump
from textual.dom import NoScreen
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkerFailed

from tui_pos.l10n import _
from tui_pos.screens.stumbles import RESTART, Advice, Stumbles
from tui_pos.widgets.sturdy import Sturdy

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from textual.app import App


_log = logging.getLogger(__name__)


class Aftercare(Protocol):
    """What the open till does once a mistake is behind it."""

    def closed(self) -> None:
        """A dialog was closed without an answer, because it failed."""

    def offer_restart(self) -> None:
        """The till stumbles again and again."""

    def ask_who(self) -> None:
        """Somebody may have to sign in anew."""


class Recovery:
    """Sets the till on its feet again.

    Args:
        app: whose screens may have to be closed.
        stop: what remains to do while no till is open.
        complain: says something aloud, on whatever screen is up.
    """

    def __init__(
        self, app: App[Any], stop: Callable[[BaseException], None], complain: Callable[[str], None]
    ) -> None:
        self._app = app
        self._stop = stop
        self._complain = complain
        self.stumbles = Stumbles()
        self.aftercare: Aftercare | None = None
        """None as long as no till is open."""
        self._falling: Screen[object] | None = None
        """A screen that failed and is about to be closed: what else fails in it is no mistake of its own."""

    def stumbled(self, error: BaseException) -> None:
        """Log what nobody foresaw, and say it as soon as the loop is free; too often, and the till starts anew."""
        if isinstance(error, WorkerFailed):
            error = error.error
        _log.error("unforeseen: %s", error, exc_info=error)
        app, broken = self._app, _broken_screen()
        if broken is not None and broken is self._falling:
            return
        advice = self.stumbles.count(asyncio.get_running_loop().time())
        if self.aftercare is None:
            self._stop(error)
        elif advice is Advice.RESTART:
            app.exit(return_code=RESTART, message=words(error))
        else:
            self._falling = broken
            app.call_later(self._stand_up, self.aftercare, error, advice, broken)

    def _stand_up(
        self, aftercare: Aftercare, error: BaseException, advice: Advice, broken: Screen[object] | None
    ) -> None:
        app, self._falling = self._app, None
        if broken in app.screen_stack[1:]:
            while app.screen is not broken:
                app.pop_screen()
            app.pop_screen()
            aftercare.closed()
        self._complain(words(error))
        if advice is Advice.OFFER_RESTART:
            aftercare.offer_restart()
        aftercare.ask_who()


def words(error: BaseException) -> str:
    """What happened, what was kept, what to do."""
    text = _(
        "Something went wrong that nobody foresaw ({error}). What was sold is kept, the open ticket too. "
        "Go on; the log file tells more."
    )
    return text.format(error=str(error) or type(error).__name__)


def _broken_screen() -> Screen[object] | None:
    """The screen that is half made, or in which we are in a part that does not go on after a mistake."""
    pump = active_message_pump.get(None)
    if isinstance(pump, Screen):
        return pump
    if not isinstance(pump, Widget) or isinstance(pump, Sturdy):
        return None
    try:
        return pump.screen
    except NoScreen:
        return None
