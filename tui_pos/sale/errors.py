"""What can be wrong with a step of a sale.

    SaleError
    ├── UnknownCode
    │   └── SeveralLines, EmptyLabel
    ├── AmbiguousCode
    ├── BadBarcode
    │   └── WrongLength
    ├── BadWeight
    │   └── TooHeavy
    ├── BadQuantity
    │   └── TooMany
    ├── BadPrice
    │   └── TooDear
    ├── BadAmount
    │   └── OneOfTwo
    ├── NoWeight
    ├── NoTicket, EmptyTicket, AlreadyClosed, NoSuchLine
    ├── OutOfPeriod
    │   └── AccessToCome, AccessOver
    ├── BudgetExceeded, QuotaExceeded
    └── NoChange, AboveCeiling, NotAllowed

Each carries a stable slug for programs and an English template for people, which is the message's key in the
catalogues of translations.
"""

from __future__ import annotations

from typing import ClassVar


def n_(message: str) -> str:
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


class Amount(int):
    """Minor units among the details of an error: `5.00`, or as the language of the screen writes money."""

    def __str__(self) -> str:
        units, cents = divmod(abs(self), 100)
        return f"{'-' if self < 0 else ''}{units}.{cents:02d}"


def shown(text: str, limit: int = 32) -> str:
    """What somebody gave, made safe to show: cut to `limit` characters, unprintable ones escaped (`\\x1b`).

    A terminal would obey control characters, and a right-to-left mark would turn the message around.
    """
    kept = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text[:limit]
    )
    return kept if len(text) <= limit and len(kept) <= limit else kept[: limit - 1] + "…"


class SaleError(Exception):
    """A step that the rules refuse. Nothing has changed.

    Args:
        details: the values that the template names.
    """

    slug: ClassVar[str] = "internal"
    template: ClassVar[str] = ""

    def __init__(self, **details: object) -> None:
        super().__init__(self.template.format(**details))
        self.details = details


class UnknownCode(SaleError):
    """No product, card or deposit has this code."""

    slug = "unknown_code"
    template = n_(
        "Unknown code {code}. Nothing was added: search the product by its name, or call a supervisor."
    )


class SeveralLines(UnknownCode):
    """Several lines given as one code: a paste, or two scans run together."""

    template = n_("{code} holds several lines instead of one code. Nothing was added: give them one by one.")


class EmptyLabel(UnknownCode):
    """A code that tells a weight, a price or a number of zero."""

    template = n_(
        "{code} says a weight, a price or a number of zero. Nothing was added: weigh it, or have it labelled anew."
    )


class AmbiguousCode(SaleError):
    """Several products share this code."""

    slug = "ambiguous_code"
    template = n_("{count} products share the code {code}. Nothing was added: choose one in the list.")


class BadBarcode(SaleError):
    """The check digit says that the code was misread or mistyped."""

    slug = "bad_barcode"
    template = n_(
        "{code} is not a valid barcode: its check digit is wrong. Nothing was added: scan it again."
    )


class WrongLength(BadBarcode):
    """Not a code that can be written with so many digits."""

    template = n_("{code} is not a barcode of {digits} digits. Nothing was added: scan it again.")


class BadWeight(SaleError):
    """A text that is no weight, or could be two."""

    slug = "bad_quantity"
    template = n_(
        "“{given}” is not a weight. Nothing changed: type grams, such as 250, or say the unit: 0.250 kg."
    )


class TooHeavy(BadWeight):
    """A typed weight that no shop scale would take: grams, most likely."""

    template = n_("{given} kg is too much to have been weighed. Nothing was added: 250 g is typed 0.250.")


class BadQuantity(SaleError):
    """Not a quantity, zero, or beyond what a line can hold."""

    slug = "bad_quantity"
    template = n_("“{given}” is not a quantity that can be sold. Nothing changed: give up to three decimals.")


class BadPrice(SaleError):
    """Not a price, or beyond what a line can hold."""

    slug = "bad_price"
    template = n_("“{given}” is not a price that can be asked. Nothing changed: give an amount such as 2.50.")


class TooMany(BadQuantity):
    """With so many the ticket would come to more than a ticket can."""

    template = n_(
        "With a quantity of {given} this ticket would come to more than {most}. Nothing changed: sell it in "
        "several tickets."
    )


class TooDear(BadPrice):
    """At this price the ticket would come to more than a ticket can."""

    template = n_(
        "At {given} this ticket would come to more than {most}. Nothing changed: sell it in several tickets."
    )


class BadAmount(SaleError):
    """Not an amount of money, or one that makes no sense here."""

    slug = "bad_amount"
    template = n_("“{given}” is not an amount that can be taken here. Nothing changed.")


class OneOfTwo(BadAmount):
    """A discount that is told as nothing, or twice."""

    template = n_("A discount is a percentage or an amount: give one of them. Nothing changed.")


class NoWeight(SaleError):
    """A weighed product, and no stable weight; `reason` says why, and is a key of the catalogues."""

    slug = "no_weight"
    template = n_(
        "The scale gives no weight for {label}: {reason}. "
        "Nothing was added: weigh it again, or type its weight as 0.350*."
    )


class NoTicket(SaleError):
    """There is no such ticket, or none is open."""

    slug = "no_ticket"
    template = n_("There is no such ticket here.")


class EmptyTicket(SaleError):
    """Nothing is on the ticket."""

    slug = "empty_ticket"
    template = n_("The ticket is empty: scan a product first.")


class AlreadyClosed(SaleError):
    """The ticket is closed, and stays as it is."""

    slug = "already_closed"
    template = n_("Ticket {number} is closed and cannot change: make a return instead.")


class NoSuchLine(SaleError):
    """The ticket has no such line."""

    slug = "no_line"
    template = n_("The ticket has no line {line}. Nothing changed.")


class NotAllowed(SaleError):
    """The shop's rules do not allow it."""

    slug = "not_allowed"
    template = n_("Not allowed: {reason}")


class NoChange(SaleError):
    """More than is due, by a method that gives no change."""

    slug = "no_change_allowed"
    template = n_("{method} gives no change: at most {due} can be taken. Nothing was taken.")


class AboveCeiling(SaleError):
    """More than the method may pay on one ticket."""

    slug = "not_allowed"
    template = n_("{method} may pay at most {ceiling} of this ticket. Nothing was taken.")


class OutOfPeriod(SaleError):
    """The customer's access has not begun, or is over. For the cashier only: never on paper or the display."""

    slug = "out_of_period"
    template = n_(
        "Access from {start} to {end} only. Nothing changed: a supervisor can allow it by code and PIN."
    )


class AccessToCome(OutOfPeriod):
    """The access has not begun, and nothing says when it will end."""

    template = n_("Access from {start} on only. Nothing changed: a supervisor can allow it by code and PIN.")


class AccessOver(OutOfPeriod):
    """The access is over, and nothing says when it began."""

    template = n_("Access until {end} only. Nothing changed: a supervisor can allow it by code and PIN.")


class BudgetExceeded(SaleError):
    """More than is left of the customer's budget. For the cashier only."""

    slug = "budget_exceeded"
    template = n_(
        "{wanted} for a budget with {left} left. Nothing was taken: void a line, "
        "or a supervisor can allow it by code and PIN."
    )


class QuotaExceeded(SaleError):
    """More of a family of goods than the household may take in a month. For the cashier only."""

    slug = "quota_exceeded"
    template = n_(
        "{wanted} of {family}: {left} left this month. Nothing was taken: void a line, "
        "or a supervisor can allow it by code and PIN."
    )
