"""The devices pane: what the virtual devices of a demo put out, beside the sale or over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from tui_pos.l10n import _
from tui_pos.widgets.zone import Zone, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 46


class DeviceLine(Struct, frozen=True):
    """One device in a line: its name and how it is."""

    name: str
    text: str
    well: bool = True


class DevicesView(Struct, frozen=True):
    """What the pane shows."""

    devices: tuple[DeviceLine, ...] = ()
    display: tuple[str, str] = ("", "")
    paper: tuple[str, ...] = ()
    """The last paper that the printer cut, as lines."""


class DevicesPane(Zone):
    """The devices in a list, the customer display, then the end of the printer's paper."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "devices--head",
        "devices--ill",
        "devices--paper",
        "devices--glass",
    }
    DEFAULT_CSS = """
    DevicesPane {
        display: none; layer: over; dock: right; width: 46; height: 1fr; background: $surface; color: $foreground;
        & .devices--head { background: $bar; color: $bar-text; text-style: bold; }
        & .devices--ill { color: $refused-text; background: $refused; }
        & .devices--paper { color: $paper-text; background: $paper; }
        & .devices--glass { color: $glass-text; background: $glass; text-style: bold; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="devices")
        self.shown = DevicesView()

    def show(self, view: DevicesView) -> None:
        """Show this, if it is not what is shown already."""
        if view != self.shown:
            self.shown = view
            if self.display:
                self.refresh()

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:
        """A frame on the left, then what stands on line `y`."""
        text, style = self._line(y)
        yield "│", ""
        yield fit(" " + text, max(0, width - 1)), style

    def _line(self, y: int) -> tuple[str, str]:
        view = self.shown
        if y == 0:
            return _("Virtual devices"), "devices--head"
        y -= 1
        if y < len(view.devices):
            device = view.devices[y]
            return f"{device.name:<10} {device.text}", "" if device.well else "devices--ill"
        y -= len(view.devices) + 1
        if y in (0, 1):
            return view.display[y], "devices--glass"
        y -= 3
        if y == -1:
            return _("Paper"), "devices--head"
        room = max(0, self.size.height - len(view.devices) - 5)
        paper = view.paper[:room] if len(view.paper) <= room else view.paper[len(view.paper) - room :]
        if 0 <= y < len(paper):
            return paper[y], "devices--paper"
        return "", ""
