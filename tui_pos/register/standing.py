"""Where the till stands: whose it is, who works at it, the open ticket, and what the prompt expects next."""

from __future__ import annotations

from decimal import Decimal

from sync.protocol import ShopRecord, UserRecord
from tui_pos.l10n import _, amount, kilograms, n_
from tui_pos.outcomes import CardAsked, MessageView, PromptView, SessionView, State
from tui_pos.register import paying, selling
from tui_pos.register.queries import Queries
from tui_pos.register.views import ticket_view
from tui_pos.rights import Right
from tui_pos.sale.prompt import Context
from tui_pos.sale.ticket import Method, Ticket, Totals
from tui_pos.settings import Settings

_LABELS = {
    Context.SIGN_IN: n_("User code"),
    Context.SESSION: n_("Open a cash session"),
    Context.ITEM: n_("Barcode, code, 3*code, or a name"),
    Context.PRICE: n_("Price of {label}"),
    Context.PAYMENT: n_("Amount paid by {method}; Enter alone: all that is due"),
}
_ASKED = {
    "pay": n_("The terminal asks for the card: {amount}"),
    "refund": n_("The terminal gives {amount} back to the card"),
    "cancel": n_("The terminal takes the payment of {amount} back"),
}
_IN_DOUBT = {
    "pay": n_("Was the card payment of {amount} taken? Read the terminal"),
    "refund": n_("Was {amount} given back to the card? Read the terminal"),
    "cancel": n_("Was the card payment of {amount} taken back? Read the terminal"),
}


class Standing(Queries):
    """What one till's register answers from memory, at once."""

    @property
    def ticket(self) -> Ticket | None:
        """The open ticket."""
        return self._desk.ticket

    @property
    def totals(self) -> Totals | None:
        """The sums of the open ticket."""
        return self._desk.totals

    @property
    def user(self) -> UserRecord | None:
        """Who is signed in."""
        return self._desk.user

    @property
    def locked(self) -> bool:
        """Whether the till waits for a PIN before it shows anything."""
        return self._desk.locked

    @property
    def left(self) -> str:
        """Why the one who worked here was signed out, in words; empty: it was nobody else's doing."""
        return self._desk.left

    @property
    def session(self) -> SessionView | None:
        """The open cash session."""
        session = self._desk.session
        return SessionView(str(session.id), session.opened_at) if session else None

    @property
    def shop(self) -> ShopRecord:
        """The shop whose till this is."""
        return self._desk.shop

    @property
    def settings(self) -> Settings:
        """What this till is set to."""
        return self._desk.settings

    @property
    def till_id(self) -> str:
        """The till's number in its shop."""
        return self._desk.store.till_id

    @property
    def methods(self) -> tuple[Method, ...]:
        """The payment methods, in the order in which they are shown."""
        return tuple(self._desk.methods.values())

    @property
    def card_asked(self) -> CardAsked | None:
        """What a card terminal was asked for that is under way, or in doubt."""
        attempt = self._desk.attempt
        return None if attempt is None else CardAsked(attempt.action, abs(attempt.moves))

    @property
    def held_count(self) -> int:
        """How many tickets are set aside."""
        return self._desk.held

    @property
    def link(self) -> str:
        """`up`, `down`, or `unknown` where there is no server."""
        return self._desk.link

    @property
    def unsent(self) -> int:
        """How many entries of the journal the server has not answered for."""
        return self._desk.store.unsent

    @property
    def messages(self) -> tuple[MessageView, ...]:
        """The server's messages that nobody here has read."""
        return self._desk.messages

    def may(self, right: Right) -> bool:
        """Whether the user may do it without a supervisor."""
        return self._desk.may(right)

    def prompt(self) -> PromptView:
        """What the prompt expects next."""
        desk = self._desk
        context = selling.context(desk)
        if desk.attempt is not None:
            asked = _IN_DOUBT if desk.attempt.state == "unknown" else _ASKED
            money = amount(abs(desk.attempt.moves), desk.shop.currency)
            return PromptView(context, _(asked[desk.attempt.action]).format(amount=money))
        label = _(_LABELS[context])
        if context is Context.PAYMENT:
            method = paying.default_method(desk)
            label = label.format(method=_(method.label) if method else "-")
            return PromptView(context, label, method.code if method else None)
        if context is Context.ITEM and desk.ticket and desk.ticket.asking.tare:
            weight = kilograms(Decimal(desk.ticket.asking.tare).scaleb(-3))
            label = _("{label}; {weight} of packaging is taken off").format(label=label, weight=weight)
        if context is Context.PRICE and desk.ticket and desk.ticket.asking.product:
            label = label.format(label=desk.ticket.asking.product.label)
        return PromptView(context, label)

    def state(self) -> State:
        """Where the till stands, whole; its cost grows with the ticket, so the screen follows events instead."""
        desk = self._desk
        ticket = ticket_view(desk.ticket, desk.totals) if desk.ticket and desk.totals else None
        return State(
            user=desk.user.code if desk.user and not desk.locked else None,
            session=self.session,
            ticket=ticket,
            held=desk.held,
            link=desk.link,
            unsent=self.unsent,
            messages=desk.messages,
            prompt=self.prompt(),
        )
