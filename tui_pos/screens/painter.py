"""The painter: brings the zones of the selling screen up to where the register stands, touching only what changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from tui_pos import __version__
from tui_pos.actions import Place, key_name
from tui_pos.l10n import _, amount, plural
from tui_pos.sale.prompt import Context
from tui_pos.screens.glass import closed_lines, open_lines
from tui_pos.spans import age
from tui_pos.widgets.devices_pane import DeviceLine, DevicesView
from tui_pos.widgets.header import HeaderView
from tui_pos.widgets.totals import closed_sums, open_sums

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from devices.health import DeviceView
    from tui_pos.outcomes import TicketView
    from tui_pos.sale.ticket import Method, Ticket
    from tui_pos.screens.ports import TillPort
    from tui_pos.screens.questions import Question
    from tui_pos.screens.server_watch import ServerWatch
    from tui_pos.screens.stage import Stage

FIRST_METHOD = 2
_LATE = 60.0
"""Seconds after which an unsent entry has waited long, although the server answers."""
METHODS = 8
"""While paying, F2 to F9 are the payment methods in the shop's order."""


class Painter:
    """Shows the register's state on the selling screen."""

    def __init__(self, stage: Stage, till: TillPort, watch: ServerWatch) -> None:
        self._stage = stage
        self._watch = watch
        self._till = till
        self._register = till.register
        self._ticket: Ticket | None = None
        self._closed: TicketView | None = None
        self._context: Context | None = None
        self._header = HeaderView()
        self.methods: dict[str, Method] = {}
        """The payment methods by their keys while paying."""

    def everything(self) -> None:
        """Paint all zones: the till has just been opened."""
        register = self._register
        self._stage.selling.totals.name_methods({method.code: method.label for method in register.methods})
        self.methods = {
            f"f{number}": method for number, method in enumerate(register.methods[:METHODS], FIRST_METHOD)
        }
        self._context = None
        self._sale()
        self.paint(None)

    def closed(self, ticket: TicketView) -> None:
        """A ticket was closed: its sums stay in sight until the next one begins."""
        self._closed = ticket

    def paint(self, question: Question | None) -> None:
        """Bring every zone up to date. After a scan only the basket, the totals and the mirror have changed."""
        register, screen = self._register, self._stage.selling
        if register.ticket is not self._ticket or self._closed is not None:
            self._sale()
        prompt = register.prompt()
        context = Context(prompt.context)
        screen.prompt.expect(question.label if question is not None else prompt.label)
        if context is not self._context:
            self._context = context
            self._keys(context)
            self.header()
        elif register.ticket is None or register.held_count != self._header.held:
            self.header()
        self.banner()
        self.devices()

    def _sale(self) -> None:
        register, screen = self._register, self._stage.selling
        ticket, totals = register.ticket, register.totals
        self._ticket = ticket
        if ticket is not None and ticket.lines:
            self._closed = None
        closed = self._closed
        screen.basket.show(ticket, totals, self._idle())
        screen.totals.show(closed_sums(closed) if closed else open_sums(ticket, totals))
        self.customer()
        if closed is not None:
            screen.mirror.show(closed_lines(closed))
        else:
            screen.mirror.show(open_lines(ticket, totals, register.shop.name))

    def customer(self) -> None:
        """Whom the ticket is for."""
        ticket = self._register.ticket
        pane = self._register.customer_pane() if ticket is not None and ticket.customer else None
        self._stage.selling.customer.show(pane, ticket.refund_of if ticket else None)

    def _idle(self) -> tuple[str, ...]:
        closed = self._closed
        if closed is None:
            return (_("No line yet: scan a product, or type its code or its name."),)
        return (
            _("Ticket {number} is paid.").format(number=closed.number),
            _("Total {total}   Change {change}").format(
                total=amount(closed.total), change=amount(closed.change)
            ),
        )

    def _keys(self, context: Context) -> None:
        screen, keyboard = self._stage.selling, self._stage.keyboard
        shown = [(key_name(action.key), _(action.label)) for action in keyboard.at(Place.SHORTCUTS, context)]
        if context is Context.PAYMENT:
            methods = [(key_name(key), _(method.label)) for key, method in self.methods.items()]
            shown = [*shown[:1], *methods, *shown[1:]]
        screen.shortcuts.show(tuple(shown))
        footer = ((key_name(action.key), _(action.label)) for action in keyboard.at(Place.FOOTER, context))
        screen.footer.show(tuple(footer), f"tui-pos {__version__}")

    def header(self) -> None:
        """Places, people and numbers."""
        register = self._register
        closed, user = self._closed, register.user
        number = closed.number if closed and closed.number else ""
        self._header = HeaderView(
            shop=register.shop.name,
            till=register.till_id,
            user=user.name if user is not None else "",
            ticket=_("Ticket {number}").format(number=number) if number else "",
            clock=self._stage.clock_text(),
            link=register.link,
            unsent=register.unsent,
            oldest=self._oldest(),
            messages=len(register.messages),
            held=register.held_count,
        )
        self._stage.selling.header.show(self._header)

    def _oldest(self) -> str:
        """How long the oldest entry has been unsent, where that is worth a word."""
        status = self._watch.status
        if status is None or status.oldest is None or not self._register.unsent:
            return ""
        now = self._stage.now()
        late = (now - datetime.fromisoformat(status.oldest)).total_seconds() >= _LATE
        return age(status.oldest, now) if late or status.link != "up" else ""

    def banner(self) -> None:
        """What somebody has to see to: a load under way, prints in doubt, the first message that nobody has read."""
        register, progress = self._register, self._watch.progress
        load = message = ""
        if progress is not None:
            from tui_pos.progress import bar, left, step  # noqa: PLC0415 - only while data are loaded

            text = _("Loading data, {step} {bar} {left}")
            load = text.format(step=step(progress), bar=bar(progress, 20), left=left(progress))
        if register.messages and not register.locked and register.user is not None:
            text = _("{key} reads a message: {text}")
            words = " ".join(register.messages[0].text.split())
            message = text.format(text=words, key=self._stage.key_of("message.read"))
        self._stage.selling.banner.show(load, "   ".join(filter(None, (self._doubts(), message))))

    def _doubts(self) -> str:
        """Prints that somebody has to look for, until somebody has."""
        count = len(self._till.counter.spool.unknown)
        if not count:
            return ""
        text = plural(
            "{key}: {count} print may not be on paper.", "{key}: {count} prints may not be on paper.", count
        )
        return text.format(key=self._stage.key_of("devices.show"), count=count)

    def devices(self) -> None:
        """What the virtual devices have put out, while the pane is in sight."""
        if not self._stage.selling.has_class("-devices"):
            return
        devices = self._till.counter.devices()
        lines = tuple(
            DeviceLine(device.name, _state_in_words(device), well=device.health in ("online", "unknown"))
            for device in devices
        )
        outputs = self._till.counter.outputs()
        papers = outputs.get("receipt", {}).get("papers") or [[]]
        glass = outputs.get("display", {}).get("lines") or ["", ""]
        labels = [label for device in devices for label in (device.output or {}).get("labels", ())]
        view = DevicesView(lines, (glass[0], glass[1]), tuple(papers[-1]), _label_in_words(labels))
        self._stage.selling.devices.show(view)


def _state_in_words(device: DeviceView) -> str:
    """How a device is; of a scanner also what it read last."""
    state = _(device.reason) if device.reason else _(str(device.health))
    scan = (device.output or {}).get("scan")
    return f"{state}  {scan}" if scan else state


def _label_in_words(labels: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What stands on the last label, and how many of it came out."""
    if not labels:
        return ()
    *lines, code = labels[-1]["lines"]
    copies = labels[-1]["copies"]
    return (*lines, code if copies == 1 else f"{code}  × {copies}")
