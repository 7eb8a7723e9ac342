"""What may be said of each kind of record, on the command line and in the columns of a CSV file: the same words.

`set` makes a record or changes what is named of one; `--clear` gives a field back to what it is at first.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from backoffice.errors import BadValue
from backoffice.feed.kinds import TYPES
from backoffice.option_types import decimal_point, minor_units, moment, price
from backoffice.settings import DEFAULTS
from tui_pos.l10n import _, n_

Values = dict[str, Any]

HEEDED = (*DEFAULTS, "place", "place_when")
"""The settings of a shop that its tills heed: delays in seconds, and from where and when they load exports."""


class RecordKind(Struct, frozen=True):
    """One kind of record."""

    name: str
    many: str
    """What its records are, for a person; a message of the catalogues."""
    fill: Callable[[argparse.ArgumentParser], None]
    """Adds its options."""
    further: Callable[[argparse.Namespace], Values] | None = None
    """What its options say of fields whose names are not theirs."""

    def values(self, options: argparse.Namespace) -> Values:
        """The fields that were given."""
        further = self.further(options) if self.further is not None else {}
        return given(options, TYPES[self.name]) | further


def given(options: argparse.Namespace, record: type[Struct]) -> Values:
    """The fields that were given: an option keeps its value by the name of the field."""
    names = (field.name for field in fields(record))
    values = {name: getattr(options, name, None) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def pair(text: str) -> tuple[str, str]:
    """`CODE=VALUE`.

    Raises:
        BadValue: it is none.
    """
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise BadValue(what=n_("The option"), value=text, reason=n_("CODE=VALUE is wanted"))
    return name, value


def _product(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", metavar="TEXT", help=_("its name, on screen and receipt"))
    parser.add_argument(
        "--price", dest="unit_price", type=price, metavar="AMOUNT", help=_("tax included: 2.50")
    )
    parser.add_argument("--ask-price", action="store_true", help=_("the price is asked at the till"))
    parser.add_argument(
        "--vat", dest="vat_rate", type=decimal_point, metavar="PERCENT", help=_("its VAT rate")
    )
    parser.add_argument("--family", metavar="CODE", help=_("the family that holds it"))
    weighed = _("sold by weight: the price is that of a kilogram")
    parser.add_argument("--weighed", action=argparse.BooleanOptionalAction, help=weighed)
    parser.add_argument("--unit", choices=("piece", "kg", "l"), help=_("what the price is for"))
    parser.add_argument("--content", metavar="TEXT", help=_("what a piece holds: 500 g"))
    parser.add_argument(
        "--other-code", dest="other_codes", action="append", metavar="CODE", help=_("finds it too")
    )


def _of_product(options: argparse.Namespace) -> Values:
    return {"unit_price": None} if options.ask_price else {}


def _family(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", metavar="TEXT", help=_("its name"))
    parser.add_argument("--parent", metavar="CODE", help=_("the family that holds it"))


def _customer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", metavar="NAME", help=_("the customer's name"))
    parser.add_argument("--tariff", metavar="CODE", help=_("the tariff that applies"))
    parser.add_argument(
        "--card", dest="cards", action="append", metavar="CODE", help=_("finds the customer too")
    )
    parser.add_argument(
        "--group", dest="groups", action="append", metavar="GROUP", help=_("offers may be for it")
    )
    parser.add_argument("--phone", metavar="NUMBER", help=_("telephone number"))
    parser.add_argument("--email", metavar="ADDRESS", help=_("e-mail address"))
    parser.add_argument("--consent", action=argparse.BooleanOptionalAction, help=_("to be written to"))


def _user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", metavar="NAME", help=_("as tills and receipts show it"))
    role = _("the rights that come with it")
    parser.add_argument("--role", choices=("cashier", "supervisor", "manager"), help=role)
    parser.add_argument("--pin", metavar="DIGITS", help=_("what is typed to sign in: 4 to 12 digits"))
    parser.add_argument(
        "--right", dest="rights", action="append", metavar="RIGHT", help=_("beyond those of the role")
    )
    parser.add_argument("--till", action="append", metavar="TILL", help=_("works at these tills only"))


def _of_user(options: argparse.Namespace) -> Values:
    if options.pin is None:
        return {}
    if not (options.pin.isascii() and options.pin.isdecimal()) or not 4 <= len(options.pin) <= 12:
        raise BadValue(what=n_("The PIN"), value="", reason=n_("4 to 12 digits are wanted"))
    return {"pin": options.pin}


_FLAGS = {
    "gives_change": n_("gives change"),
    "excess_allowed": n_("may be more than what is due, without change"),
    "negative_allowed": n_("may be given back"),
    "opens_drawer": n_("opens the drawer"),
    "terminal": n_("goes through the card terminal"),
    "reference_required": n_("wants a reference: the number of a cheque"),
    "needs_customer": n_("is for known customers only"),
}


def _method(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", metavar="TEXT", help=_("on the button"))
    parser.add_argument("--ticket-label", metavar="TEXT", help=_("on the receipt"))
    parser.add_argument("--order", type=int, metavar="N", help=_("its place among the buttons"))
    for name, text in _FLAGS.items():
        flag = "--" + name.replace("_", "-")
        parser.add_argument(flag, action=argparse.BooleanOptionalAction, help=_(text))
    parser.add_argument("--ceiling", type=minor_units, metavar="AMOUNT", help=_("the most for one ticket"))
    parser.add_argument(
        "--family", dest="families", action="append", metavar="CODE", help=_("pays for these goods only")
    )
    parser.add_argument("--right", metavar="RIGHT", help=_("who takes it needs this right"))


def _offer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", metavar="TEXT", help=_("the reason shown on the line"))
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--percent", type=decimal_point, metavar="PERCENT", help=_("off"))
    kinds.add_argument("--amount", type=minor_units, metavar="AMOUNT", help=_("off"))
    kinds.add_argument("--price", type=minor_units, metavar="AMOUNT", help=_("fixed"))
    scopes = parser.add_mutually_exclusive_group()
    scopes.add_argument("--product", metavar="CODE", help=_("for one product"))
    scopes.add_argument("--family", metavar="CODE", help=_("for a family, with those nested in it"))
    scopes.add_argument("--ticket", action="store_true", help=_("the whole ticket"))
    parser.add_argument("--customer", metavar="CODE", help=_("for this one only"))
    parser.add_argument("--group", metavar="GROUP", help=_("for these customers only"))
    least = _("from this quantity on, or of a ticket this amount in minor units")
    parser.add_argument("--minimum", type=decimal_point, metavar="N", help=least)
    parser.add_argument("--from", dest="starts_at", type=moment, metavar="DAY", help=_("from then on"))
    parser.add_argument("--until", dest="ends_at", type=moment, metavar="DAY", help=_("until just before"))


def _of_offer(options: argparse.Namespace) -> Values:
    values: Values = {}
    for kind in ("percent", "amount", "price"):
        if (value := getattr(options, kind)) is not None:
            values |= {"kind": kind, "value": str(value)}
    for scope in ("product", "family"):
        if (target := getattr(options, scope)) is not None:
            values |= {"scope": scope, "target": target}
    if options.ticket:
        values |= {"scope": "ticket", "target": ""}
    return values


def _tariff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", metavar="TEXT", help=_("its name"))
    paid = _("the share of the value that is paid")
    parser.add_argument("--percent", type=decimal_point, metavar="PERCENT", help=paid)
    share = _("another share for a family")
    parser.add_argument("--family", action="append", metavar="CODE=PERCENT", help=share)
    own = _("a price of its own for a product")
    parser.add_argument("--price", action="append", metavar="CODE=AMOUNT", help=own)


def _of_tariff(options: argparse.Namespace) -> Values:
    values: Values = {}
    if options.family:
        shares = map(pair, options.family)
        values["families"] = {code: decimal_point(share) for code, share in shares}
    if options.price:
        values["prices"] = {code: amount_of(amount) for code, amount in map(pair, options.price)}
    return values


def amount_of(text: str) -> int:
    """An amount within an option: minor units.

    Raises:
        BadValue: it is none.
    """
    try:
        return minor_units(text)
    except argparse.ArgumentTypeError as error:
        raise BadValue(what=n_("The price"), value=text, reason=error) from error


def quantity_of(text: str) -> str:
    """A quantity within an option, as records hold it.

    Raises:
        BadValue: it is none.
    """
    text = decimal_point(text)
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or value <= 0:
        raise BadValue(what=n_("The quantity"), value=text, reason=n_("a number above zero is wanted"))
    if value != round(value, 3):
        raise BadValue(what=n_("The quantity"), value=text, reason=n_("three decimals at most are counted"))
    return text


def _setting(parser: argparse.ArgumentParser) -> None:
    value = _("what it is set to; the settings that tills heed: {names}").format(names=", ".join(HEEDED))
    parser.add_argument("--value", required=True, metavar="VALUE", help=value)


def fill_shop(parser: argparse.ArgumentParser) -> None:
    """What may be said of the shop itself."""
    parser.add_argument("--name", metavar="NAME", help=_("the name of the shop"))
    parser.add_argument("--address", action="append", metavar="LINE", help=_("a line of the address"))
    parser.add_argument("--siret", metavar="DIGITS", help=_("its number of establishment (SIRET)"))
    parser.add_argument("--naf", metavar="CODE", help=_("the code of its activity (NAF)"))
    parser.add_argument("--vat-id", metavar="ID", help=_("its VAT identification number"))
    parser.add_argument("--currency", metavar="CODE", help=_("such as EUR"))
    parser.add_argument("--footer", action="append", metavar="LINE", help=_("a line under each receipt"))
    solidarity = _("a grocery for households with a budget")
    parser.add_argument("--solidarity", action=argparse.BooleanOptionalAction, help=solidarity)
    pattern = _("how codes of goods weighed elsewhere are laid out: 21IIIIIWWWWWC")
    parser.add_argument(
        "--barcode-pattern", dest="barcode_patterns", action="append", metavar="PATTERN", help=pattern
    )
    zone = _("in whose days and months budgets are counted: Europe/Paris")
    parser.add_argument("--time-zone", metavar="NAME", help=zone)


RECORD_KINDS = (
    RecordKind("product", n_("products"), _product, _of_product),
    RecordKind("family", n_("families of products"), _family),
    RecordKind("customer", n_("customers"), _customer),
    RecordKind("user", n_("who may work at the tills"), _user, _of_user),
    RecordKind("method", n_("payment methods"), _method),
    RecordKind("offer", n_("reductions that the shop grants by itself"), _offer, _of_offer),
    RecordKind("tariff", n_("what customers of a tariff pay"), _tariff, _of_tariff),
    RecordKind("setting", n_("settings of the shop's tills"), _setting),
)
"""The kinds that have a command of their own."""
