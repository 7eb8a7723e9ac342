"""The header: where the cashier is, who works, which ticket is under way, and how the link to the server stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from rich.cells import cell_len

from tui_pos.l10n import _, plural
from tui_pos.theme import CONSOLE
from tui_pos.widgets.zone import Zone, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

LINKS = {"up": "●─●", "down": "●×●", "unknown": "·"}
"""The network, the crossed network, and none."""
CONSOLE_LINKS = {**LINKS, "up": "•─•", "down": "•×•"}
"""The same of glyphs that the fonts of consoles have: the kernel's own has no U+25CF."""


class HeaderView(Struct, frozen=True):
    """What the header shows."""

    shop: str = ""
    till: str = ""
    user: str = ""
    ticket: str = ""
    clock: str = ""
    link: str = "unknown"
    unsent: int = 0
    oldest: str = ""
    """How long the oldest unsent entry has waited; empty: not long enough to tell."""
    messages: int = 0
    held: int = 0


class Header(Zone):
    """One line: shop, till and cashier; ticket, held tickets, messages, link and clock."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"header--down"}
    DEFAULT_CSS = """
    Header {
        height: 1; background: $bar; color: $bar-text; text-style: bold;
        & .header--down { background: $refused; color: $refused-text; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="header")
        self.shown = HeaderView()

    def show(self, view: HeaderView) -> None:
        """Show this, if it is not what is shown already."""
        if view != self.shown:
            self.shown = view
            self.refresh()

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:  # noqa: ARG002 - one line
        """Places on the left, numbers on the right; in a narrow header the left gives way."""
        view = self.shown
        till = _("Till {number}").format(number=view.till) if view.till else ""
        left = " " + " │ ".join(filter(None, (view.shop, till, view.user)))
        link = (CONSOLE_LINKS if self.app.theme == CONSOLE else LINKS)[view.link]
        if view.link != "unknown" and view.unsent:
            link += f" {view.unsent}" + (f" ({view.oldest})" if view.oldest else "")
        right = " │ ".join(filter(None, (*self._counts(), view.ticket, view.clock)))
        room = width - cell_len(right) - cell_len(link) - 5
        yield fit(left, max(0, room)) + " ", ""
        yield right + " ", ""
        yield f" {link} ", "header--down" if view.link == "down" else ""

    def _counts(self) -> Iterable[str]:
        view = self.shown
        if view.messages:
            yield plural("{count} message", "{count} messages", view.messages).format(count=view.messages)
        if view.held:
            yield plural("{count} held", "{count} held", view.held).format(count=view.held)
