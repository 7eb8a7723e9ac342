"""A report of the session or of a period, as on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual.binding import Binding, BindingType

from tui_pos.errors import Refused
from tui_pos.inputs import Print
from tui_pos.l10n import _, amount, n_
from tui_pos.screens.dialog import Walked
from tui_pos.widgets.paper import Paper
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui_pos.outcomes import Report
    from tui_pos.screens.queries import Queries

_TITLES = {
    "x": n_("X report: nothing is closed"),
    "z": n_("Z report"),
    "day": n_("Closing of the day"),
    "month": n_("Closing of the month"),
    "year": n_("Closing of the year"),
}


class ReportScreen(Walked[Print]):
    """Shows a report and, apart, where the count differs; gives `Print` for its key.

    Args:
        register: is asked for the report's paper.
        report: as the register gave it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave", n_("Done")),
        Binding("escape", "leave", show=False),
        Binding("f5", "print", n_("Print")),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    ReportScreen > #box { height: 100%; max-height: 38; }
    ReportScreen #difference { text-style: bold; margin-bottom: 1; }
    """

    def __init__(self, register: Queries, report: Report) -> None:
        super().__init__()
        self._register = register
        self._report = report

    def heading(self) -> str:
        """Which report, and its number."""
        title = _(_TITLES[self._report.kind])
        return title if self._report.number is None else f"{title} {self._report.number}"

    def body(self) -> ComposeResult:
        """The differences over the paper."""
        if self._report.counted or self._wrong_terminals():
            yield Words(self._differences(), id="difference")
        yield Paper()

    def _differences(self) -> str:
        labels = {method.code: _(method.label) for method in self._register.methods}
        wrong = [
            f"{labels.get(code, code)} {'+' if difference > 0 else ''}{amount(difference)}"
            for code, difference in self._report.difference.items()
            if difference
        ]
        wrong += self._wrong_terminals()
        return (
            _("Difference: {all}").format(all=", ".join(wrong))
            if wrong
            else _("The count is right: no difference.")
        )

    def _wrong_terminals(self) -> list[str]:
        """The card terminals whose total is not the till's."""
        return [
            _("terminal {name} {difference}").format(
                name=row.name, difference=f"{'+' if row.difference > 0 else ''}{amount(row.difference)}"
            )
            for row in self._report.terminals
            if row.difference
        ]

    def on_mount(self) -> None:
        """Ask for the paper."""
        self.app.run_worker(self._show(), group="lists", name="the paper of a report")

    async def _show(self) -> None:
        try:
            lines = await self._register.document(self._report.kind)
        except Refused as refusal:
            self.refuse(refusal.message)
            return
        if self.is_attached:
            self.query_one(Paper).show(lines)

    def action_print(self) -> None:
        """The report on paper."""
        self.give(msgspec.convert({"what": self._report.kind}, Print))

    def walked(self) -> Paper:
        """The paper."""
        return self.query_one(Paper)
