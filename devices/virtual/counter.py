"""The full counter of a shop, without hardware."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from devices.counter import Counter
from devices.events import DeviceEvent
from devices.owners import DisplayOwner, DrawerOwner, ScaleOwner, TerminalOwner
from devices.printers.profile import Profile
from devices.spool import PrintOwner
from devices.virtual.display import VirtualDisplay
from devices.virtual.drawer import VirtualDrawer
from devices.virtual.printer import Sink, VirtualPrinter
from devices.virtual.scale import VirtualScale
from devices.virtual.terminal import VirtualTerminal
from devices.virtual.twin import Sleep


def virtual_counter(
    on_event: Callable[[DeviceEvent], None] | None = None,
    *,
    columns: int = 42,
    sink: Sink | None = None,
    sleep: Sleep = asyncio.sleep,
) -> Counter:
    """A counter of virtual twins: `receipt`, `drawer`, `display`, `scale` and `terminal`.

    Args:
        on_event: is told what happens on it.
        columns: of the printer's paper.
        sink: is given each paper as it is cut.
        sleep: what slow twins wait with.
    """
    printer = VirtualPrinter("receipt", columns, sink=sink, sleep=sleep)
    counter = Counter(
        [
            PrintOwner("receipt", printer, Profile(columns=columns)),
            DrawerOwner("drawer", VirtualDrawer("drawer", sleep)),
            DisplayOwner("display", VirtualDisplay("display", sleep)),
            ScaleOwner("scale", VirtualScale("scale", sleep)),
            TerminalOwner("terminal", VirtualTerminal("terminal", sleep)),
        ]
    )
    if on_event is not None:
        counter.on_event = on_event
    return counter
