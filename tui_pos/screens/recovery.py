"""What happens when the till makes a mistake of its own: it is logged, told in words, and the till goes on selling.

A dialog that failed itself is closed; a mistake of anything else leaves all as it is.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from textual._context import active_message_pump
from textual.dom import NoScreen
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkerFailed

from tui_pos.l10n import _
from tui_pos.screens.stumbles import RESTART, Advice, Stumbles
from tui_pos.widgets.sturdy import Sturdy

if TYPE_CHECKING:
    from tui_pos.app import TillApp

_log = logging.getLogger(__name__)


class Recovery:
    """Sets the till on its feet again.

    Args:
        app: whose screens may have to be closed.
    """

    def __init__(self, app: TillApp) -> None:
        self._app = app
        self.stumbles = Stumbles()

    def stumbled(self, error: BaseException) -> None:
        """Log what nobody foresaw, and say it as soon as the loop is free; too often, and the till starts anew."""
        if isinstance(error, WorkerFailed):
            error = error.error
        _log.error("unforeseen: %s", error, exc_info=error)
        app = self._app
        advice = self.stumbles.count(asyncio.get_running_loop().time())
        if app.conduct is None:
            app.stop(error)
        elif advice is Advice.RESTART:
            app.exit(return_code=RESTART, message=self.words(error))
        else:
            app.call_later(self._stand_up, error, advice, _broken_screen())

    @staticmethod
    def words(error: BaseException) -> str:
        """What happened, what was kept, what to do."""
        text = _(
            "Something went wrong that nobody foresaw ({error}). What was sold is kept, the open ticket too. "
            "Go on; the log file tells more."
        )
        return text.format(error=str(error) or type(error).__name__)

    def _stand_up(self, error: BaseException, advice: Advice, broken: Screen[object] | None) -> None:
        app = self._app
        conduct = app.conduct
        assert conduct is not None
        if broken is not None and broken is not app.selling and broken in app.screen_stack:
            while app.screen is not broken:
                app.pop_screen()
            app.pop_screen()
            conduct.doings.closed()
        app.complain(self.words(error))
        if advice is Advice.OFFER_RESTART:
            conduct.doings.offer_restart()
        conduct.ask_who()


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
