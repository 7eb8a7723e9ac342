"""What the books take from the body of a ticket's entry."""

from __future__ import annotations

from collections import Counter

import msgspec
from msgspec import Struct

from sync.protocol.journal import Entry
from sync.store.rows import ClosedRow


class _Vat(Struct):
    rate: str
    net: int
    vat: int
    gross: int


class _Payment(Struct):
    method: str
    amount: int


class _Ticket(Struct):
    number: str
    uuid: str
    total: int
    change: int
    lines: tuple[msgspec.Raw, ...]
    vat: tuple[_Vat, ...]
    payments: tuple[_Payment, ...]
    session: int = 0
    closed_at: str = ""
    user: str = ""
    customer: str | None = None
    refund_of: str | None = None


def booked(entry: Entry) -> ClosedRow:
    """The row that the books keep of a ticket, made from what was signed.

    Raises:
        msgspec.MsgspecError: its content is not that of a ticket.
    """
    ticket = msgspec.json.decode(entry.body, type=_Ticket)
    amounts, times = Counter[str](), Counter[str]()
    for payment in ticket.payments:
        amounts[payment.method] += payment.amount
        times[payment.method] += 1
    return ClosedRow(
        number=ticket.number,
        uuid=ticket.uuid,
        seq=entry.seq,
        session=ticket.session,
        closed_at=ticket.closed_at,
        total=ticket.total,
        change=ticket.change,
        lines=len(ticket.lines),
        user=ticket.user,
        customer=ticket.customer,
        refund_of=ticket.refund_of,
        vat=tuple((row.rate, row.net, row.vat, row.gross) for row in ticket.vat),
        payments=tuple((method, amounts[method], count) for method, count in times.items()),
    )
