"""A register that keeps nothing, with the real rules on a shop of a few products: for tests of the screen."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sync.protocol import ShopRecord, UserRecord
from tui_pos.errors import Refused, RightNeeded, refuse, translated
from tui_pos.events import Events, SettingsChanged
from tui_pos.inputs import (
    AcknowledgeMessage,
    Authorize,
    Back,
    ChangeSettings,
    CloseSession,
    Discount,
    Enter,
    Hold,
    Input,
    Lock,
    OpenSession,
    Pay,
    PermitSettings,
    Print,
    Scan,
    Select,
    SetPrice,
    SetQuantity,
    SignIn,
    SignOut,
    Tender,
    VoidLine,
    VoidTicket,
)
from tui_pos.outcomes import (
    CardAsked,
    CustomerDetails,
    CustomerPane,
    CustomerView,
    HeldView,
    LineView,
    MessageView,
    Outcome,
    ProductView,
    PromptView,
    SessionView,
    State,
    TicketRow,
    TicketView,
)
from tui_pos.rights import Right, rights_of
from tui_pos.sale import barcode, basket
from tui_pos.sale.errors import EmptyTicket, UnknownCode, shown
from tui_pos.sale.money import parse_amount
from tui_pos.sale.pricing import totals
from tui_pos.sale.prompt import Context
from tui_pos.sale.tender import is_covered, tender
from tui_pos.sale.ticket import Asking, Method, Product, Reduction, Ticket, Totals
from tui_pos.settings import Settings

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PRODUCTS = (
    Product("9520000000004", "Lentilles vertes 500 g", 249, Decimal("5.5")),
    Product("9520000000011", "Café moulu pur arabica 250 g", 389, Decimal("5.5")),
    Product("9520000000028", "Éponge grattante, lot de 3", 179, Decimal(20)),
    Product("9520000000035", "Crème fraîche épaisse entière 30 % de matière grasse", 215, Decimal("5.5")),
)
METHODS = (
    Method("CASH", "Cash", gives_change=True, negative_allowed=True, opens_drawer=True),
    Method("CARD", "Card", order=1),
    Method("CHEQUE", "Cheque", order=2, reference_required=True),
)
CASHIER = UserRecord("1", "Camille", "cashier", "")
SUPERVISOR = UserRecord("2", "Dominique", "supervisor", "")
MANAGER = UserRecord("9", "Maud", "manager", "")
PINS = {"1": (CASHIER, "1111"), "2": (SUPERVISOR, "2222"), "9": (MANAGER, "9999")}


class Register:
    """A register that keeps nothing; `given` is what it was given, in order."""

    def __init__(self) -> None:
        self.events = Events()
        self.given: list[Input] = []
        self.ticket: Ticket | None = None
        self.user: UserRecord | None = CASHIER
        self.left = ""
        self.locked = False
        self.card_asked: CardAsked | None = None
        self.session: SessionView | None = SessionView("1", "2026-11-22T08:00:00Z")
        self.shop = ShopRecord(name="Épicerie du Pont")
        self.methods = METHODS
        self.till_id = "1"
        self.link = "unknown"
        self.unsent = 0
        self.settings = Settings()
        self.messages: tuple[MessageView, ...] = ()
        self.closed: list[TicketView] = []
        self.card: Outcome | Refused | None = None
        self._held: list[Ticket] = []
        self._lent = False
        self._refused: Input | None = None

    @property
    def totals(self) -> Totals | None:
        return totals(self.ticket) if self.ticket else None

    @property
    def held_count(self) -> int:
        return len(self._held)

    async def used_methods(self) -> frozenset[str]:
        return frozenset(method.code for method in METHODS)

    def may(self, right: Right) -> bool:
        return self.user is not None and (self._lent or right in rights_of(self.user.role))

    def prompt(self) -> PromptView:
        if self.user is None or self.locked:
            return PromptView(Context.SIGN_IN, "User code")
        if self.session is None:
            return PromptView(Context.SESSION, "Open a cash session")
        if self.ticket and self.ticket.asking.paying:
            return PromptView(Context.PAYMENT, "Amount paid by Cash; Enter alone: all that is due", "CASH")
        return PromptView(Context.ITEM, "Barcode, code, 3*code, or a name")

    def state(self) -> State:
        code = self.user.code if self.user else None
        return State(code, self.session, None, self.held_count, "unknown", 0, (), self.prompt())

    async def accept(self, given: Input) -> Outcome:
        with translated():
            if isinstance(given, Authorize):
                return await self._authorize(given)
            try:
                outcome = self._take(given)
            except RightNeeded:
                self._refused = given
                raise
        self.given.append(given)
        return outcome

    async def _authorize(self, given: Authorize) -> Outcome:
        if PINS.get(given.user, (None, ""))[1] != given.pin or self._refused is None:
            raise refuse("bad_pin", "This code and PIN do not go together.")
        self._lent = True
        try:
            return await self.accept(self._refused)
        finally:
            self._lent = False

    def sold(self, *codes: str) -> Ticket:
        """Have products on the ticket already."""
        for code in codes:
            self._code(code)
        return self._lines()

    async def card_payment(self) -> Outcome:
        if isinstance(self.card, Refused):
            raise self.card
        return self.card or Outcome()

    def _take(self, given: Input) -> Outcome:  # noqa: C901 - a table of everything, in one place
        match given:
            case SignIn(user=code, pin=pin):
                self._sign_in(code, pin)
            case SignOut():
                self.user = None
            case AcknowledgeMessage(id=id_):
                self.messages = tuple(message for message in self.messages if message.id != id_)
            case ChangeSettings(settings=settings):
                self.settings = settings
                self.events.tell(SettingsChanged(settings))
            case PermitSettings():
                if not self.may(Right.SETTINGS):
                    raise RightNeeded(Right.SETTINGS)
            case Lock():
                self.locked = True
            case OpenSession():
                self.session = SessionView("2", "2026-11-22T12:00:00Z")
            case CloseSession():
                self.session = None
            case Scan(code=code):
                return self._code(code)
            case Enter(text=text):
                return self._enter(text)
            case Pay():
                self._lines()
                self._ask(Asking(paying=True))
            case Back():
                self._ask(Asking())
            case Tender(method=code, amount=paid, reference=reference):
                return self._tender(code, paid, reference)
            case Print():
                return Outcome(text=("RECEIPT",))
            case Hold():
                self._held.append(self._lines())
                self.ticket = None
            case VoidTicket():
                self.ticket = None
            case _:
                self.ticket = self._line_step(given)
        return Outcome()

    def _line_step(self, given: Input) -> Ticket:
        ticket = self._lines()
        match given:
            case Select(line=n):
                return basket.select(ticket, n)
            case SetQuantity(quantity=quantity, line=n):
                return basket.change_quantity(ticket, n, quantity, "1")
            case SetPrice(price=price, line=n):
                if not self.may(Right.PRICE):
                    raise RightNeeded(Right.PRICE)
                return basket.change_price(ticket, n, price, "1")
            case Discount(scope=scope, percent=percent, amount=off, line=n):
                if not self.may(Right.DISCOUNT):
                    raise RightNeeded(Right.DISCOUNT)
                reduction = Reduction(percent, off)
                if scope == "ticket":
                    return basket.discount_ticket(ticket, reduction, "1")
                return basket.discount_line(ticket, n, reduction, "1")
            case VoidLine(line=n):
                return basket.void_line(ticket, n, "1")
        raise AssertionError(given)

    def _sign_in(self, code: str, pin: str) -> None:
        user, right = PINS.get(code, (None, ""))
        if user is None or pin != right:
            raise refuse("bad_pin", "This code and PIN do not go together. Nothing changed: try again.")
        self.user, self.locked = user, False

    def _lines(self) -> Ticket:
        if self.ticket is None or not self.ticket.lines:
            raise EmptyTicket
        return self.ticket

    def _ask(self, asking: Asking) -> None:
        if self.ticket is not None:
            self.ticket = basket.ask(self.ticket, asking)

    def _code(self, text: str) -> Outcome:
        code = barcode.recognise(text).text
        product = next((product for product in PRODUCTS if product.code == code), None)
        if product is None:
            raise UnknownCode(code=shown(code))
        ticket = self.ticket or basket.new_ticket("uuid", NOON, "1")
        self.ticket = basket.ask(basket.add(ticket, product, Decimal(1)), Asking())
        return Outcome()

    def _enter(self, text: str) -> Outcome:
        if self.prompt().context == Context.PAYMENT:
            return self._tender("CASH", parse_amount(text) if text else None, None)
        if not text:
            return self._take(Pay())
        if text.isalpha():
            found = tuple(_view(product) for product in PRODUCTS if text.lower() in product.label.lower())
            if not found:
                raise UnknownCode(code=text)
            return Outcome(found=found)
        return self._code(text)

    def _tender(self, code: str, paid: int | None, reference: str | None) -> Outcome:
        method = next(method for method in METHODS if method.code == code)
        ticket = self._lines()
        ticket = tender(ticket, totals(ticket), method, paid, reference)
        sums = totals(ticket)
        if not is_covered(ticket, sums):
            self.ticket = ticket
            return Outcome()
        self.ticket = None
        closed = _closed(ticket, sums, len(self.closed) + 1)
        self.closed.append(closed)
        return Outcome(closed=closed)

    async def families(self) -> dict[str, str]:
        return {}

    async def products(self, text: str, limit: int = 50, offset: int = 0) -> tuple[ProductView, ...]:
        found = [_view(product) for product in PRODUCTS if text.lower() in product.label.lower()]
        return tuple(found[offset : offset + limit])

    async def customers(self, text: str, limit: int = 50, offset: int = 0) -> tuple[CustomerView, ...]:
        return ()

    async def customer(self, code: str) -> CustomerDetails:
        raise refuse("unknown_code", "There is no such customer.")

    def customer_pane(self) -> CustomerPane | None:
        customer = self.ticket.customer if self.ticket else None
        return CustomerPane(customer.code, customer.name, customer.tariff) if customer else None

    async def held(self) -> tuple[HeldView, ...]:
        return ()

    async def tickets(
        self, *, text: str = "", since: str | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[TicketRow, ...]:
        return ()

    async def closed_ticket(self, number: str | None = None) -> TicketView:
        return self.closed[-1]

    async def document(self, what: str, number: str | None = None) -> tuple[str, ...]:
        return ("RECEIPT",)


def _view(product: Product) -> ProductView:
    return ProductView(product.code, product.label, product.unit_price, "5.5", "", weighed=False)


def _closed(ticket: Ticket, sums: Totals, number: int) -> TicketView:
    return TicketView(
        number=f"1-{number:06d}",
        uuid=ticket.uuid,
        customer=None,
        lines=tuple(
            LineView(
                line.n, line.code, line.label, line.quantity, line.unit_price, 0, line.total, "5.5", None
            )
            for line in ticket.lines
        ),
        count=len(ticket.lines),
        subtotal=sums.subtotal,
        discount=sums.discount,
        total=sums.total,
        paid=sums.paid,
        due=0,
        change=sums.change,
        vat=(),
        payments=(),
        closed_at="2026-11-22T12:00:00Z",
    )
