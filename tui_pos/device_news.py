"""What the devices say becomes words for whoever is at the till, and events of the register."""

from __future__ import annotations

from devices.counter import Counter
from devices.drawers.owner import STANDS_OPEN
from devices.errors import PrintUnknown, ScanSpoiled
from devices.events import (
    DeviceEvent,
    DrawerLeftOpen,
    DrawerStuck,
    HealthChanged,
    PrintFound,
    PrintLost,
    Rerouted,
    ScanLost,
    Scanned,
)
from devices.health import State
from tui_pos.events import CodeScanned, DeviceNews, Events, ScanFailed
from tui_pos.l10n import _, n_

TROUBLE = n_("{device}: {reason}. What it has to do is kept; the sale goes on.")
_KEEP = ("printer", "display", "label")
"""Kinds that do later what they cannot do now; of the others nothing waits."""
REMARK = n_("{device}: {reason}.")
STUCK = n_("The drawer did not open: {reason}. Open it with its key.")
LEFT_OPEN = n_("The drawer has stood open for {seconds} s: shut it.")
ELSEWHERE = n_("{device} cannot print: look at {to}, which prints instead.")
IN_DOUBT = n_(
    "{device}: nobody knows whether the last print is on paper. Look, then print it again or drop it."
)
ON_PAPER = n_("{device}: the print that was in doubt is on paper after all.")
NOT_PRINTABLE = n_("{device}: a document cannot be printed ({reason}). The sale is saved; the log says more.")


class Announcer:
    """Tells the register's listeners what happens at its counter.

    Args:
        counter: its `on_event` is taken.
        events: the register's.
    """

    def __init__(self, counter: Counter, events: Events) -> None:
        self._events = events
        counter.on_event = self._heard

    def _heard(self, event: DeviceEvent) -> None:
        match event:
            case HealthChanged(health=health) if health.state is State.ONLINE:
                # of a drawer that stands open a sentence of its own is told
                said = health.reason and health.reason != STANDS_OPEN
                text = _(REMARK).format(device=event.device, reason=_(health.reason)) if said else ""
                self._tell(event.device, text, well=True)
            case HealthChanged(health=health, kind=kind):
                text = _(TROUBLE if kind in _KEEP else REMARK)
                self._tell(event.device, text.format(device=event.device, reason=_(health.reason)))
            case PrintLost() | PrintFound() | Rerouted():
                self._of_a_print(event)
            case DrawerStuck(reason=reason):
                self._tell(event.device, _(STUCK).format(reason=_(reason)))
            case DrawerLeftOpen(seconds=seconds):
                self._tell(event.device, _(LEFT_OPEN).format(seconds=seconds))
            case Scanned(code=code):
                self._events.tell(CodeScanned(event.device, code))
            case ScanLost(reason=reason):
                text = _(ScanSpoiled.template).format(device=event.device, reason=_(reason))
                self._events.tell(ScanFailed(event.device, text))

    def _of_a_print(self, event: PrintLost | PrintFound | Rerouted) -> None:
        match event:
            case PrintLost(template=PrintUnknown.template):
                self._tell(event.device, _(IN_DOUBT).format(device=event.device))
            case PrintLost(reason=reason):
                self._tell(event.device, _(NOT_PRINTABLE).format(device=event.device, reason=_(reason)))
            case PrintFound():
                self._tell(event.device, _(ON_PAPER).format(device=event.device), well=True)
            case Rerouted(to=to):
                self._tell(event.device, _(ELSEWHERE).format(device=event.device, to=to))

    def _tell(self, device: str, message: str, *, well: bool = False) -> None:
        self._events.tell(DeviceNews(device, message, well))
