"""The Textual app: paints its first frame, then opens the till, and routes keys. It holds no rules.

Keys are routed above focus. On the selling screen they make lines for the prompt or ask for actions, all on one
queue that the conduct serves in order. Over a dialog they go to the dialog, unless they turn out to be a scan: a
scan never answers a dialog, so what it typed is taken back and it is refused aloud.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import events

from tui_pos.events import CodeScanned, Event, ScanFailed
from tui_pos.l10n import _, n_
from tui_pos.sale.prompt import Context
from tui_pos.screens.items import Item, Pressed, Scanned
from tui_pos.screens.selling import BESIDE
from tui_pos.screens.stage import Stage
from tui_pos.widgets.guard import Guard
from tui_pos.widgets.router import Router, Typed

if TYPE_CHECKING:
    from devices.scanners.wedge import Wedge
    from tui_pos.screens.conduct import Conduct
    from tui_pos.screens.ports import TillPort

ECHO = 0.02
"""Seconds that a typed character waits to be shown: a whole scan comes and goes in less, so it costs no repaint."""

_NO_ANSWER = n_("A scan was refused: it cannot answer this. Finish here first, then scan again.")
_log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now().astimezone()


class TillApp(Stage):
    """The till on a terminal.

    Args:
        open_till: opens the till; called after the first frame. It may raise `Refused`.
        now: the local time.
    """

    def __init__(
        self,
        open_till: Callable[[], Awaitable[TillPort]],
        *,
        now: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(now)
        self.router = Router()
        self.conduct: Conduct | None = None
        self.till: TillPort | None = None
        self._open_till = open_till
        self.opened = asyncio.Event()
        """Set once the till takes what it is given, or cannot open."""
        self._items: asyncio.Queue[Item] = asyncio.Queue()
        self._guard = Guard()
        self._echo: asyncio.TimerHandle | None = None
        self._silence: asyncio.TimerHandle | None = None
        self._life: asyncio.Task[None] | None = None
        self._active_at = 0.0

    # --- from start to end

    def on_mount(self) -> None:
        """Paint first, open then."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._life = asyncio.create_task(self._live(), name="the till's conduct")

    async def _live(self) -> None:
        # Opening loads much that stays for ever: a collector that looked at it would only cost time, now and later.
        gc.disable()
        try:
            self.till = await self._open_till()
        except Exception as error:  # noqa: BLE001 - logged with its trace, and told in words
            _log.exception("the till cannot open")
            self.stop(error)
            return
        finally:
            gc.freeze()
            gc.enable()
        from tui_pos.screens.conduct import Conduct  # noqa: PLC0415 - after the first frame
        from tui_pos.screens.deeds import all_deeds  # noqa: PLC0415 - as above

        self.set_up(self.till.register.settings)
        self._type_as(self.till.counter.wedge)
        self.till.register.events.subscribe(self._heard)
        self.conduct = Conduct(self, self.till, self._items)
        self.conduct.deeds |= all_deeds(self.conduct)
        self.recovery.aftercare = self.conduct.dialogs
        if self.till.demo is not None and self.size.width >= BESIDE:
            self.selling.add_class("-devices")
        self._active_at = asyncio.get_running_loop().time()
        self.set_interval(1.0, self.tick)
        self.opened.set()
        await self.conduct.serve()

    def stop(self, error: BaseException) -> None:
        """The till could not open: whoever waits for it need wait no longer."""
        self.opened.set()
        super().stop(error)

    def unreadable(self) -> None:
        """Bytes came from the keyboard or the scanner that are no text: all that came with them is lost."""
        self.router.clear()
        self._show_typed()
        self.complain(_("Keys came that cannot be read, and none of them was taken: type or scan again."))

    async def on_unmount(self) -> None:
        """Let go of the till."""
        if self._life is not None:
            self._life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._life
        if self.till is not None:
            await self.till.close()

    async def settled(self) -> None:
        """Wait until all that was given so far has been taken, and painted as far as it goes."""
        await self._items.join()

    # --- keys

    async def on_event(self, event: events.Event) -> None:
        """Route keys and pastes before focus has a say."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._active_at = asyncio.get_running_loop().time()
            self._await_silence()
            if self.screen is self.selling:
                self._route(event)
                return
            if self._tried(event) or self._guarded(event) or self._stepped(event) or await self._taken(event):
                return
        await super().on_event(event)

    def _route(self, event: events.Key | events.Paste) -> None:
        if isinstance(event, events.Paste):
            for line in self.router.paste(event.text):
                self._items.put_nowait(line)
        elif self.router.takes(event.key, event.character):
            line_ended = self.router.key(event.key, event.character, event.time)
            if line_ended is not None:
                self._items.put_nowait(line_ended)
        elif self.keyboard.is_bound(event.key):
            self._press(event.key)
        else:
            return
        self._show_typed()

    def _heard(self, event: Event) -> None:
        """A scanner that is no keyboard: its code comes after all that was given, or is refused aloud."""
        if isinstance(event, ScanFailed):
            self.call_later(self.complain, event.message)
        if not isinstance(event, CodeScanned):
            return
        self._active_at = asyncio.get_running_loop().time()
        if self.screen is not self.selling:
            if not self._guard.scanned(event.code, self.focused):
                self.call_later(self.complain, _(_NO_ANSWER))
            return
        if self.router.text.endswith("*"):
            self._items.put_nowait(Typed(self.router.take()))
            self._show_typed()
        self._items.put_nowait(Scanned(event.code))

    def _type_as(self, wedge: Wedge) -> None:
        """The scanner types so, as the till's devices are set up by now."""
        self.router.wedge = wedge
        self._guard.expect(wedge)

    def _await_silence(self) -> None:
        """Where nothing ends a scanner's codes, silence does: it is looked for behind the keys that wait by then."""
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
        if not self.router.wedge.ends:
            look = partial(self.call_later, self._silent)
            self._silence = asyncio.get_running_loop().call_later(self.router.wedge.silence, look)

    def _silent(self) -> None:
        if self._silence is None or self._silence.when() > asyncio.get_running_loop().time():
            return  # a key came meanwhile
        if self.screen is not self.selling:
            self._refuse_scan(self._guard.rest())
        elif (line := self.router.rest()) is not None:
            self._items.put_nowait(line)
            self._show_typed()

    def _press(self, key: str) -> None:
        self._items.put_nowait(Pressed(key, self.router.take() if self._goes_with(key) else ""))

    def _goes_with(self, key: str) -> bool:
        """Whether what was typed goes with this key."""
        conduct = self.conduct
        context = conduct.context if conduct is not None else Context.ITEM
        if context is Context.PAYMENT and conduct is not None and key in conduct.painter.methods:
            return True
        action = self.keyboard.pressed(key, context)
        return action is not None and action.argument

    def _show_typed(self) -> None:
        if not self.router.text:
            if self._echo is not None:
                self._echo.cancel()
                self._echo = None
            self.selling.prompt.type("")
        elif self._echo is None:
            self._echo = asyncio.get_running_loop().call_later(ECHO, self._echo_typed)

    def _echo_typed(self) -> None:
        self._echo = None
        self.selling.prompt.type(self.router.text)

    def _tried(self, event: events.Key | events.Paste) -> bool:
        """Whether a screen that tries a scanner out has taken this, whoever typed it."""
        take = getattr(self.screen, "take_keys", None)
        return callable(take) and bool(take(event))

    def _guarded(self, event: events.Key | events.Paste) -> bool:
        """Over a dialog: whether this ended a scan, which is then taken back and refused."""
        if isinstance(event, events.Paste):
            scanned = self._guard.paste(event.text)
        else:
            scanned = self._guard.key(event, self.focused)
        self._refuse_scan(scanned)
        return scanned

    def _refuse_scan(self, scanned: bool) -> None:
        if scanned and not self._guard.taken:
            self.complain(_(_NO_ANSWER))

    def _stepped(self, event: events.Key | events.Paste) -> bool:
        """Whether this was a key that leaves one field of a form for another."""
        step = getattr(self.screen, "step", None)
        return isinstance(event, events.Key) and callable(step) and bool(step(event.key))

    async def _taken(self, event: events.Key | events.Paste) -> bool:
        """Whether this was typed into what has the focus, and done there before the next key comes."""
        take = getattr(self.focused, "take", None)
        if not isinstance(event, events.Key) or not callable(take):
            return False
        try:
            return bool(await take(event))
        except Exception as error:  # noqa: BLE001 - as of any widget that stumbles: it is told, and takes the next key
            self._handle_exception(error)
            return True

    # --- time

    def tick(self) -> None:
        """Once a second: the clock, the devices, and the lock of an idle till."""
        conduct = self.conduct
        if conduct is None:
            return
        self._type_as(conduct.till.counter.wedge)
        conduct.painter.header()
        conduct.painter.devices()
        if conduct.watch.is_due():
            self.run_worker(conduct.watch.look(), group="server", name="where the exchange stands")
        idle = asyncio.get_running_loop().time() - self._active_at
        if self.idle_after and idle >= self.idle_after:
            self._active_at = asyncio.get_running_loop().time()
            conduct.lock()
