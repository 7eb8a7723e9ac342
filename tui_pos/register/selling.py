"""Goods come onto the ticket: by scan, by typing, from a list."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from devices.errors import DeviceError, NoDevice
from sync.protocol import CustomerRecord, ProductRecord
from tui_pos.errors import refuse
from tui_pos.inputs import Add, Back, Enter, GiveUp, Pay, Scan, SetCustomer, Tender
from tui_pos.l10n import _, n_
from tui_pos.outcomes import Notice, Outcome, ProductView
from tui_pos.register.buyers import admit, buyer_of, check_tariff, customer_of, serve_anew, together
from tui_pos.register.card import give_up
from tui_pos.register.coded import Coded, carried, refuse_several, sealed
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.paying import default_method, pay_with
from tui_pos.register.views import product_view
from tui_pos.rights import Right
from tui_pos.sale import barcode, basket, gs1, prompt
from tui_pos.sale.errors import (
    AmbiguousCode,
    EmptyTicket,
    NotAllowed,
    NoWeight,
    TooHeavy,
    UnknownCode,
    shown,
)
from tui_pos.sale.prompt import Context
from tui_pos.sale.tariff import priced
from tui_pos.sale.ticket import Asking, Product

PAGE = 50
"""Products of a search by name at the prompt."""
_NOBODY = n_("No customer has the code {code}. Nothing changed: search by name, or make a new customer.")
_SHARED = n_("The card {card} is that of {codes}. Nothing changed: choose one by name, then mend the cards.")
HEAVIEST = 60
"""Kilograms: the capacity of the largest scale that stands on a counter."""
_NO_SCALE = n_("this till has no scale")
_NO_METHOD = n_(
    "this till has no payment method for this. The ticket is kept: hold it, or call a supervisor."
)


def context(desk: Desk) -> Context:
    """What the prompt expects now."""
    if desk.user is None or desk.locked:
        return Context.SIGN_IN
    if desk.session is None:
        return Context.SESSION
    if desk.attempt is not None:
        return Context.PAYMENT_UNKNOWN if desk.attempt.state == "unknown" else Context.PAYMENT
    if desk.ticket is None:
        return Context.ITEM
    if desk.ticket.asking.product is not None:
        return Context.PRICE
    return Context.PAYMENT if desk.ticket.asking.paying else Context.ITEM


def product_of(record: ProductRecord) -> Product:
    """A product as the rules want it."""
    return Product(
        code=record.code,
        label=record.label,
        unit_price=record.unit_price,
        vat_rate=Decimal(record.vat_rate),
        family=record.family,
        weighed=record.weighed,
    )


async def _weight(desk: Desk, product: Product, tare: int) -> Decimal:
    try:
        return await desk.counter.weigh(tare=tare, price=max(0, product.unit_price or 0))
    except NoDevice as error:
        raise NoWeight(label=product.label, reason=_NO_SCALE) from error
    except DeviceError as error:
        raise NoWeight(label=product.label, reason=error.reason) from error


def _refuse_grams(kilograms: Decimal) -> None:
    """A typed weight is in kilograms: 250 of them were meant to be grams."""
    if abs(kilograms) > HEAVIEST:
        raise TooHeavy(given=shown(str(kilograms)))


async def _put(desk: Desk, record: ProductRecord, quantity: Decimal | None) -> Outcome:
    """One product onto the ticket, `quantity` of it, or what was typed ahead, or what the scale says."""
    ticket, product = desk.open_ticket(), product_of(record)
    quantity = quantity if quantity is not None else ticket.asking.quantity
    if quantity is not None and quantity < 0:
        desk.demand(Right.RETURN)
    if product.weighed:
        if quantity is None:
            quantity = await _weight(desk, product, ticket.asking.tare)
        else:
            desk.demand(Right.WEIGHT)
            _refuse_grams(quantity)
    return await _added(desk, product, quantity)


async def _put_coded(desk: Desk, coded: Coded, ahead: Decimal | None) -> Outcome:
    """A product whose code says how much of it there is."""
    if coded.quantity is None:
        outcome = await _put(desk, coded.record, ahead)
    else:
        refuse_several(ahead if ahead is not None else desk.open_ticket().asking.quantity)
        outcome = await _added(desk, product_of(coded.record), coded.quantity)
    return outcome if coded.notice is None else replace(outcome, notice=coded.notice)


async def _added(desk: Desk, product: Product, quantity: Decimal | None) -> Outcome:
    """A line for the product; its price is asked for where it has none."""
    ticket = desk.open_ticket()
    if product.unit_price is None:
        await desk.keep(basket.ask(ticket, Asking(quantity=quantity, product=product)))
        text = _("Give the price of {label}.")
        return Outcome(notice=Notice("price_needed", text.format(label=product.label)))
    await desk.keep(basket.add(ticket, priced(product, desk.buyer.tariff), quantity or Decimal(1)))
    return Outcome()


async def _holder(desk: Desk, code: str) -> CustomerRecord | None:
    """Whose code or card it is; None: nobody's.

    Raises:
        Refused: `ambiguous_code`: two customers have the card, and the wrong one would be served.
    """
    found = await desk.store.catalogue.holders(code)
    if len(found) > 1:
        codes = ", ".join(sorted(customer.code for customer in found))
        raise refuse("ambiguous_code", _SHARED, card=code, codes=codes)
    return found[0] if found else None


async def _customer(desk: Desk, record: CustomerRecord | None) -> Outcome:
    """The ticket as if the customer had shown the card first; None: as if nobody had."""
    ticket = basket.set_customer(desk.open_ticket(), customer_of(record) if record else None)
    buyer = await buyer_of(desk, record)
    buyer, notice = await admit(desk, buyer)
    unknown = check_tariff(desk, buyer, record)
    return Outcome(notice=together(notice, unknown, await serve_anew(desk, buyer, ticket)))


async def _code(desk: Desk, code: barcode.Code, quantity: Decimal | None, *, typed: bool) -> Outcome:
    found = await desk.store.catalogue.find(code.text)
    if len(found) == 1:
        return await _put(desk, found[0], quantity)
    if found:
        if typed:
            return await _ahead(desk, quantity, tuple(map(product_view, found)))
        raise AmbiguousCode(code=code.text, count=len(found))
    customer = await _holder(desk, code.text)
    if customer is not None:
        return await _customer(desk, customer)
    if (outcome := await _read_otherwise(desk, code.text, quantity)) is not None:
        return outcome
    if typed and code.kind is barcode.Kind.OTHER:
        return await _name(desk, code.text, quantity)
    raise UnknownCode(code=code.text)


async def _read_otherwise(desk: Desk, code: str, quantity: Decimal | None) -> Outcome | None:
    """A code that is not known as it is: as a label of the shop, a carton's, or another GTIN. None: it is none."""
    if (coded := await sealed(desk, code)) is not None:
        return await _put_coded(desk, coded, quantity)
    if gs1.is_bare(code):
        return await _put_coded(desk, await carried(desk, code), quantity)
    for reading in barcode.other_readings(code):
        if len(found := await desk.store.catalogue.find(reading)) == 1:
            return await _put(desk, found[0], quantity)
    return None


async def _name(desk: Desk, text: str, quantity: Decimal | None) -> Outcome:
    found = await desk.store.catalogue.search(text, PAGE, 0)
    if not found:
        raise UnknownCode(code=shown(text))
    return await _ahead(desk, quantity, tuple(map(product_view, found)))


async def _ahead(
    desk: Desk, quantity: Decimal | None, found: tuple[ProductView, ...] | None = None
) -> Outcome:
    """Keep a quantity that was typed ahead of the product, which may have to be chosen among those found."""
    if quantity is not None:
        if quantity < 0:
            desk.demand(Right.RETURN)
        ticket = desk.open_ticket()
        await desk.keep(basket.ask(ticket, Asking(quantity=quantity, tare=ticket.asking.tare)))
    return Outcome(found=found)


def _refuse_while_asked(desk: Desk) -> None:
    ticket = desk.ticket
    if ticket is not None and ticket.asking.product is not None:
        text = n_(
            "The price of {label} is asked first. Nothing was added: give the price, or leave with Escape."
        )
        raise refuse("not_allowed", text, label=ticket.asking.product.label)


@takes(Scan, right=Right.SELL)
async def scan(desk: Desk, given: Scan) -> Outcome:
    """A scanned code: a product, or a customer's card. A price that is asked for is never answered by it."""
    _refuse_while_asked(desk)
    code = given.code
    if given.symbology and given.symbology.startswith("]") and not code.startswith("]"):
        code = given.symbology + code
    if gs1.is_element_string(code):
        return await _put_coded(desk, await carried(desk, code), None)
    return await _code(desk, barcode.recognise(code), None, typed=False)


@takes(Add, right=Right.SELL)
async def add(desk: Desk, given: Add) -> Outcome:
    """A product chosen in a list."""
    _refuse_while_asked(desk)
    for record in await desk.store.catalogue.find(given.code):
        if record.code == given.code:
            return await _put(desk, record, None)
    raise UnknownCode(code=shown(given.code))


@takes(Enter, right=Right.SELL)
async def enter(desk: Desk, given: Enter) -> Outcome:
    """What was typed at the prompt, read as what the prompt expects."""
    if context(desk) is Context.ITEM and gs1.is_element_string(given.text):
        return await _put_coded(desk, await carried(desk, given.text), None)
    return await _typed(desk, prompt.read(given.text, context(desk)))


async def _typed(desk: Desk, typed: prompt.Prompted, quantity: Decimal | None = None) -> Outcome:
    match typed:
        case prompt.QuantityThen(ahead, rest):
            return await (_ahead(desk, ahead) if rest is None else _typed(desk, rest, ahead))
        case prompt.CodeTyped(code):
            return await _code(desk, code, quantity, typed=True)
        case prompt.NameTyped(text):
            return await _name(desk, text, quantity)
        case prompt.PriceTyped(amount):
            return await price_given(desk, amount)
        case prompt.AmountTyped(amount):
            return await _tendered(desk, amount)
    return await _nothing(desk)


async def _nothing(desk: Desk) -> Outcome:
    if context(desk) is Context.PAYMENT:
        return await _tendered(desk, None)
    if context(desk) is Context.PRICE:
        _refuse_while_asked(desk)
    return await pay(desk, Pay())


async def _tendered(desk: Desk, amount: int | None) -> Outcome:
    method = default_method(desk)
    if method is None:
        raise NotAllowed(reason=_NO_METHOD)
    return await pay_with(desk, Tender(method.code, amount))


async def price_given(desk: Desk, price: int) -> Outcome:
    """The price of the product that waits for one: part of selling it, so it needs no right of its own."""
    ticket = desk.current_ticket()
    product = ticket.asking.product
    if product is None:
        raise EmptyTicket
    asked = priced(replace(product, unit_price=price), desk.buyer.tariff)
    quantity = ticket.asking.quantity or Decimal(1)
    await desk.keep(basket.add(ticket, asked, quantity, price=asked.unit_price))
    return Outcome()


@takes(SetCustomer, right=Right.SELL)
async def set_customer(desk: Desk, given: SetCustomer) -> Outcome:
    """The customer of the ticket, by code or card; None takes him off."""
    if given.code is None:
        return await _customer(desk, None) if desk.ticket else Outcome()
    record = await _holder(desk, given.code)
    if record is None:
        raise refuse("unknown_code", _NOBODY, code=shown(given.code.strip()) or "—")
    return await _customer(desk, record)


@takes(Pay, right=Right.SELL)
async def pay(desk: Desk, given: Pay) -> Outcome:  # noqa: ARG001 - the input has no values
    """The goods are all there: the prompt takes amounts now."""
    _refuse_while_asked(desk)
    if desk.ticket is None or not desk.ticket.lines:
        raise EmptyTicket
    await desk.keep(basket.ask(desk.ticket, Asking(paying=True)))
    return Outcome()


@takes(Back, right=Right.SELL, while_paying=True)
async def back(desk: Desk, given: Back) -> Outcome:  # noqa: ARG001 - the input has no values
    """Back to goods: what was typed ahead or asked is forgotten, lines and payments stay.

    While a card terminal works, it is asked to give up.
    """
    if desk.attempt is not None:
        return await give_up(desk, GiveUp())
    if desk.ticket is None or desk.ticket.asking == Asking():
        return Outcome()
    await desk.keep(basket.ask(desk.ticket, Asking()))
    return Outcome()
