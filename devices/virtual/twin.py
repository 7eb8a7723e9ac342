"""What all virtual twins share: a name, a fault that can be set and mended, settings that are checked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from devices.errors import UNPLUGGED, BadSetting, DeviceDown, DeviceError

Sleep: TypeAlias = Callable[[float], Awaitable[None]]

SYNONYMS: Mapping[str, str] = {"unplugged": "offline"}
SLOWNESS = 2.0
"""Seconds that a slow twin takes, unless told otherwise."""


class Twin:
    """A virtual device.

    Args:
        name: its name on the counter, for its errors.
        sleep: what a slow one waits with; tests give their own.
    """

    driver = "virtual"
    faults: ClassVar[tuple[str, ...]] = ("offline", "slow")
    synonyms: ClassVar[Mapping[str, str]] = {}
    """Words for its faults that all twins share, such as `lost`, where its own word says more."""

    def __init__(self, name: str, sleep: Sleep = asyncio.sleep) -> None:
        self.name = name
        self.fault: str | None = None
        self._sleep = sleep

    async def probe(self) -> None:
        """Say whether it could work now. Raises what its fault makes it raise."""
        self._raise_trouble()

    async def close(self) -> None:
        """A twin holds nothing."""

    def set(self, **fields: Any) -> None:
        """Set its fault, or another of its settings; all are checked before any is changed.

        Raises:
            BadSetting: nothing changed.
        """
        changes = {setting: self._read(setting, value) for setting, value in fields.items()}
        for setting, value in changes.items():
            setattr(self, setting, value)

    def output(self) -> Mapping[str, Any]:
        """What it has put out, as plain data."""
        return {}

    def _read(self, setting: str, value: Any) -> Any:
        """The value of a setting, checked. Twins with more settings extend it."""
        if setting == "fault":
            fault = {**SYNONYMS, **self.synonyms}.get(value, value)
            if fault is None or fault in self.faults:
                return fault
        raise self._refused(setting, value)

    def _refused(self, setting: str, value: Any) -> BadSetting:
        return BadSetting(device=self.name, setting=setting, value=value, allowed=self._allowed())

    def _allowed(self) -> str:
        known = (word for word, fault in {**SYNONYMS, **self.synonyms}.items() if fault in self.faults)
        return "fault=" + "|".join((*self.faults, *known, "null"))

    def trouble(self) -> DeviceError | None:
        """What its fault makes it raise."""
        return DeviceDown(device=self.name, reason=UNPLUGGED) if self.fault == "offline" else None

    def _raise_trouble(self) -> None:
        if (trouble := self.trouble()) is not None:
            raise trouble

    async def _begin(self) -> None:
        """Before any work: fail, or be slow, as the fault says."""
        self._raise_trouble()
        if self.fault == "slow":
            await self._sleep(SLOWNESS)
