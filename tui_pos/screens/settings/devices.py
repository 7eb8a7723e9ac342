"""The tab of the devices: which there are, and how each of them does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.l10n import _, n_, plural
from tui_pos.screens.settings.rows import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_pos.screens.conduct import Conduct

HINT = n_("Devices are added, tested, changed and removed on a screen of their own.")


class DevicesTab:
    """Facts: the counter owns the devices."""

    title = n_("Devices")
    live = True

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    async def rows(self) -> Sequence[Row]:
        """Each device with its health, and what waits for it."""
        rows: list[Row] = []
        for device in self._conduct.till.counter.list():
            state = _(device.reason) if device.reason else _(str(device.health))
            waiting = device.queue
            if waiting:
                state += ", " + plural("{count} waits", "{count} wait", waiting).format(count=waiting)
            rows.append(Row(f"{device.name} ({device.driver})", state, _(HINT)))
        return (*rows, Row(_("▶ Devices…"), "", _(HINT), do=self._show))

    async def _show(self) -> str:
        from tui_pos.screens.devices.screen import DevicesScreen  # noqa: PLC0415 - only when it is asked for

        self._conduct.stage.push_screen(DevicesScreen(self._conduct))
        return ""
