"""Trying a device out: what a person does to see whether it works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

from msgspec import Struct

from devices.counter import Counter
from devices.document import Barcode, Block, Columns, Cut, Document, Qr, Rule, Text
from devices.errors import CONFIRMATION_LOST, NO_ANSWER, DeviceError, NoWeight, n_
from devices.events import (
    DeviceEvent,
    DrawerKicked,
    DrawerStuck,
    HandedOver,
    Printed,
    PrintLost,
)
from devices.health import State
from devices.labels.label import Label

WITHIN = 20.0
"""Seconds for a test page to be on paper; other devices need less."""

PRINTED = n_("A test page is on paper.")
HANDED = n_("A test page was handed over; this printer cannot say whether it is on paper.")
OPENED = n_("The drawer was opened.")
SHOWN = n_("The display shows its test.")
WEIGHED = n_("The scale says {weight}.")
NO_WEIGHT = n_("The scale answers, and gives no weight: {reason}.")
ANSWERS = n_("It answers.")
FAILED = n_("It does not work: {reason}.")


LABEL = Label("Café crème, éèàùç", "1 234,56 €", "3017620422003", "9,96 €/kg")
"""What a label printer prints to show what it can do."""


class Tried(Struct, frozen=True):
    """What came of a try."""

    works: bool
    text: str
    """A key of the catalogues, with `{weight}` or `{reason}` to be put in."""
    reason: str = ""
    """A key of the catalogues."""
    weight: Decimal | None = None
    """Kilograms."""


async def try_out(counter: Counter, name: str, kick: Callable[[], Awaitable[object]] | None = None) -> Tried:
    """Try the device of this name on a counter that is started. What else the counter does goes on.

    Args:
        kick: opens the drawer, once that is written down; None: it is just opened.

    Raises:
        UnknownDevice: there is no such device.
    """
    (device,) = counter.list(name)
    heard = _Heard(counter, name)
    try:
        match device.kind:
            case "printer":
                return await _print(counter, heard, name, page(name))
            case "label":
                return await _print(counter, heard, name, Document((LABEL,)), "label")
            case "drawer":
                if kick is None:
                    counter.kick(name)
                else:
                    await kick()
                kicked = await heard.of(DrawerKicked, DrawerStuck)
                return Tried(True, OPENED) if isinstance(kicked, DrawerKicked) else _failed(counter, name)
            case "scale":
                return await _weigh(counter, name)
            case "display":
                counter.show("0123456789ABCDEFGHIJ", "éèàùçÉ€ êôîû 9876543")
        await counter.look(name)
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


async def _weigh(counter: Counter, name: str) -> Tried:
    try:
        return Tried(True, WEIGHED, weight=await counter.weigh(name))
    except NoWeight as error:
        # a scale that says why it gives no weight works
        return Tried(True, NO_WEIGHT, reason=error.reason)
    except DeviceError as error:
        return Tried(False, FAILED, reason=error.reason)


async def _print(
    counter: Counter, heard: _Heard, name: str, document: Document, kind: str = "receipt"
) -> Tried:
    job = counter.spool.job(document, kind, to=name)
    assert job is not None, "it was named"
    counter.spool.submit(job)
    ended = await heard.of(Printed, HandedOver, PrintLost, job=job.id, within=WITHIN)
    if isinstance(ended, Printed):
        return Tried(True, PRINTED)
    if isinstance(ended, HandedOver):
        return Tried(True, HANDED)
    if ended is None:
        counter.spool.withdraw(job.id)  # or it would come out when nobody looks for it any more
    return _failed(counter, name)


def _failed(counter: Counter, name: str) -> Tried:
    (device,) = counter.list(name)
    reason = device.reason or (NO_ANSWER if device.kind != "printer" else CONFIRMATION_LOST)
    return Tried(False, FAILED, reason=reason)


class _Heard:
    """Listens to one device of a counter, beside whoever does."""

    def __init__(self, counter: Counter, name: str) -> None:
        self._name = name
        self._events: list[DeviceEvent] = []
        self._news = asyncio.Event()
        self.stop = counter.overhear(self._hear)
        """Listen no more."""

    async def of(
        self, *kinds: type[DeviceEvent], job: str | None = None, within: float = 5.0
    ) -> DeviceEvent | None:
        """The first such event, about this job where one is named; None: none came within so many seconds."""
        try:
            async with asyncio.timeout(within):
                while True:
                    for event in self._events:
                        if isinstance(event, kinds) and job in (None, getattr(event, "job", None)):
                            return event
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None

    def _hear(self, event: DeviceEvent) -> None:
        if event.device == self._name:
            self._events.append(event)
            self._news.set()
