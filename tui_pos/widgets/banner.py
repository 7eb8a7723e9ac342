"""What comes from the server while somebody sells: how a load goes on, a message. It takes no key and no scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui_pos.widgets.zone import Zone, fit

if TYPE_CHECKING:
    from collections.abc import Iterable


class Banner(Zone):
    """A line for each thing that is to be seen; none, and the zone is not there."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"banner--message"}
    DEFAULT_CSS = """
    Banner {
        height: 1; display: none; background: $panel; color: $foreground;
        &.-one, &.-two { display: block; }
        &.-two { height: 2; }
        & .banner--message { background: $cursor; color: $cursor-text; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="banner")
        self.load = ""
        self.message = ""

    def show(self, load: str, message: str) -> None:
        """Show this; the screen is laid out anew only when a line comes or goes."""
        if (load, message) == (self.load, self.message):
            return
        before = bool(self.load) + bool(self.message)
        self.load, self.message = load, message
        after = bool(load) + bool(message)
        if after != before:
            self.set_class(after == 1, "-one")
            self.set_class(after == 2, "-two")
        self.refresh()

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:
        """The load above the message."""
        shown = [(self.load, ""), (self.message, "banner--message")]
        lines = [(text, style) for text, style in shown if text]
        if y < len(lines):
            text, style = lines[y]
            yield fit(f" {text}", width), style
