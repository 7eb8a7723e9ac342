"""A cash session begins: the float."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.inputs import OpenSession
from tui_pos.l10n import _, n_
from tui_pos.screens.cash_count import CashCount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui_pos.screens.dialog import Attempt
    from tui_pos.screens.queries import Queries


class OpenSessionScreen(CashCount):
    """Gives `OpenSession` with the float, counted by coin and note or told as one amount.

    Args:
        register: says who opens the session.
        attempt: see `Dialog`.
    """

    HEADING = n_("Open a session: the float in the drawer")

    def __init__(self, register: Queries, *, attempt: Attempt | None = None) -> None:
        super().__init__(attempt=attempt)
        self._user = register.user

    def heading(self) -> str:
        """What is counted, and by whom."""
        return f"{super().heading()} · {self._user.name}" if self._user else super().heading()

    def finish(self, cash: int | None, pieces: Mapping[int, int]) -> None:
        """Open it; an empty drawer has to be said."""
        if cash is None:
            self.refuse(_("Count the float, or type 0 if the drawer is empty."))
        else:
            self.give(OpenSession(cash, {unit: count for unit, count in pieces.items() if count}))
