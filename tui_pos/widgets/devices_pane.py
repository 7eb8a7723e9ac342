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
    label: tuple[str, ...] = ()
    """What stands on the last label that came out."""


class DevicesPane(Zone):
    """The devices in a list, the customer display, the last label, then the end of the printer's paper."""

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
        above = self._above_paper()
        if y < len(above):
            return above[y]
        y -= len(above)
        view = self.shown
        room = max(0, self.size.height - len(above))
        paper = view.paper[:room] if len(view.paper) <= room else view.paper[len(view.paper) - room :]
        return (paper[y], "devices--paper") if y < len(paper) else ("", "")

    def _above_paper(self) -> list[tuple[str, str]]:
        view = self.shown
        lines = [(_("Virtual devices"), "devices--head")]
        lines += [
            (f"{each.name:<10} {each.text}", "" if each.well else "devices--ill") for each in view.devices
        ]
        lines += [("", ""), *((line, "devices--glass") for line in view.display)]
        if view.label:
            lines += [("", ""), (_("Label"), "devices--head")]
            lines += [(line, "devices--paper") for line in view.label]
        return [*lines, (_("Paper"), "devices--head")]
