"""What the customer sees: two lines that follow the sale, always after the step is on disk."""

from __future__ import annotations

import asyncio
from functools import partial

from devices.counter import Counter
from tui_pos.events import Event, PaymentAsked, PaymentSettled, TicketChanged, TicketClosed
from tui_pos.receipts import (
    change_shown,
    closed_board,
    idle_board,
    idle_shown,
    line_shown,
    sale_board,
    total_shown,
)
from tui_pos.register import Register
from tui_pos.sale.ticket import Line, Ticket, Totals

THANKS = 20.0
"""Seconds that a second screen shows a sale that is paid, before it greets whoever comes next."""


class CustomerDisplay:
    """Shows the customer the line that came or changed, then the total, then the change.

    Args:
        register: whose sale is shown, from now on.
        counter: where displays stand, or will stand once they are set up.
    """

    def __init__(self, register: Register, counter: Counter) -> None:
        self._register = register
        self._counter = counter
        self._before: Ticket | None = None
        self._leaving: asyncio.TimerHandle | None = None
        register.events.subscribe(self._heard)
        self._changed(register.ticket, register.totals)

    def _heard(self, event: Event) -> None:
        match event:
            case TicketChanged(ticket=ticket, totals=totals):
                self._changed(ticket, totals)
            case TicketClosed(ticket=closed):
                shown = change_shown(closed.total, closed.change, self._currency)
                self._counter.show(*shown, partial(closed_board, closed, self._currency))
                self._leaving = asyncio.get_running_loop().call_later(THANKS, self._greet, shown)

            case PaymentAsked() | PaymentSettled(approved=False):
                self._asked(card=isinstance(event, PaymentAsked))

    def _asked(self, *, card: bool) -> None:
        """The terminal waits for a card, or has given up: a pole has no room to say so."""
        ticket, totals = self._register.ticket, self._register.totals
        if ticket is not None and totals is not None and ticket.lines:
            shown = total_shown(totals.total, totals.due, self._currency)
            self._counter.show(*shown, partial(sale_board, ticket, totals, self._currency, card=card))

    def _greet(self, shown: tuple[str, str]) -> None:
        """The customer has left: where there is room for more than the change, the next one is greeted."""
        self._counter.show(*shown, partial(idle_board, self._register.shop.name))

    def _changed(self, ticket: Ticket | None, totals: Totals | None) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        before, self._before = self._before, ticket
        if ticket is None or totals is None or not ticket.lines:
            shop = self._register.shop.name
            self._counter.show(*idle_shown(shop), partial(idle_board, shop))
            return
        line = None if ticket.asking.paying or ticket.payments else _news(before, ticket)
        if line is None:
            shown = total_shown(totals.total, totals.due, self._currency)
        else:
            shown = line_shown(line, totals.total, self._currency)
        self._counter.show(*shown, partial(sale_board, ticket, totals, self._currency))

    @property
    def _currency(self) -> str:
        return self._register.shop.currency


def _news(before: Ticket | None, ticket: Ticket) -> Line | None:
    """The one line that is new or has changed; None: what changed is not one line."""
    if before is None or before.uuid != ticket.uuid:
        return ticket.lines[0] if ticket.last_n == 1 else None
    last = ticket.lines[-1]
    if last.n > before.last_n:
        return last
    known = set(map(id, before.lines))
    changed = [line for line in ticket.lines if id(line) not in known]
    return changed[0] if len(changed) == 1 else None
