"""What each action does: an input for the register, a question at the prompt, or a dialog that makes an input.

Dialogs are imported when they are first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.screens.deeds.cash import CashDeeds
from tui_pos.screens.deeds.line import LineDeeds
from tui_pos.screens.deeds.server import ServerDeeds
from tui_pos.screens.deeds.ticket import TicketDeeds
from tui_pos.screens.deeds.till import TillDeeds

if TYPE_CHECKING:
    from tui_pos.screens.conduct import Conduct, Deed


def all_deeds(conduct: Conduct) -> dict[str, Deed]:
    """The deeds of every action in the table, by their ids."""
    return (
        LineDeeds(conduct).deeds
        | TicketDeeds(conduct).deeds
        | CashDeeds(conduct).deeds
        | TillDeeds(conduct).deeds
        | ServerDeeds(conduct).deeds
    )
