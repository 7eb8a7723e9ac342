"""What stands on the one queue between keys, dialogs and the register."""

from __future__ import annotations

import asyncio
from typing import TypeAlias

from msgspec import Struct

from tui_pos.errors import Refused
from tui_pos.inputs import Input
from tui_pos.outcomes import Outcome
from tui_pos.widgets.router import Typed


class Pressed(Struct, frozen=True):
    """A key that asks for something, with what stood at the prompt."""

    key: str
    text: str = ""


class Wanted(Struct, frozen=True):
    """An action asked for by name: from the menu or the palette."""

    action: str


class Scanned(Struct, frozen=True):
    """A code of a scanner that is no keyboard."""

    code: str


class Given(Struct, frozen=True, eq=False):
    """An input that a dialog made; `answer` gets the text of its refusal, or None."""

    input: Input
    answer: asyncio.Future[str | None] | None = None


class Ended(Struct, frozen=True, eq=False):
    """A card payment came to its end."""

    outcome: Outcome | None
    refused: Refused | None


Item: TypeAlias = Typed | Scanned | Pressed | Wanted | Given | Ended
