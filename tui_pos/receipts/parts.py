"""Parts that several documents share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from devices.document import Block, Columns, Cut, Rule, Table, Text
from sync.protocol import ShopRecord
from tui_pos.l10n import _, moment, number, percent
from tui_pos.receipts.context import PaperContext
from tui_pos.sale.ticket import VatRow


def shop_head(shop: ShopRecord) -> Iterator[Block]:
    """Who sells: name, address, SIRET, NAF and VAT numbers, as far as the shop has them."""
    yield Text(shop.name, align="center", bold=True, double=True)
    for line in shop.address:
        yield Text(line, align="center")
    numbers = [
        _("SIRET {number}").format(number=shop.siret) if shop.siret else "",
        _("NAF {number}").format(number=shop.naf) if shop.naf else "",
    ]
    if any(numbers):
        # each number stays in one piece where the paper is narrow
        whole = [text.replace(" ", "\N{NO-BREAK SPACE}") for text in numbers if text]
        yield Text(" ".join(whole), align="center")
    if shop.vat_id:
        yield Text(_("VAT no. {number}").format(number=shop.vat_id), align="center")
    yield Rule()


def time_of(stamp: str) -> str:
    """An RFC 3339 time as the till's place and language write it, to the second."""
    return moment(datetime.fromisoformat(stamp))


def till_and_cashier(context: PaperContext) -> Columns:
    """Where, and by whom."""
    return Columns(
        _("Till {till}").format(till=context.till),
        _("Cashier: {name}").format(name=context.cashier) if context.cashier else "",
    )


def vat_table(rows: tuple[VatRow, ...]) -> Iterator[Block]:
    """Net, VAT and gross for each rate, and the rule below them."""
    if rows:
        head = (_("VAT"), _("Net"), _("VAT amount"), _("Gross"))
        body = tuple((percent(row.rate), number(row.net), number(row.vat), number(row.gross)) for row in rows)
        yield Table((head, *body))
        yield Rule()


def software(context: PaperContext) -> Iterator[Block]:
    """The version of the software, and the extract of the signature where there is one; then the cut."""
    extract = context.signature_extract
    yield Columns(
        f"tui-pos {context.version}", _("Signature {extract}").format(extract=extract) if extract else ""
    )
    yield Cut()
