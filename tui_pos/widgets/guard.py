"""The guard over dialogs: a scan that is typed into one is taken back, and its Enter answers nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.widgets.router import PAUSE, Router, Typed

if TYPE_CHECKING:
    from textual import events
    from textual.widget import Widget

    from devices.scanners.wedge import Wedge

SHORTEST = 6
"""Keys of a burst that count as a scan over a dialog: no PIN and no amount is typed so fast."""


class Guard:
    """Watches the keys that go to a dialog."""

    def __init__(self) -> None:
        self._router = Router()
        self._field: Widget | None = None
        self._before = ""
        self.taken = False
        """The last scan was one that its field is there for: it stands in it now."""

    def expect(self, wedge: Wedge) -> None:
        """The scanner types so."""
        self._router.wedge = wedge

    def scanned(self, code: str, focused: Widget | None) -> bool:
        """Give a code of a scanner that is no keyboard to the field that is there for it; False: none is."""
        take = getattr(focused, "scanned", None) if getattr(focused, "scans", False) else None
        if take is None or focused is None:
            return False
        focused.call_later(take, code)  # behind the keys that are on their way to it
        return True

    def paste(self, text: str) -> bool:
        """Whether a paste that goes to a dialog is a scan: a scanner may paste instead of typing."""
        self.taken = False
        return any(line.is_scan(SHORTEST) for line in Router(self._router.wedge).paste(text))

    def key(self, event: events.Key, focused: Widget | None) -> bool:
        """Watch one key before the dialog gets it; tells whether it ends a scan and must not be passed on."""
        # a field, or the sheet that cash is counted on: what can be typed into has a `value`
        field = focused if isinstance(getattr(focused, "value", None), str) else None
        last = self._router.last_at
        if last is None or event.time - last > PAUSE or field is not self._field:
            # Something new begins here: should it be a scan, this is what the field goes back to.
            self._router.clear()
            self._field, self._before = field, getattr(field, "value", "")
        if not self._router.takes(event.key, event.character):
            self._router.clear()
            return False
        self.taken = False
        return self._ended(self._router.key(event.key, event.character, event.time))

    def rest(self) -> bool:
        """No key has come for as long as the scanner's silence; tells whether that ends a scan."""
        self.taken = False
        return self._ended(self._router.rest())

    def _ended(self, ended: Typed | None) -> bool:
        if ended is None or not ended.is_scan(SHORTEST):
            return False
        if self._field is not None and self._field.is_attached:
            # The keys of the scan are on their way to the field: what undoes them queues behind them.
            self._field.call_later(setattr, self._field, "value", self._before)
            # by name: the first frame needs no field, and Textual's takes long to import
            scanned = getattr(self._field, "scanned", None)
            if scanned is not None and getattr(self._field, "scans", False):
                self._field.call_later(scanned, ended.text)
                self.taken = True
        return True
