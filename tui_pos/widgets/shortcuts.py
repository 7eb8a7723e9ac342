"""The shortcut keys, and the footer under them: drawn from the table of actions, or from the payment methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len

from tui_pos.widgets.zone import Zone, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

Keys = tuple[tuple[str, str], ...]
"""Pairs of a key's name and what it does."""


class Shortcuts(Zone):
    """Two lines of keys in equal columns."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"shortcuts--key"}
    DEFAULT_CSS = """
    Shortcuts {
        height: 2; background: $panel; color: $foreground;
        & .shortcuts--key { color: $key; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="shortcuts")
        self.keys: Keys = ()

    def show(self, keys: Keys) -> None:
        """Show these keys."""
        if keys != self.keys:
            self.keys = keys
            self.refresh()

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:
        """Half of the keys on each line."""
        half = max(6, (len(self.keys) + 1) // 2)
        room = width // half
        for key, label in self.keys[y * half : (y + 1) * half]:
            name = f" {key} "
            yield name, "shortcuts--key"
            yield fit(label, room - cell_len(name)), ""


class Footer(Zone):
    """One line: the keys that are not function keys on the left, a word on the till at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"footer--key"}
    DEFAULT_CSS = """
    Footer {
        height: 1; background: $bar; color: $bar-text;
        & .footer--key { color: $bar-text; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="footer")
        self.keys: Keys = ()
        self.word = ""

    def show(self, keys: Keys, word: str = "") -> None:
        """Show these keys, and a word such as the version or a device that needs help."""
        if (keys, word) != (self.keys, self.word):
            self.keys, self.word = keys, word
            self.refresh()

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:  # noqa: ARG002 - one line
        """Keys until the room is used; the word has its place first."""
        used = cell_len(self.word) + 2
        for key, label in self.keys:
            text = f" {label} "
            used += cell_len(key) + 1 + cell_len(text)
            if used > width:
                used -= cell_len(key) + 1 + cell_len(text)
                break
            yield " " + key, "footer--key"
            yield text, ""
        yield " " * max(0, width - used), ""
        yield f" {self.word} ", ""
