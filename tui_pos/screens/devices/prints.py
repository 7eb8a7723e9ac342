"""The prints that wait, and those of which nobody knows whether they are on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual.binding import Binding, BindingType

from devices.document import Document, as_text
from devices.jobs import Job, JobState
from tui_pos import screens
from tui_pos.actions import Panel
from tui_pos.inputs import DropPrint, PrintAgain, Reroute
from tui_pos.l10n import _, n_
from tui_pos.screens.devices import words
from tui_pos.screens.devices.panel import PanelScreen
from tui_pos.screens.dialog import Walked
from tui_pos.widgets.page_list import Column, PageList
from tui_pos.widgets.paper import Paper
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult

DOUBT = n_("in doubt")
WAITS = n_("waits")
UNDER_WAY = n_("under way")


class _Row(Struct, frozen=True):
    """A print, and whether somebody has to look for it."""

    job: Job

    @property
    def doubtful(self) -> bool:
        return self.job.state is JobState.UNKNOWN

    @property
    def under_way(self) -> bool:
        return self.job.state in (JobState.SENDING, JobState.SENT)

    @property
    def stands(self) -> str:
        return _(DOUBT) if self.doubtful else _(UNDER_WAY) if self.under_way else _(WAITS)


class PrintsScreen(PanelScreen):
    """Lists the prints; those in doubt come first."""

    HEADING = n_("Prints")
    PANEL = Panel.PRINTS
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "do('print.read')", show=False)]
    DEFAULT_CSS: ClassVar[str] = """
    PrintsScreen > #box { width: 100%; max-width: 110; height: 100%; max-height: 32; }
    PrintsScreen #meaning { height: 4; color: $dim; }
    """

    def deeds(self) -> Mapping[str, Callable[[], None]]:
        """What each key does."""
        return {
            "print.again": self._again,
            "print.elsewhere": self._elsewhere,
            "print.read": self._read,
            "print.drop": self._drop,
        }

    def body(self) -> ComposeResult:
        """The prints, and what can be done about them."""
        yield PageList[_Row](
            (
                Column("", lambda row: row.stands, 10),
                Column(n_("Document"), lambda row: words.document(row.job), 15),
                Column(n_("Ticket"), lambda row: row.job.ticket, 10),
                Column(n_("Printer"), lambda row: row.job.device, 12),
                Column(n_("Reason"), self._reason),
            ),
            empty=n_("Nothing waits, and nothing is in doubt."),
        )
        text = _(
            "In doubt: bytes have left, and nobody knows what is on paper. Look at the printer, then print it again "
            "(it is marked so) or drop it. What waits prints by itself once its printer can."
        )
        yield Words(text, id="meaning")

    def _reason(self, row: _Row) -> str:
        devices = self._conduct.till.counter.list()
        printer = next((device for device in devices if device.name == row.job.device), None)
        reason = row.job.reason if row.doubtful or printer is None else printer.reason
        return _(reason) if reason else ""

    def walked(self) -> PageList[_Row]:
        """The prints."""
        return self.query_one("#rows", PageList)

    def look(self) -> None:
        """Show what waits and what is in doubt now."""

        async def page(limit: int, offset: int) -> Sequence[_Row]:
            spool = self._conduct.till.counter.spool
            rows = [_Row(job) for job in (*spool.unknown, *spool.under_way(), *spool.waiting())]
            return rows[offset : offset + limit]

        self.walked().show(page, stay=True)

    # --- what the keys do

    def _current(self) -> _Row | None:
        row = self.walked().current
        if row is None:
            self.refuse(_("Nothing waits, and nothing is in doubt."))
        return row

    def _ended(self) -> _Row | None:
        """The current print, unless its printer has it."""
        row = self._current()
        if row is None or not row.under_way:
            return row
        self.refuse(_("Its printer has it: see to that; it prints, or is in doubt then."))
        return None

    def _again(self) -> None:
        if (row := self._ended()) is None:
            return
        if row.doubtful:
            title = _("Print again: why?")
            self.ask_reason(title, lambda reason: PrintAgain(row.job.id, reason))
            return
        self._conduct.till.counter.retry()
        self.tell(_("Its printer is asked anew. It has not been printed yet, and prints once, by itself."))

    def _elsewhere(self) -> None:
        if (row := self._ended()) is None:
            return
        counter = self._conduct.till.counter
        needed = "label" if row.job.document == "label" else "printer"
        others = [device for device in counter.list() if device.kind == needed]
        entries = [
            screens.Entry(device.name, device.name, note=words.health(device))
            for device in others
            if device.name != row.job.device
        ]
        if not entries:
            self.refuse(_("There is no other printer."))
            return
        self.choose(_("On which printer?"), entries, lambda name: self._send(row, name))

    def _send(self, row: _Row, printer: str) -> None:
        if row.doubtful:
            title = _("Print again: why?")
            self.ask_reason(title, lambda reason: PrintAgain(row.job.id, reason, printer))
        else:
            self.give_input(Reroute(row.job.id, printer))

    def _read(self) -> None:
        if (row := self._current()) is None:
            return
        if isinstance(row.job.content, Document):
            title = f"{words.document(row.job)} {row.job.ticket}".strip()
            self.app.push_screen(_Look(title, as_text(row.job.content)))
        else:
            self.refuse(_("It is kept as a printer's own bytes, which cannot be read here."))

    def _drop(self) -> None:
        if (row := self._ended()) is not None:
            self.ask_reason(_("Drop it: why?"), lambda reason: DropPrint(row.job.id, reason))


class _Look(Walked[None]):
    """What a print says."""

    DEFAULT_CSS: ClassVar[str] = "_Look > #box { width: 56; height: 100%; max-height: 40; }"

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def heading(self) -> str:
        """Which print it is."""
        return self._title

    def body(self) -> ComposeResult:
        """Its lines."""
        yield Paper(self._lines)

    def walked(self) -> Paper:
        """Its lines."""
        return self.query_one(Paper)
