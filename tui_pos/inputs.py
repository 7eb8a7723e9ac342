"""What can be given to the register: one record for each verb. Amounts are minor units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from tui_pos.sale.ticket import Scope
from tui_pos.settings import Settings


class Input(Struct, frozen=True):
    """Something a person, a scanner or a program gives to the till."""


class SignIn(Input, frozen=True):
    """A user presents a code and a PIN; also unlocks an idle till."""

    user: str
    pin: str


class SignOut(Input, frozen=True):
    """The user leaves; the open ticket stays."""


class Lock(Input, frozen=True):
    """The till has been idle: the same user's PIN, or another's, opens it again."""


class OpenSession(Input, frozen=True):
    """A cash session begins with so much cash in the drawer."""

    float: int
    denominations: Mapping[int, int] = {}
    """How many of each coin or note, where it was counted so: `{5000: 2, 200: 10}`."""


class Scan(Input, frozen=True):
    """A code as a scanner delivers it."""

    code: str
    symbology: str | None = None
    """Its identifier (`]C1`, ISO/IEC 15424), where it does not stand before the code."""


class Enter(Input, frozen=True):
    """A text typed at the prompt, and Enter."""

    text: str


class SetCustomer(Input, frozen=True):
    """The customer of this ticket; None takes him off."""

    code: str | None


class CreateCustomer(Input, frozen=True, kw_only=True):
    """A customer who is new."""

    name: str
    cards: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""
    consent: bool = False
    """To be written to."""
    tariff: str | None = None
    groups: tuple[str, ...] = ()


class ChangeCustomer(Input, frozen=True, kw_only=True):
    """What is known of a customer changes; what is not given stays."""

    code: str
    name: str | UnsetType = UNSET
    cards: tuple[str, ...] | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    consent: bool | UnsetType = UNSET
    tariff: str | UnsetType | None = UNSET
    groups: tuple[str, ...] | UnsetType = UNSET


class AcknowledgeMessage(Input, frozen=True):
    """Somebody has read a message of the server."""

    id: str


class Add(Input, frozen=True):
    """A product chosen in a list, by its exact code."""

    code: str


class Select(Input, frozen=True):
    """The line that the next actions touch."""

    line: int


class SetQuantity(Input, frozen=True):
    """A new quantity for a line; none: the selected one."""

    quantity: Decimal
    line: int | None = None


class SetPrice(Input, frozen=True):
    """A price for a line, or for the product that waits for one."""

    price: int
    line: int | None = None


class Tare(Input, frozen=True):
    """The packaging that is taken off the next weight, in kilograms; zero: none."""

    weight: Decimal


class Discount(Input, frozen=True):
    """A discount on a line or the ticket: a percentage or an amount; zero takes it off."""

    scope: Scope = "line"
    percent: Decimal | None = None
    amount: int | None = None
    line: int | None = None


class VoidLine(Input, frozen=True):
    """A line is taken off the ticket."""

    line: int | None = None


class VoidTicket(Input, frozen=True):
    """The whole open ticket is given up; one that is named has to be it."""

    ticket: str | None = None


class Hold(Input, frozen=True):
    """The open ticket is set aside; one that is named has to be it."""

    ticket: str | None = None


class Recall(Input, frozen=True):
    """A held ticket comes back; none named: the last one held."""

    ticket: str | None = None


class Return(Input, frozen=True):
    """Goods of a closed ticket come back: all its lines, or those numbered."""

    ticket: str
    lines: tuple[int, ...] | None = None


class Tender(Input, frozen=True):
    """A payment; no amount: what is due."""

    method: str
    amount: int | None = None
    reference: str | None = None


class CashIn(Input, frozen=True):
    """Cash is put into the drawer."""

    amount: int
    reason: str


class CashOut(Input, frozen=True):
    """Cash is taken from the drawer."""

    amount: int
    reason: str


class OpenDrawer(Input, frozen=True):
    """The drawer is opened without a sale."""

    reason: str
    drawer: str | None = None
    """Its name on the counter; none: the first."""


class XReport(Input, frozen=True):
    """The session's figures so far."""

    counted: Mapping[str, int] | None = None


class CloseSession(Input, frozen=True):
    """The session ends: Z report, with what was counted for each method."""

    counted: Mapping[str, int] | None = None


class ClosePeriod(Input, frozen=True):
    """The books of a day, a month or a year are closed."""

    period: Literal["day", "month", "year"]


class Print(Input, frozen=True):
    """A document is asked for on paper."""

    what: Literal["receipt", "duplicate", "provisional", "kitchen", "x", "z", "day", "month", "year"]
    ticket: str | None = None


class PrintLabels(Input, frozen=True):
    """Labels of products are asked for, for their shelves or to stick on."""

    codes: tuple[str, ...]
    copies: int = 1
    """Of each."""


class PrintAgain(Input, frozen=True):
    """A print whose end is unknown was looked for and not found: it is printed again, marked."""

    job: str
    reason: str
    to: str | None = None
    """Another printer than the one it was for."""


class DropPrint(Input, frozen=True):
    """A print whose end is unknown was found on paper; or one that waits, and nobody wants it."""

    job: str
    reason: str


class Reroute(Input, frozen=True):
    """A print that waits for its printer goes to another one."""

    job: str
    to: str


class SetUpDevice(Input, frozen=True):
    """A device of this till, new or instead of the one of its name; it is used at once."""

    name: str
    kind: Literal["printer", "drawer", "display", "terminal", "scale", "scanner", "label"]
    driver: str
    address: str
    options: Mapping[str, str] = {}


class RemoveDevice(Input, frozen=True):
    """A device that this till has no more."""

    name: str


class AssignDocument(Input, frozen=True):
    """A kind of document goes to this printer from now on."""

    document: Literal["receipt", "duplicate", "report", "kitchen", "label"]
    name: str


class ResolvePayment(Input, frozen=True):
    """The cashier has read the terminal: a payment whose end was unknown was taken, or not."""

    paid: bool
    reason: str


class Authorize(Input, frozen=True):
    """A supervisor lends a right for the last input that was refused for want of it."""

    user: str
    pin: str


class Pay(Input, frozen=True):
    """The goods are all there: the prompt takes amounts now."""


class GiveUp(Input, frozen=True):
    """The card terminal is asked to give up what it does, and has the last word."""


class Back(Input, frozen=True):
    """Away from paying, or from a question of the prompt: back to goods.

    While a card terminal works it is asked to give up, and has the last word.
    """


class VoidPayment(Input, frozen=True):
    """The last payment of the open ticket is taken back; on a return, the card payment of its sale.

    A card terminal is asked to, and has the last word.
    """


class ChangeSettings(Input, frozen=True):
    """The till is set anew."""

    settings: Settings


class PermitSettings(Input, frozen=True):
    """Somebody sets what is kept beside the register: delays, the place of exports, the server itself.

    It is traced; whoever gave it does the rest.
    """

    names: tuple[str, ...]
