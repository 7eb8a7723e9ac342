"""The simplest deed: it gives the register an input that needs nothing from anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_pos.inputs import Input
    from tui_pos.screens.conduct import Conduct, Deed


def gives(conduct: Conduct, given: Input) -> Deed:
    """The deed that gives an input."""

    async def deed(_text: str) -> None:
        await conduct.accept(given)

    return deed
