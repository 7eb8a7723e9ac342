"""The staff of a counter: who speaks to each device, by name, and the tasks in which they do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any, TypeVar

from devices.errors import NoDevice, UnknownDevice
from devices.hotplug import HotPlug
from devices.owners import BACK_OFF, Owner

logger = logging.getLogger(__name__)

Owned = TypeVar("Owned", bound=Owner[Any])


class Staff:
    """The owners of a counter's devices, in its order. A mistake of one is no other's."""

    def __init__(self) -> None:
        self._owners: dict[str, Owner[Any]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._works = False
        self._plug = HotPlug(self.wake)

    @property
    def owners(self) -> tuple[Owner[Any], ...]:
        """All of them."""
        return tuple(self._owners.values())

    def hire(self, owners: Iterable[Owner[Any]]) -> tuple[Owner[Any], ...]:
        """Be these from now on, in this order, once the others are dismissed; gives those who are new."""
        before = self.owners
        self._owners = {owner.name: owner for owner in owners}
        return tuple(owner for owner in self.owners if owner not in before)

    def begin(self, owners: Iterable[Owner[Any]]) -> None:
        """Let these own their devices, and listen for what is plugged in where somebody waits for it."""
        self._works = True
        for owner in owners:
            self._tasks[owner.name] = asyncio.create_task(_kept(owner), name=f"device {owner.name}")
        self._plug.stop()
        if any(owner.poll for owner in self.owners):
            self._plug.start()

    @property
    def works(self) -> bool:
        """Whether they have begun."""
        return self._works

    async def dismiss(self, owner: Owner[Any]) -> None:
        """Have one let go of its device, for good."""
        task = self._tasks.pop(owner.name, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await _let_go(owner)

    async def end(self) -> None:
        """Have all of them let go of their devices; they may begin again."""
        self._works = False
        self._plug.stop()
        tasks, self._tasks = self._tasks.values(), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(_let_go(owner) for owner in self.owners))

    def wake(self) -> None:
        """Something came or went: each tries at once what waits, and looks at its device."""
        for owner in self.owners:
            owner.wake()

    def named(self, name: str) -> Owner[Any]:
        """The one who speaks to the device of this name.

        Raises:
            UnknownDevice: there is none.
        """
        if name not in self._owners:
            raise UnknownDevice(device=name)
        return self._owners[name]

    def all(self, owned: type[Owned]) -> tuple[Owned, ...]:
        """Those of a kind, in their order."""
        return tuple(owner for owner in self.owners if isinstance(owner, owned))

    def one(self, owned: type[Owned], name: str | None) -> Owned:
        """The one of a kind that is named, or the first.

        Raises:
            UnknownDevice: there is none of this name, or it is of another kind.
            NoDevice: there is none at all.
        """
        if name is not None:
            owner = self.named(name)
            if isinstance(owner, owned):
                return owner
            raise UnknownDevice(device=name)
        found = self.all(owned)
        if not found:
            raise NoDevice(kind=owned.kind)
        return found[0]


async def _let_go(owner: Owner[Any]) -> None:
    try:
        await owner.device.close()
    except Exception:
        # whatever a driver does at its end, the others are let go of too
        logger.exception("%s could not be let go of", owner.name)


async def _kept(owner: Owner[Any]) -> None:
    """An owner that fails by a mistake of its own begins again."""
    while True:
        try:
            await owner.run()
        except Exception:
            logger.exception("the owner of %s failed; it begins again", owner.name)
        await asyncio.sleep(BACK_OFF[0])
