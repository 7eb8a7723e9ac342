"""A scanner is tried: what comes of each scan is explained, and nothing is sold."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, ClassVar

from textual import events

from devices.events import DeviceEvent, ScanLost, Scanned
from devices.ports import Steerable
from devices.scanners.framing import GROUP_SEPARATOR
from devices.scanners.trial import SAMPLE, WITHIN, scanner_of
from devices.scanners.wedge import WedgeScanner
from tui_pos.device_trial import typed_on
from tui_pos.l10n import _, n_
from tui_pos.scan_advice import ENDS
from tui_pos.scan_trial import NOW, Explained, explained, nothing_came
from tui_pos.screens.dialog import Dialog
from tui_pos.widgets.router import Router
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from textual.app import ComposeResult
    from textual.timer import Timer

    from tui_pos.screens.conduct import Conduct

SILENCE = 0.6
"""Seconds without a key after which a code has ended that nothing else ends."""
ENDED = 0.05
"""Seconds behind the end of a code in which more of it may come: a line feed behind a carriage return."""
BY_HAND = 3
"""Keys that come alone were typed by hand."""
_KEYS = {"enter": "\r", "ctrl+j": "\n", "tab": "\t", "ctrl+right_square_bracket": GROUP_SEPARATOR}

_AS_KEYS = n_("This came as keys: what was scanned with is a keyboard, to be set up with the driver wedge.")
_NOT_SOLD = n_("What is scanned here is shown, and not sold.")


class ScanTrialScreen(Dialog[None]):
    """Shows what a scanner sends, until it is left.

    Args:
        conduct: knows the counter and the products.
        name: of the scanner.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ScanTrialScreen > #box { width: 100%; max-width: 100; }
    ScanTrialScreen #came { height: auto; max-height: 16; margin: 1 0; }
    ScanTrialScreen #hint { color: $dim; }
    """

    def __init__(self, conduct: Conduct, name: str) -> None:
        super().__init__()
        self._scanner = name
        self._counter, self._store = conduct.till.counter, conduct.till.store
        self._owner = scanner_of(self._counter, name)
        self._typed = ""
        self._times: list[float] = []
        self._silence: Timer | None = None
        self._patience: Timer | None = None

    def heading(self) -> str:
        """Which scanner it is."""
        return self._scanner

    def body(self) -> ComposeResult:
        """What to do, and what came."""
        yield Words(_(NOW), id="came")
        yield Words(_(_NOT_SOLD), id="hint")

    def on_mount(self) -> None:
        """Listen to the scanner; a virtual one is shown something."""
        self._end = self._owner.divert(self._heard)
        self._patience = self.set_timer(WITHIN, lambda: self._show(nothing_came()))
        if isinstance(self._owner.device, Steerable):
            self._work(self._counter.set(self._scanner, scan=SAMPLE))

    def on_unmount(self) -> None:
        """What is scanned from now on is sold again."""
        self._end()

    # --- what comes

    def take_keys(self, event: events.Key | events.Paste) -> bool:
        """Take keys above focus, as a scanner may type them; False: they are not a scanner's."""
        if isinstance(event, events.Paste):
            self._typed, self._times = event.text, []
            self._read()
            return True
        if not Router.takes(event.key, event.character):
            return False
        self._typed += _KEYS.get(event.key, event.character or "")
        self._times.append(event.time)
        if self._silence is not None:
            self._silence.stop()
        self._silence = self.set_timer(ENDED if self._typed[-1:] in ENDS else SILENCE, self._read)
        return True

    def _read(self) -> None:
        typed, times = self._typed, self._times
        self._typed, self._times = "", []
        if len(typed) > BY_HAND:
            pauses = [after - before for before, after in pairwise(times)]
            self._work(self._explain_keys(typed, median(pauses) if pauses else None))

    def _heard(self, event: DeviceEvent) -> None:
        if isinstance(event, Scanned | ScanLost):
            self._work(self._explain(event))

    async def _explain(self, event: Scanned | ScanLost) -> None:
        self._show(await explained(event, self._store))

    async def _explain_keys(self, typed: str, pause: float | None) -> None:
        found = await typed_on(self._counter.wedge, typed, pause, self._store)
        if not isinstance(self._owner.device, WedgeScanner):
            found = Explained(False, (*found.lines, f"→ {_(_AS_KEYS)}"))
        self._show(found)

    def _work(self, doing: Awaitable[None]) -> None:
        self.app.run_worker(doing, group="devices", name="a try of a scanner")

    def _show(self, found: Explained) -> None:
        if not self.is_attached:
            return
        if self._patience is not None:
            self._patience.stop()
            self._patience = None
        self.query_one("#came", Words).update(found.text)
        if not found.works:
            self.app.bell()
