"""X and Z reports and period closings, from sums. Pure: amounts are minor units."""

from __future__ import annotations

from collections.abc import Mapping

from sync.store import Sums
from tui_pos.outcomes import PaymentSum, Report
from tui_pos.sale.ticket import VatRow

CASH = "CASH"


def expected_cash(opening: int, sums: Sums) -> int:
    """What must be in the drawer: float + cash tenders − change + cash in − cash out (contract)."""
    tendered = sum(row.amount for row in sums.payments if row.method == CASH)
    return opening + tendered - sums.change + sums.cash_in - sums.cash_out


def make_report(
    kind: str,
    sums: Sums,
    *,
    opening: int,
    opened_at: str,
    number: int | None = None,
    closed_at: str | None = None,
    counted: Mapping[str, int] | None = None,
    grand_total: int = 0,
    grand_total_absolute: int = 0,
    first_seq: int = 0,
    last_seq: int = 0,
) -> Report:
    """A report of these sums.

    Args:
        kind: `x`, `z`, `day`, `month` or `year`.
        sums: of the session or the period.
        opening: the float, in minor units.
        counted: what was counted for each method; a method that was not counted has no difference.
    """
    # Change is given in cash: what a method took is net of it, so that the sums add up to the total.
    payments = tuple(
        PaymentSum(row.method, row.amount - (sums.change if row.method == CASH else 0), row.times)
        for row in sums.payments
    )
    expected = {row.method: row.amount for row in payments}
    expected[CASH] = expected_cash(opening, sums)
    counted = dict(counted or {})
    return Report(
        kind=kind,
        number=number,
        opened_at=opened_at,
        closed_at=closed_at,
        tickets=sums.tickets,
        total=sums.total,
        vat=tuple(VatRow(row.rate, row.net, row.vat, row.gross) for row in sums.vat),
        payments=payments,
        float_=opening,
        cash_in=sums.cash_in,
        cash_out=sums.cash_out,
        expected=expected,
        counted=counted,
        difference={method: amount - expected.get(method, 0) for method, amount in counted.items()},
        grand_total=grand_total,
        grand_total_absolute=grand_total_absolute,
        first_seq=first_seq,
        last_seq=last_seq,
    )
