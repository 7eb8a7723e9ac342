"""The prompt: what is being typed, under it what is expected, and what the till last had to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region

from devices.scanners.framing import GROUP_SEPARATOR
from tui_pos.widgets.zone import Zone, fit, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

CURSOR = "█"
_TEXT, _EXPECTED, _MESSAGE, _END = 0, 1, 2, 4


class Prompt(Zone):
    """Four lines: the text with its cursor, what is expected, and two for a message or a refusal."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"prompt--expected", "prompt--refused", "prompt--said"}
    DEFAULT_CSS = """
    Prompt {
        height: 4; background: $surface; color: $strong; text-style: bold;
        & .prompt--expected { color: $dim; text-style: not bold; }
        & .prompt--said { color: $good; }
        & .prompt--refused { background: $refused; color: $refused-text; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="prompt")
        self.text = ""
        self.expected = ""
        self.message = ""
        self.refused = False

    def type(self, text: str) -> None:
        """Show what has been typed."""
        if text != self.text:
            self.text = text
            self._repaint(_TEXT, _EXPECTED)

    def expect(self, expected: str) -> None:
        """Show the name of what is expected."""
        if expected != self.expected:
            self.expected = expected
            self._repaint(_EXPECTED, _MESSAGE)

    def say(self, message: str, *, refused: bool = False) -> None:
        """Show a message; it stays until the next one. An empty one takes it off."""
        if (message, refused) != (self.message, self.refused):
            self.message, self.refused = message, refused
            self._repaint(_MESSAGE, _END)

    def _repaint(self, first: int, end: int) -> None:
        self.refresh(Region(0, first, self.size.width, end - first))

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:
        """Text, what is expected, and the message on two lines."""
        if y == _TEXT:
            text = self.text.replace(GROUP_SEPARATOR, "·")
            room = max(0, width - 4)
            return [(fit(f" ▶ {text[-room:] if room else ''}{CURSOR}", width), "")]
        if y == _EXPECTED:
            return [(fit("   " + self.expected, width), "prompt--expected")]
        style = "prompt--refused" if self.refused else "prompt--said"
        lines = wrap(self.message, width - 2, _END - _MESSAGE)
        row = y - _MESSAGE
        return [
            (
                fit(" " + lines[row], width) if row < len(lines) else " " * width,
                style if row < len(lines) else "",
            )
        ]
