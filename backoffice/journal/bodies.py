"""What the books take from the body of an entry, by its kind. Pure: a body is read, checked and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from sync.protocol import CustomerRecord
from sync.protocol.reasons import Cause, cause, unreadable
from tui_pos.sale.money import half_up
from tui_pos.sale.tax import vat_row

_THOUSAND = Decimal(1000)
_MOST = 10**13
_MOST_THOUSANDTHS = 10**12
_MOST_RATE = Decimal(1000)
_LONGEST_TEXT, _LONGEST_CODE, _MOST_CODES = 1000, 80, 200
_PLAIN = r"\A[^\x00]*\Z"
"""PostgreSQL keeps no NUL."""

Amount = Annotated[int, Meta(ge=-_MOST, le=_MOST)]
"""Minor units; beyond this they are no shop's, and sums of them might not fit the books."""
Number = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Position = Annotated[int, Meta(gt=0, le=2**53)]
Text = Annotated[str, Meta(max_length=_LONGEST_TEXT, pattern=_PLAIN)]
Key = Annotated[str, Meta(max_length=200, pattern=_PLAIN)]
"""What rows are found by: an index of PostgreSQL takes 2,704 bytes."""


class BadContent(Exception):
    """A body does not say what one of its kind has to, or contradicts itself."""

    def __init__(self, reason: Cause) -> None:
        super().__init__(reason)
        self.reason = reason


class Line(Struct, frozen=True):
    """A line of a ticket."""

    n: Number
    code: Key
    label: Text
    quantity: Decimal
    unit_price: Amount
    discount: Amount
    total: Amount
    vat_rate: Key
    value: Amount | None = None
    family: Key | None = None
    """What the goods were sold under; None: the till did not keep that yet."""

    @property
    def thousandths(self) -> int:
        """The quantity in thousandths."""
        return int(self.quantity * _THOUSAND)


class Vat(Struct, frozen=True):
    """The VAT of one rate."""

    rate: Key
    net: Amount
    vat: Amount
    gross: Amount


class Payment(Struct, frozen=True):
    """A tender."""

    method: Key
    amount: Amount


class Ticket(Struct, frozen=True):
    """A closed ticket."""

    number: Key
    uuid: Key
    customer: Key | None
    lines: tuple[Line, ...]
    subtotal: Amount
    discount: Amount
    total: Amount
    change: Amount
    vat: tuple[Vat, ...]
    payments: tuple[Payment, ...]
    closed_at: Key
    opened_at: Key
    user: Key
    session: Number
    refund_of: Key | None = None


class Session(Struct, frozen=True):
    """A cash session begins."""

    number: Number
    user: Key
    float_: Amount = field(name="float")


class CashMove(Struct, frozen=True):
    """Cash is put in or taken out."""

    session: Number
    amount: Amount
    reason: Text
    user: Key


class MethodSum(Struct, frozen=True):
    """What one method took."""

    method: Key
    amount: Amount
    count: Number


class Closing(Struct, frozen=True):
    """A Z report, or the closing of a day, a month or a year."""

    kind: Literal["z", "day", "month", "year"]
    number: Number
    closed_at: Key
    tickets: Number
    total: Amount
    vat: tuple[Vat, ...]
    payments: tuple[MethodSum, ...]
    cash_in: Amount
    cash_out: Amount
    first_seq: Position
    last_seq: Position
    session: Number | None = None


class CustomerChange(Struct, frozen=True):
    """A customer was made or changed at a till."""

    customer: CustomerRecord
    before: CustomerRecord | UnsetType | None = UNSET
    """As the till knew him; None: he is new; not said at all by tills that do not compare."""


class Event(Struct, frozen=True):
    """A technical event; the books only take messages that were read."""

    code: Key
    message: Number | None = None


def _reader(
    kind: type[Struct], check: Callable[[Any], None] | None = None
) -> Callable[[msgspec.Raw], Struct]:
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind)

    def read(raw: msgspec.Raw) -> Struct:
        try:
            body: Struct = decoder.decode(raw)
            if check is not None:
                check(body)
        except ArithmeticError as error:
            raise BadContent(cause("other_content", reason=cause("odd_number"))) from error
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise BadContent(cause("other_content", reason=unreadable(error))) from error
        return body

    return read


def _check_ticket(ticket: Ticket) -> None:
    """Do its sums agree with one another, as the contract says that they do?"""
    _check_names(ticket)
    for time in (ticket.opened_at, ticket.closed_at):
        _check_time(time)
    sums: dict[str, int] = {}
    for line in ticket.lines:
        _check_line(line)
        sums[line.vat_rate] = sums.get(line.vat_rate, 0) + line.total
    if ticket.subtotal - ticket.discount != ticket.total or sum(sums.values()) != ticket.total:
        raise BadContent(cause("not_its_total"))
    rows = {row.rate: (row.net, row.vat, row.gross) for row in ticket.vat}
    expected = {rate: _vat(rate, gross) for rate, gross in sums.items()}
    if rows != expected or len(rows) != len(ticket.vat):
        raise BadContent(cause("not_its_vat"))
    if sum(payment.amount for payment in ticket.payments) - ticket.change != ticket.total:
        raise BadContent(cause("not_its_payments"))


def _check_names(ticket: Ticket) -> None:
    try:
        plain = str(UUID(ticket.uuid)) == ticket.uuid
    except ValueError:
        plain = False
    if not plain:
        raise BadContent(cause("no_uuid"))
    numbers = [line.n for line in ticket.lines]
    if len(set(numbers)) != len(numbers):
        raise BadContent(cause("lines_of_one_number"))


def _check_time(time: str) -> None:
    """Budgets count months by it: rubbish would be in none."""
    try:
        zone = datetime.fromisoformat(time).tzinfo
    except ValueError:
        zone = None
    if zone is None:
        raise BadContent(cause("odd_time", time=time))


def _check_line(line: Line) -> None:
    quantity = line.quantity * _THOUSAND
    if (
        not quantity.is_finite()
        or abs(quantity) > _MOST_THOUSANDTHS
        or quantity != quantity.to_integral_value()
    ):
        raise BadContent(cause("odd_quantity", line=line.n, quantity=line.quantity))
    if half_up(line.quantity * line.unit_price) - line.discount != line.total:
        raise BadContent(cause("not_line_total", line=line.n))


def _vat(rate: str, gross: int) -> tuple[int, int, int]:
    percent = Decimal(rate)
    if not 0 <= percent <= _MOST_RATE:
        raise BadContent(cause("odd_rate", rate=rate))
    row = vat_row(percent, gross)
    return row.net, row.vat, row.gross


def _check_customer(change: CustomerChange) -> None:
    record = change.customer
    code, several = record.code, (*record.cards, *record.groups)
    if not code or len(code) > _LONGEST_CODE or code != code.strip() or not code.isprintable():
        raise BadContent(cause("customer_without_code"))
    if len(several) > _MOST_CODES:
        raise BadContent(cause("customer_of_many_codes", count=len(several)))
    for text in (record.name, record.tariff or "", record.phone, record.email, *several):
        if len(text) > _LONGEST_TEXT or "\0" in text:
            raise BadContent(cause("customer_too_long"))


def _check_range(closing: Closing) -> None:
    if closing.first_seq > closing.last_seq:
        raise BadContent(cause("no_range_closed"))


def _check_move(move: CashMove) -> None:
    if not move.amount:
        raise BadContent(cause("nothing_moved"))


def _check_session(session: Session) -> None:
    if session.float_ < 0 or not session.number:
        raise BadContent(cause("odd_session"))


BODIES: dict[str, Callable[[msgspec.Raw], Struct]] = {
    "ticket": _reader(Ticket, _check_ticket),
    "session": _reader(Session, _check_session),
    "cash": _reader(CashMove, _check_move),
    "closing": _reader(Closing, _check_range),
    "customer": _reader(CustomerChange, _check_customer),
    "event": _reader(Event),
}
"""By the kind of an entry. What has another kind is stored, and waits for a program that knows it."""
