"""What a tab of the settings is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from msgspec import Struct

from tui_pos.errors import refuse
from tui_pos.l10n import _
from tui_pos.rights import LABELS, Right

if TYPE_CHECKING:
    from tui_pos.screens.conduct import Conduct

Take: TypeAlias = Callable[[str], Awaitable[None]]
"""Takes a value as it was typed or chosen; raises `Refused` or `SyncError`."""


Do: TypeAlias = Callable[[], Awaitable[str]]
"""Does a thing, and gives what is to be said of it, or nothing; raises `Refused` or `SyncError`."""


class Row(Struct, frozen=True):
    """One setting, one fact, or one thing to do. All texts are in the till's language."""

    label: str
    value: str = ""
    meaning: str = ""
    """What it is, what it trades for what; shown under the list."""
    typed: str = ""
    """The value as it would be typed."""
    choices: tuple[tuple[str, str], ...] = ()
    """The values that there are, with their names; empty: it is typed."""
    take: Take | None = None
    """Sets it; None: it cannot be set here."""
    do: Do | None = None
    """Does it, instead of setting anything."""


class Tab(Protocol):
    """A tab."""

    title: str
    """A message of the catalogues."""
    live: bool
    """Its rows change by themselves."""

    async def rows(self) -> Sequence[Row]:
        """Its rows as they stand now."""


def demand_settings(conduct: Conduct) -> None:
    """Refuse what is not an input of the register, unless the user may change settings.

    Raises:
        Refused: `right_needed`.
    """
    if not conduct.register.may(Right.SETTINGS):
        text = _("This needs the right to {right}: sign in as somebody who has it. Nothing changed.")
        raise refuse("right_needed", text, right=_(LABELS[Right.SETTINGS]))
