"""What the scanners of the counter read while a till has no screen: each code in order, as an input of the register."""

from __future__ import annotations

from collections import deque
from typing import Any

from tui_pos.errors import Refused
from tui_pos.events import CodeScanned, Event, ScanFailed
from tui_pos.inputs import Scan
from tui_pos.register import Register


class Scans:
    """Keeps what is scanned until it is taken.

    Args:
        register: whose counter is listened to, from now on.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._waiting: deque[CodeScanned | ScanFailed] = deque()
        register.events.subscribe(self._heard)

    def _heard(self, event: Event) -> None:
        if isinstance(event, CodeScanned | ScanFailed):
            self._waiting.append(event)

    async def take(self) -> list[dict[str, Any]]:
        """Give all that was scanned to the register; tells, for each, the code and what was said against it."""
        taken = []
        while self._waiting:
            scan = self._waiting.popleft()
            if isinstance(scan, ScanFailed):
                error = {"code": "device_failed", "message": scan.message}
                taken.append({"device": scan.device, "ok": False, "error": error})
                continue
            taken.append({"device": scan.device, "code": scan.code, **await self._accepted(scan.code)})
        return taken

    async def _accepted(self, code: str) -> dict[str, Any]:
        try:
            outcome = await self._register.accept(Scan(code))
        except Refused as refused:
            return {"ok": False, "error": {"code": refused.slug, "message": refused.message}}
        notice = outcome.notice
        return {"ok": True, "notice": notice.text} if notice else {"ok": True}
