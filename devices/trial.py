"""Trying a device out: what a person does to see whether it works."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from devices.counter import Counter
from devices.document import Barcode, Block, Columns, Cut, Document, Qr, Rule, Text
from devices.errors import CONFIRMATION_LOST, NO_ANSWER, n_
from devices.events import DeviceEvent, DrawerKicked, DrawerStuck, HealthChanged, Printed, PrintLost
from devices.health import State

WITHIN = 20.0
"""Seconds for a test page to be on paper; other devices need less."""

PRINTED = n_("A test page is on paper.")
HANDED = n_("A test page was handed over; this printer cannot say whether it is on paper.")
OPENED = n_("The drawer was opened.")
SHOWN = n_("The display shows its test.")
WEIGHED = n_("The scale says {weight} kg.")
ANSWERS = n_("It answers.")
FAILED = n_("It does not work: {reason}.")


class Tried(Struct, frozen=True):
    """What came of a try."""

    works: bool
    text: str
    """A key of the catalogues, with `{weight}` or `{reason}` to be put in."""
    reason: str = ""
    """A key of the catalogues."""
    weight: str = ""


async def try_out(counter: Counter, name: str, document: Document | None = None) -> Tried:
    """Try the device of this name on a counter that is started.

    Args:
        document: what a printer prints; None: a page of its own.

    Raises:
        UnknownDevice: there is no such device.
    """
    (device,) = counter.list(name)
    heard = _Heard(counter)
    try:
        match device.kind:
            case "printer":
                return await _print(counter, heard, name, document or page(name))
            case "drawer":
                counter.kick(name)
                kicked = await heard.of(name, DrawerKicked, DrawerStuck)
                return Tried(True, OPENED) if isinstance(kicked, DrawerKicked) else _failed(counter, name)
            case "scale":
                weight = await counter.weigh(name)
                return _failed(counter, name) if weight is None else Tried(True, WEIGHED, weight=str(weight))
            case "display":
                counter.show("0123456789ABCDEFGHIJ", "éèàùçÉ€ êôîû 9876543")
        await heard.of(name, HealthChanged)
        works = counter.list(name)[0].health is State.ONLINE
        return (
            Tried(True, SHOWN if device.kind == "display" else ANSWERS) if works else _failed(counter, name)
        )
    finally:
        heard.stop()


def page(name: str) -> Document:
    """A page that shows what a printer can do."""
    blocks: tuple[Block, ...] = (
        Text(name, "center", bold=True, double=True),
        Rule(),
        Text("éèàùçâêîôûëïü ÉÈÀÇ œ Œ € ’ « »"),
        Columns("12345678901234567890", "1 234,56 €", bold=True),
        Rule(),
        Barcode("3017620422003"),
        Qr("tui-pos"),
        Cut(),
    )
    return Document(blocks)


async def _print(counter: Counter, heard: _Heard, name: str, document: Document) -> Tried:
    job = counter.print(document, name)
    try:
        async with asyncio.timeout(WITHIN):
            await counter.printed()
    except TimeoutError:
        if job is not None:
            counter.spool.withdraw(job)
        return _failed(counter, name)
    if heard.has(Printed):
        return Tried(True, PRINTED)
    if heard.has(PrintLost):
        return _failed(counter, name)
    return Tried(True, HANDED)


def _failed(counter: Counter, name: str) -> Tried:
    (device,) = counter.list(name)
    reason = device.reason or (NO_ANSWER if device.kind != "printer" else CONFIRMATION_LOST)
    return Tried(False, FAILED, reason=reason)


class _Heard:
    """Listens to a counter beside whoever does."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._before = counter.on_event
        self._events: list[DeviceEvent] = []
        self._news = asyncio.Event()
        counter.on_event = self._hear

    def stop(self) -> None:
        """Listen no more."""
        self._counter.on_event = self._before

    def has(self, kind: type[DeviceEvent]) -> bool:
        """Whether such an event came."""
        return any(isinstance(event, kind) for event in self._events)

    async def of(self, name: str, *kinds: type[DeviceEvent]) -> DeviceEvent | None:
        """The first such event of a device, at the latest after some seconds; None: none came."""
        try:
            async with asyncio.timeout(5):
                while True:
                    for event in self._events:
                        if event.device == name and isinstance(event, kinds):
                            return event
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None

    def _hear(self, event: DeviceEvent) -> None:
        self._events.append(event)
        self._news.set()
        self._before(event)
