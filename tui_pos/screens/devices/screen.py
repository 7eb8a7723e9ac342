"""The devices of the till: how each of them is, since when and why, and what a person can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from devices.configuration import ADDRESSES, DOCUMENTS, KINDS, CounterConfig, DeviceConfig
from devices.health import DeviceView
from devices.transports.identity import by_order
from tui_pos import screens
from tui_pos.actions import Panel
from tui_pos.device_trial import REASON, try_device
from tui_pos.errors import Refused
from tui_pos.inputs import AssignDocument, Input, OpenDrawer, RemoveDevice
from tui_pos.l10n import _, n_, plural
from tui_pos.rights import Right
from tui_pos.sale.prompt import Context
from tui_pos.screens.confirm import ConfirmScreen
from tui_pos.screens.devices import steering, words
from tui_pos.screens.devices.form import DeviceForm
from tui_pos.screens.devices.panel import PanelScreen
from tui_pos.screens.devices.prints import PrintsScreen
from tui_pos.screens.devices.scan_trial import ScanTrialScreen
from tui_pos.spans import since
from tui_pos.widgets.page_list import Column, PageList
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from textual.app import ComposeResult

VIRTUAL = n_("virtual, for a try")


class DevicesScreen(PanelScreen):
    """Lists the devices, and says below all that is known of the one under the cursor."""

    HEADING = n_("Devices")
    PANEL = Panel.DEVICES
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "do('device.test')", show=False)]
    DEFAULT_CSS: ClassVar[str] = """
    DevicesScreen > #box { width: 100%; max-width: 110; height: 100%; max-height: 32; }
    DevicesScreen #facts { height: 7; color: $dim; }
    """

    def deeds(self) -> Mapping[str, Callable[[], None]]:
        """What each key does."""
        return {
            "device.test": self._test,
            "device.add": self._add,
            "device.prints": self._prints,
            "device.assign": self._assign,
            "device.change": self._change,
            "device.retry": self._retry,
            "device.remove": self._remove,
            "device.payment": self._payment,
            "device.steer": self._steer,
        }

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A payment in doubt has its key while there is one; steering has its own where a device is virtual."""
        if action == "do('device.steer')":
            counter = self._conduct.till.counter
            return any(steering.twin_of(counter, device.name) for device in counter.list())
        if action == "do('device.payment')":
            return self._conduct.context is Context.PAYMENT_UNKNOWN
        return super().check_action(action, parameters)

    def body(self) -> ComposeResult:
        """The devices, and all about one of them."""
        yield PageList[DeviceView](
            (
                Column(n_("Name"), lambda device: device.name, 12),
                Column(n_("Kind"), words.kind, 18),
                Column(n_("State"), words.health, 10),
                Column(n_("Reason"), lambda device: _(device.reason) if device.reason else ""),
                Column(n_("Waits"), lambda device: str(device.queue or ""), 7, right=True),
            ),
            empty=n_("No device is set up yet."),
        )
        yield Words(id="facts")

    def walked(self) -> PageList[DeviceView]:
        """The devices."""
        return self.query_one(PageList)

    @property
    def _counter(self) -> CounterConfig:
        return self._conduct.till.counter.config

    def look(self) -> None:
        """Show how each device is now."""

        async def page(limit: int, offset: int) -> Sequence[DeviceView]:
            return self._conduct.till.counter.list()[offset : offset + limit]

        self.walked().show(page, stay=True)

    # --- all about one

    @on(PageList.Moved)
    def explain(self) -> None:
        """What is known of the device under the cursor, and what somebody should see to."""
        device = self.walked().current
        facts = [] if device is None else list(self._facts(device))
        self.query_one("#facts", Words).update("\n".join([*facts, *self._cares()]))

    def _facts(self, device: DeviceView) -> Sequence[str]:
        kept = self._configured(device)
        now = self._conduct.stage.now()
        gets = [_(words.DOCUMENTS[kind]) for kind in self._gets(device)]
        lines = [
            _("{name}: {text}").format(name=device.name, text=_setting(kept)),
            _("{state} since {since}").format(state=words.health(device), since=_at(device.since, now)),
            _("Last success: {last}").format(last=_at(device.last_success, now)),
        ]
        if kept is not None and by_order(kept.place):
            text = _(
                "{key}: its address is by the order of plugging. Edit it while it is plugged in, as it is."
            )
            lines.append(text.format(key=self._conduct.stage.key_of("device.change")))
        if gets:
            lines.append(_("Prints: {documents}").format(documents=", ".join(gets)))
        return lines

    def _gets(self, device: DeviceView) -> Sequence[str]:
        """The documents that go to a printer, by its name or because they go where the receipts go."""
        if device.kind != "printer":
            return [kind for kind, name in self._counter.documents.items() if name == device.name]
        spool = self._conduct.till.counter.spool
        kinds = (kind for kind in DOCUMENTS if kind != "label")
        return [kind for kind in kinds if spool.printer_for(kind) == device.name]

    def _cares(self) -> Sequence[str]:
        """What somebody should see to: prints and payments in doubt."""
        spool, cares = self._conduct.till.counter.spool, []
        key = self._conduct.stage.key_of
        if spool.unknown:
            text = plural(
                "{key}: {count} print may not be on paper.",
                "{key}: {count} prints may not be on paper.",
                len(spool.unknown),
            )
            cares.append(text.format(key=key("device.prints"), count=len(spool.unknown)))
        if self._conduct.context is Context.PAYMENT_UNKNOWN:
            text = _("{key}: nobody knows how a card payment ended.")
            cares.append(text.format(key=key("device.payment")))
        return cares

    def _configured(self, device: DeviceView) -> DeviceConfig | None:
        return next((kept for kept in self._counter.devices if kept.name == device.name), None)

    # --- what the keys do

    def _current(self) -> DeviceView | None:
        device = self.walked().current
        if device is None:
            self.refuse(_("No device is set up yet."))
        return device

    def _test(self) -> None:
        if (device := self._current()) is None:
            return
        if device.kind == "drawer" and not self._conduct.register.may(Right.DRAWER):
            self.give_input(OpenDrawer(_(REASON), device.name))
            return
        if device.kind == "scanner":
            self.app.push_screen(ScanTrialScreen(self._conduct, device.name))
            return
        self.tell(_("{name} is being tried…").format(name=device.name))
        self.work(self._tried(device.name))

    async def _tried(self, name: str) -> str:
        async def accept(given: Input) -> None:
            await self._given(given)

        till = self._conduct.till
        works, text = await try_device(till.counter, name, accept, till.store)
        text = _("{name}: {text}").format(name=name, text=text)
        if not works:
            raise Refused("device_failed", text)
        return text

    def _steer(self) -> None:
        if (device := self._current()) is None:
            return
        twin = steering.twin_of(self._conduct.till.counter, device.name)
        if twin is None:
            self.refuse(
                _("{name} is a real device: only a virtual one can be steered.").format(name=device.name)
            )
            return
        entries = steering.entries(device.kind, twin)
        self.choose(device.name, entries, lambda chosen: self._steered(device, chosen))

    def _steered(self, device: DeviceView, chosen: str) -> None:
        def given(setting: steering.Setting | None) -> None:
            if setting is None:
                return
            if "scan" in setting:
                self.dismiss(None)  # what is scanned over a screen is refused: it is meant for the sale
            self.work(self._set(device.name, setting))

        setting = steering.setting(chosen)
        if setting is None:
            self.app.push_screen(steering.SteerForm(device.kind), given)
        else:
            given(setting)

    async def _set(self, name: str, setting: steering.Setting) -> str:
        await self._conduct.till.counter.set(name, **setting)
        return ""

    def _retry(self) -> None:
        if (device := self._current()) is not None:
            self._conduct.till.counter.retry(device.name)
            self.tell(_("{name} is asked anew; what waits for it is tried at once.").format(name=device.name))

    def _prints(self) -> None:
        self.app.push_screen(PrintsScreen(self._conduct))

    def _payment(self) -> None:
        if self._conduct.context is not Context.PAYMENT_UNKNOWN:
            self.refuse(_("No card payment is in doubt."))
            return
        self.dismiss(None)
        self._conduct.dialogs.want("payment.resolve")

    def _add(self) -> None:
        entries = [screens.Entry(kind, _(words.KINDS[kind])) for kind in KINDS]
        self.choose(_("Which kind of device?"), entries, self._add_kind)

    def _add_kind(self, kind: str) -> None:
        drivers = [driver for of, driver in ADDRESSES if of == kind]
        entries = [screens.Entry(driver, driver) for driver in drivers]
        entries.append(screens.Entry("virtual", _(VIRTUAL)))
        self.choose(_("Which driver?"), entries, lambda driver: self._fill_in(kind, driver))

    def _fill_in(self, kind: str, driver: str) -> None:
        self.app.push_screen(DeviceForm(kind, driver, attempt=self._conduct.dialogs.attempt))

    def _change(self) -> None:
        if (device := self._current()) is None:
            return
        kept = self._configured(device)
        if kept is None:
            self.refuse(_("{name} is a demo's own: add a real one instead.").format(name=device.name))
            return
        form = DeviceForm(kept.kind, kept.driver, kept, attempt=self._conduct.dialogs.attempt)
        self.app.push_screen(form)

    def _assign(self) -> None:
        if (device := self._current()) is None:
            return
        if device.kind not in ("printer", "label"):
            self.refuse(_("{name} prints nothing: choose a printer first.").format(name=device.name))
            return
        documents = [kind for kind in DOCUMENTS if (kind == "label") == (device.kind == "label")]
        owners = {str(kind): name for kind, name in self._counter.documents.items()}
        entries = [
            screens.Entry(kind, _(words.DOCUMENTS[kind]), note=owners.get(kind, "")) for kind in documents
        ]

        def chosen(kind: str) -> None:
            document = next(known for known in DOCUMENTS if known == kind)
            self.give_input(AssignDocument(document, device.name))

        self.choose(_("What does {name} print?").format(name=device.name), entries, chosen)

    def _remove(self) -> None:
        if (device := self._current()) is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.give_input(RemoveDevice(device.name))

        question = _("Remove {name}? What waits for it goes to another printer.").format(name=device.name)
        self.app.push_screen(ConfirmScreen(question), answered)


def _setting(device: DeviceConfig | None) -> str:
    """How a device is set up; None: it is one of a demo's own."""
    if device is None:
        return _(VIRTUAL)
    options = " ".join(f"{name}={value}" for name, value in sorted(device.options.items()))
    text = _("{driver} at {address} {options}")
    return text.format(driver=device.driver, address=device.address, options=options).rstrip()


def _at(time: datetime | None, now: datetime) -> str:
    """A time and how long ago it was; a dash: it never was."""
    return since(time.isoformat() if time is not None else None, now)
