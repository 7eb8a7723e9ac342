"""VAT, worked out per ticket and rate from tax-included sums (BOI-TVA-DECLA-30-10-30: net per rate)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from tui_pos.sale.money import half_up
from tui_pos.sale.ticket import VatRow


@lru_cache(maxsize=64)
def rate_text(rate: Decimal) -> str:
    """A rate in percent without useless zeros: `5.5`, `20`."""
    return format(rate.normalize(), "f")


def vat_row(rate: Decimal, gross: int) -> VatRow:
    """The VAT in a tax-included sum: `net = half up(gross / (1 + rate))`, and the rest is VAT."""
    net = half_up(gross * 100 / (100 + rate))
    return VatRow(rate_text(rate), net, gross - net, gross)


def vat_rows(lines: Iterable[tuple[Decimal, int]]) -> tuple[VatRow, ...]:
    """One row for each rate on the ticket, the lowest rate first.

    Args:
        lines: of each line its rate in percent, and what it comes to after its share of the ticket's discount
            (`pricing.line_totals`).
    """
    sums: dict[Decimal, int] = {}
    for rate, total in lines:
        sums[rate] = sums.get(rate, 0) + total
    return tuple(vat_row(rate, sums[rate]) for rate in sorted(sums))
