"""X and Z reports, and the closings of periods."""

from __future__ import annotations

from collections.abc import Iterator

from devices.document import Block, Columns, Document, Rule, Table, Text
from sync.protocol import ShopRecord
from tui_pos.l10n import _, amount, n_, number
from tui_pos.outcomes import Report
from tui_pos.receipts.context import PaperContext
from tui_pos.receipts.parts import shop_head, software, till_and_cashier, time_of, vat_table

TITLES = {
    "x": n_("X REPORT"),
    "z": n_("Z REPORT no. {number}"),
    "day": n_("DAY CLOSING no. {number}"),
    "month": n_("MONTH CLOSING no. {number}"),
    "year": n_("YEAR CLOSING no. {number}"),
}


def report(report: Report, shop: ShopRecord, context: PaperContext) -> Document:
    """An X or Z report, or the closing of a day, a month or a year."""
    return Document(tuple(_blocks(report, shop, context)))


def _blocks(report: Report, shop: ShopRecord, context: PaperContext) -> Iterator[Block]:
    yield from shop_head(shop)
    title = _(TITLES.get(report.kind, TITLES["x"])).format(number=report.number)
    yield Text(title, align="center", bold=True, double=True)
    yield till_and_cashier(context)
    yield Columns(_("From"), time_of(report.opened_at))
    if report.closed_at:
        yield Columns(_("To"), time_of(report.closed_at))
    yield Rule()
    yield Columns(_("Tickets"), str(report.tickets))
    yield Columns(_("TOTAL"), amount(report.total, shop.currency), bold=True, tall=True)
    yield Rule()
    yield from vat_table(report.vat)
    yield from _takings(report, shop.currency, context)
    yield from _drawer(report, shop.currency)
    yield from _counts(report, context)
    yield from _terminals(report)
    yield from _perpetual(report, shop.currency)
    yield from software(context)


def _takings(report: Report, currency: str, context: PaperContext) -> Iterator[Block]:
    for row in report.payments:
        yield Columns(f"{context.method(row.method)} ({row.count})", amount(row.amount, currency))
    if report.payments:
        yield Rule()


def _drawer(report: Report, currency: str) -> Iterator[Block]:
    yield Columns(_("Float"), amount(report.float_, currency))
    if report.cash_in:
        yield Columns(_("Cash in"), amount(report.cash_in, currency))
    if report.cash_out:
        yield Columns(_("Cash out"), amount(-report.cash_out, currency))


def _counts(report: Report, context: PaperContext) -> Iterator[Block]:
    """Expected, counted and the difference, for each method; a method that was not counted shows what is expected."""
    codes = list(dict.fromkeys((*report.expected, *report.counted)))
    if not codes:
        return
    rows = [(_("Count"), _("Expected"), _("Counted"), _("Gap"))]
    for code in codes:
        expected, counted, gap = (
            sums.get(code) for sums in (report.expected, report.counted, report.difference)
        )
        rows.append((context.method(code), _figure(expected), _figure(counted), _figure(gap, signed=True)))
    yield Rule()
    yield Table(tuple(rows))


def _terminals(report: Report) -> Iterator[Block]:
    """What each card terminal has added up, beside the till; one that nobody has read shows the till's alone."""
    if not report.terminals:
        return
    rows = [(_("Terminal"), _("Till"), _("Its total"), _("Gap"))]
    for row in report.terminals:
        gap = _figure(row.difference, signed=True)
        rows.append((row.name, _figure(row.till), _figure(row.terminal), gap))
    yield Rule()
    yield Table(tuple(rows))
    read = ", ".join(row.name for row in report.terminals if row.source == "cashier")
    if read:
        yield Text(_("Total read by the cashier: {names}").format(names=read))


def _figure(minor: int | None, *, signed: bool = False) -> str:
    if minor is None:
        return "-"
    return ("+" if signed and minor > 0 else "") + number(minor)


def _perpetual(report: Report, currency: str) -> Iterator[Block]:
    """The grand totals and the range of the journal, on what closes something."""
    yield Rule()
    if report.number is None:
        return
    yield Columns(_("Grand total"), amount(report.grand_total, currency))
    yield Columns(_("Grand total, absolute"), amount(report.grand_total_absolute, currency))
    if report.last_seq:
        yield Columns(_("Journal entries"), f"{report.first_seq}-{report.last_seq}")
    yield Rule()
