"""From the characters that a scanner sends to codes: where each begins and ends, and what is no part of it.

A code ends with a suffix, or by silence. A symbology identifier (`]C1`, ISO/IEC 15424) stays before it: it says whether
the code is an element string of GS1. A separator of its fields (FNC1) is the group separator 0x1D, whatever the scanner
sends for it.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from devices.errors import n_

Suffix: TypeAlias = Literal["enter", "tab", "etx", "none"]

GROUP_SEPARATOR = "\x1d"
LONGEST = 128
"""Characters: no symbol on goods holds more."""

GARBLED = n_("what it sends cannot be read: check its speed, parity and layout")
OVERLONG = n_("what it sends is too long for a code: check its suffix")
UNENDED = n_("a code came without its end: check its suffix")

_ENDS: dict[Suffix, str] = {"enter": "\r\n\t\x03", "tab": "\t\r\n", "etx": "\x03", "none": ""}
"""No code holds any of these: on a line, a scanner that is not set up ends its codes well enough with each."""
_AROUND = "\x02\x03 \t\r\n"
"""Signs and blanks that scanners may put around a code."""


class Framing(Struct, frozen=True):
    """How a scanner marks its codes."""

    prefix: str = ""
    """Stands before every code, and is no part of it."""
    suffix: Suffix = "enter"
    """Ends a code: carriage return or line feed or both, tab, ETX, or nothing but silence."""
    gap: float = 0.5
    """Seconds of silence that end a code, or show that its end was lost: a radio link stops for less."""
    fnc1: str = ""
    """What the scanner sends for FNC1, where that is not the group separator."""

    def code(self, text: str) -> str:
        """A code without what the scanner puts around it."""
        bare = text.strip(_AROUND)
        bare = bare.removeprefix(self.prefix).strip(_AROUND)
        return bare.replace(self.fnc1, GROUP_SEPARATOR) if self.fnc1 else bare


class Spoiled(Struct, frozen=True):
    """Something came that is no code: whoever scanned must be told."""

    reason: str


Framed: TypeAlias = str | Spoiled


class Frames:
    """Cuts what a scanner sends into codes. No text makes it raise."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._held = ""
        self._overlong = False

    @property
    def pending(self) -> bool:
        """Whether a code has begun and not ended."""
        return bool(self._held) or self._overlong

    def give(self, text: str) -> list[Framed]:
        """Take what came; gives what has ended with it, in order."""
        found: list[Framed] = []
        for character in text:
            if character in _ENDS[self._framing.suffix]:
                found += self._ended()
            elif len(self._held) < LONGEST + len(self._framing.prefix):
                self._held += character
            else:
                self._overlong = True
        return found

    def rest(self) -> list[Framed]:
        """Nothing has come for as long as `gap`: what was begun ends here, or was spoiled."""
        if self._framing.suffix == "none" or not self._framing.code(self._held):
            return self._ended()
        self.forget()
        return [Spoiled(UNENDED)]

    def forget(self) -> None:
        """Drop what was begun."""
        self._held, self._overlong = "", False

    def _ended(self) -> list[Framed]:
        held, overlong = self._held, self._overlong
        self.forget()
        if overlong:
            return [Spoiled(OVERLONG)]
        code = self._framing.code(held)
        if not code:
            return []
        return [code if code.replace(GROUP_SEPARATOR, "").isprintable() else Spoiled(GARBLED)]
