"""Customers made and changed at the till, offline too: the journal takes them up, and the feed brings them back.

Their codes are the till's number and one of a series without gaps: no two tills can give the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from sync.protocol import CustomerRecord
from sync.store import CUSTOMER, CustomerEntry
from tui_pos.errors import refuse
from tui_pos.inputs import ChangeCustomer, CreateCustomer
from tui_pos.l10n import n_
from tui_pos.outcomes import CustomerDetails, Notice, Outcome
from tui_pos.register.buyers import buyer_of, customer_of, serve_anew, with_leave
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.views import customer_details
from tui_pos.rights import Right
from tui_pos.sale import barcode, basket
from tui_pos.sale.errors import UnknownCode, shown

MOST_CARDS = 20
_LONGEST = 120
_PHONE = re.compile(r"\+?[0-9 ().-]{6,24}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@takes(CreateCustomer, right=Right.SELL, session=False)
async def create_customer(desk: Desk, given: CreateCustomer) -> Outcome:
    """A new customer, with a code of this till's."""
    asked = CustomerRecord("", **{name: getattr(given, name) for name in given.__struct_fields__})
    asked = _checked(asked)
    if asked.tariff or asked.groups:
        desk.demand(Right.TARIFF)
    await _check_cards(desk, asked, asked.cards)
    async with desk.transaction() as transaction:
        number = await transaction.next_number(CUSTOMER)
        record = replace(asked, code=f"{desk.store.till_id}-C{number:05d}")
        entry = CustomerEntry(customer=record, user=desk.who)
        await transaction.append(CUSTOMER, entry, at=desk.now())
        await transaction.put_customer(record)
    return Outcome(customer=customer_details(record))


@takes(ChangeCustomer, right=Right.SELL, session=False)
async def change_customer(desk: Desk, given: ChangeCustomer) -> Outcome:
    """What is known of a customer changes; the server is told what it was, so that it can see who else changed it."""
    before = await _known(desk, given.code)
    changed = {
        name: value
        for name in given.__struct_fields__
        if name != "code" and (value := getattr(given, name)) is not UNSET
    }
    record = _checked(replace(before, **changed))
    if (record.tariff, record.groups) != (before.tariff, before.groups):
        desk.demand(Right.TARIFF)
    await _check_cards(desk, record, set(record.cards) - set(before.cards))
    if record == before:
        return Outcome(customer=customer_details(record))
    async with desk.transaction() as transaction:
        entry = CustomerEntry(customer=record, before=before, user=desk.who)
        await transaction.append(CUSTOMER, entry, at=desk.now())
        await transaction.put_customer(record)
    return Outcome(customer=customer_details(record), notice=await _serve_changed(desk, record))


async def details_of(desk: Desk, code: str) -> CustomerDetails:
    """All that is known of the customer with this code or card.

    Raises:
        UnknownCode: there is none.
    """
    return customer_details(await _known(desk, code))


async def _known(desk: Desk, code: str) -> CustomerRecord:
    record = await desk.store.catalogue.customer(code)
    if record is None:
        raise UnknownCode(code=shown(code))
    return record


async def _serve_changed(desk: Desk, record: CustomerRecord) -> Notice | None:
    """Make the open ticket the changed customer's, as long as nothing was paid on it."""
    ticket = desk.ticket
    if ticket is None or ticket.customer is None or ticket.customer.code != record.code:
        return None
    if ticket.payments or desk.attempt is not None:
        return None
    buyer = with_leave(await buyer_of(desk, record), desk.buyer)
    return await serve_anew(desk, buyer, basket.set_customer(ticket, customer_of(record)))


def _checked(record: CustomerRecord) -> CustomerRecord:
    """The record with its texts tidied.

    Raises:
        Refused: `bad_customer`, with what is wrong.
    """
    record = replace(
        record,
        name=_tidy(record.name),
        phone=_tidy(record.phone),
        email=_tidy(record.email),
        tariff=_tidy(record.tariff or "") or None,
        cards=_each_once(record.cards),
        groups=_each_once(record.groups),
    )
    texts = (record.name, record.phone, record.email, record.tariff or "", *record.cards, *record.groups)
    if not record.name:
        raise refuse("bad_customer", n_("A customer needs a name. Nothing was kept."))
    if (
        any(len(text) > _LONGEST or not text.isprintable() for text in texts)
        or len(record.cards) > MOST_CARDS
    ):
        raise refuse(
            "bad_customer", n_("Too long, or with characters that cannot be printed. Nothing was kept.")
        )
    if record.phone and not _PHONE.fullmatch(record.phone):
        text = n_("“{given}” is not a telephone number. Nothing was kept.")
        raise refuse("bad_customer", text, given=shown(record.phone))
    if record.email and not _EMAIL.fullmatch(record.email):
        text = n_("“{given}” is not an e-mail address. Nothing was kept.")
        raise refuse("bad_customer", text, given=shown(record.email))
    try:
        msgspec.json.encode(record)
    except UnicodeEncodeError as error:
        text = n_("Too long, or with characters that cannot be printed. Nothing was kept.")
        raise refuse("bad_customer", text) from error
    return record


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _each_once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tidied for code in codes if (tidied := _tidy(code))))


async def _check_cards(desk: Desk, record: CustomerRecord, cards: Iterable[str]) -> None:
    """A scanned card has to find this customer, and nothing else.

    Raises:
        BadBarcode: a scan of it would be refused.
        Refused: `bad_customer`: it is somebody else's, or a product's.
    """
    for card in cards:
        barcode.recognise(card)
        holder = await desk.store.catalogue.customer(card)
        if holder is not None and holder.code != record.code:
            text = n_("The card {card} is that of customer {code}. Nothing was kept.")
            raise refuse("bad_customer", text, card=card, code=holder.code)
        if await desk.store.catalogue.find(card):
            text = n_("{card} is the code of a product. Nothing was kept: scan the card.")
            raise refuse("bad_customer", text, card=card)
