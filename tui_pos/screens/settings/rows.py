"""What a tab of the settings is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeAlias

from msgspec import Struct

Take: TypeAlias = Callable[[str], Awaitable[str | None]]
"""Takes a value as it was typed or chosen, and gives what is to be said of it; raises `Refused` or `SyncError`."""


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
