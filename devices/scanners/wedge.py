"""A scanner that is a keyboard (wedge): its keys come with everybody's, and whoever reads keys tells them apart.

Nothing can be asked of it, and no cable of it is the till's; what is configured is how it types.
"""

from __future__ import annotations

import asyncio
from typing import Literal, TypeAlias

from msgspec import Struct

from devices.scanners.framing import GROUP_SEPARATOR
from devices.scanners.keymap import as_qwerty

WedgeLayout: TypeAlias = Literal["auto", "qwerty", "azerty"]

GAP = 0.035
"""Seconds between two keys of a scanner. Slow ones take 20 ms; a fast typist needs 80."""


TELLING = 8
"""Digits that show which keyboard was meant: those of the shortest code on goods."""


def _digits(text: str) -> int:
    return sum(character.isdecimal() for character in text)


class Wedge(Struct, frozen=True):
    """How the scanner types that is this till's keyboard."""

    layout: WedgeLayout = "auto"
    """`azerty`: the computer's keyboard is French and the scanner's is not, so that all its characters are put right;
    `qwerty`: nothing is; `auto`: what has no digit, and is full of them once it is put right."""
    prefix: str = ""
    """What it types before a code: with it no speed is needed to tell a scan."""
    ends: bool = True
    """It ends a code with Enter, line feed or Tab, and not with silence alone."""
    gap: float = GAP
    """Seconds between two of its keys, at most."""
    fnc1: str = ""
    """What it types for FNC1, where that is not the group separator."""

    @property
    def silence(self) -> float:
        """Seconds without a key that end a code, where nothing else does."""
        return 3 * self.gap

    def marked(self, typed: str) -> bool:
        """Whether a text bears the scanner's prefix."""
        return bool(self.prefix) and typed.startswith(self.prefix) and typed != self.prefix

    def code(self, typed: str) -> str:
        """The code in what it typed."""
        code = typed.removeprefix(self.prefix)
        if self.layout == "azerty" or (
            self.layout == "auto" and _digits(as_qwerty(code)) >= TELLING > _digits(code)
        ):
            code = as_qwerty(code)
        return code.replace(self.fnc1, GROUP_SEPARATOR) if self.fnc1 else code


class WedgeScanner:
    """A wedge on the counter: it has no line that could be cut, and nothing to give."""

    driver = "wedge"

    def __init__(self, name: str, wedge: Wedge) -> None:
        self.name = name
        self.wedge = wedge

    async def probe(self) -> None:
        """A keyboard cannot be asked."""

    async def close(self) -> None:
        """It is not the till's to let go of."""

    async def read(self) -> str:
        """Wait: its codes come as keys."""
        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        return await never

    def verbatim(self) -> str:
        """Who reads the keys knows them."""
        return ""
