"""The options of commands that have commands of their own."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time
from pathlib import Path

from sync.protocol.journal import stamp
from tui_pos.sale.errors import SaleError
from tui_pos.sale.money import parse_price

Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives its type no other name


def minor_units(text: str) -> int:
    """An amount as it is typed: `2.50`.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return parse_price(text)
    except SaleError as error:
        raise argparse.ArgumentTypeError(f"{text} is no amount such as 2.50") from error


def moment(text: str) -> str:
    """A day (`2026-11-30`, from its beginning, UTC) or a time with its zone.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        if len(text) == len("2026-11-30"):
            return stamp(datetime.combine(date.fromisoformat(text), time(), UTC))
        return stamp(datetime.fromisoformat(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text} is no day such as 2026-11-30, nor a time with its zone"
        ) from error


def day(text: str) -> str:
    """A day: `2026-11-30`.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no day such as 2026-11-30") from error


def how_many(text: str) -> int:
    """A number of things to make: 1 to 10,000.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 to 10000")
    return int(text)


class Group:
    """`tui-pos-server NAME WHAT`."""

    def __init__(
        self,
        commands: Commands[argparse.ArgumentParser],
        common: argparse.ArgumentParser,
        name: str,
        text: str,
    ) -> None:
        made = commands.add_parser(name, help=text, description=text)
        self._group = made.add_subparsers(dest="what", metavar="WHAT", required=True)
        self._common = common

    def add(self, name: str, text: str, module: str, *others: str) -> argparse.ArgumentParser:
        """One of its commands, by its name and by others."""
        made = self._group.add_parser(
            name, aliases=others, help=text, description=text, parents=[self._common], allow_abbrev=False
        )
        made.set_defaults(module=module)
        return made


def add_tills(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`till`."""
    tills = Group(commands, common, "till", "tills")
    add = tills.add("add", "make a till and the configuration file that brings it", "till")
    add.add_argument("--name", required=True, metavar="NAME")
    add.add_argument("--shop", metavar="SHOP", help="its shop; not needed where there is one")
    add.add_argument("--url", metavar="ADDRESS", help="where the till will reach this server")
    add.add_argument("--config", type=Path, metavar="FILE", help="the configuration file to write")
    add.add_argument("--ca", type=Path, metavar="FILE", help="a certificate authority of your own, PEM")
    add.add_argument("--count", type=how_many, metavar="N", help="so many, NAME 1 to NAME N, without files")
    add.add_argument(
        "--codes", type=Path, metavar="FILE", help="write their one-time codes there, one a line"
    )
    tills.add("list", "the tills", "till")
    tills.add("code", "give a till another one-time code", "till").add_argument("till", metavar="TILL")
    tills.add("revoke", "refuse a till from now on", "till").add_argument("till", metavar="TILL")


def add_records(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`product`, `customer`, `user`, `offer`, `tariff`, `setting`."""
    for kind, text, fill in (
        ("product", "products", _product),
        ("customer", "customers", _customer),
        ("user", "who may work at the tills", _user),
        ("offer", "reductions that the shop grants by itself", _offer),
        ("tariff", "what customers of a tariff pay", _tariff),
        ("setting", "settings of the shop's tills", _setting),
    ):
        group = Group(commands, common, kind, text)
        made = [
            group.add("set", f"make a {kind}, or change it", "records", "add"),
            group.add("remove", f"take a {kind} away", "records"),
            group.add("list", text, "records"),
        ]
        fill(made[0])
        if kind == "product":
            made.insert(0, group.add("price", "change the price of a product", "records"))
        for parser in made[:-1]:
            parser.add_argument("code", metavar="CODE")
        if kind == "product":
            made[0].add_argument("price", type=minor_units, metavar="AMOUNT", help="tax included: 2.50")
        made[-1].add_argument("code", metavar="CODE", nargs="?")
        for parser in made:
            parser.add_argument("--shop", metavar="SHOP", help="not needed where there is one")
            parser.set_defaults(kind=kind)


def _product(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", metavar="TEXT")
    parser.add_argument("--price", type=minor_units, metavar="AMOUNT", help="tax included: 2.50")
    parser.add_argument("--ask-price", action="store_true", help="the price is asked at the till")
    parser.add_argument("--vat", metavar="PERCENT")
    parser.add_argument("--family", metavar="CODE")
    parser.add_argument("--weighed", action=argparse.BooleanOptionalAction)
    parser.add_argument("--unit", choices=("piece", "kg", "l"), help="what the price is for")
    parser.add_argument("--content", metavar="TEXT", help="what a piece holds: 500 g")
    parser.add_argument("--other-code", action="append", metavar="CODE", help="finds it too")


def _customer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", metavar="NAME")
    parser.add_argument("--tariff", metavar="CODE")
    parser.add_argument("--card", action="append", metavar="CODE", help="finds him too")
    parser.add_argument("--group", action="append", metavar="GROUP", help="offers may be for it")


def _user(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", metavar="NAME")
    parser.add_argument("--role", choices=("cashier", "supervisor", "manager"))
    parser.add_argument("--pin", metavar="DIGITS")
    parser.add_argument("--right", action="append", metavar="RIGHT", help="beyond those of the role")
    parser.add_argument("--till", action="append", metavar="TILL", help="works at these tills only")


def _offer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", metavar="TEXT", help="the reason shown on the line")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--percent", metavar="PERCENT", help="off")
    kinds.add_argument("--amount", type=minor_units, metavar="AMOUNT", help="off")
    kinds.add_argument("--price", type=minor_units, metavar="AMOUNT", help="fixed")
    scopes = parser.add_mutually_exclusive_group()
    scopes.add_argument("--product", metavar="CODE")
    scopes.add_argument("--family", metavar="CODE")
    scopes.add_argument("--ticket", action="store_true", help="the whole ticket")
    parser.add_argument("--customer", metavar="CODE", help="for this one only")
    parser.add_argument("--group", metavar="GROUP", help="for these customers only")
    parser.add_argument(
        "--minimum", metavar="N", help="from this quantity on, or of a ticket this amount in minor units"
    )
    parser.add_argument("--from", dest="from_", type=moment, metavar="DAY")
    parser.add_argument("--until", type=moment, metavar="DAY", help="until just before")


def _tariff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", metavar="TEXT")
    parser.add_argument("--percent", metavar="PERCENT", help="the share of the value that is paid")
    parser.add_argument(
        "--family", action="append", metavar="CODE=PERCENT", help="another share for a family"
    )
    parser.add_argument(
        "--price", action="append", metavar="CODE=AMOUNT", help="a price of its own for a product"
    )


def _setting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--value", required=True, metavar="VALUE")


def add_beneficiaries(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`beneficiary`."""
    group = Group(commands, common, "beneficiary", "budgets of households")
    change = group.add("set", "give a customer a budget, or change its rule", "beneficiary", "add")
    change.add_argument(
        "--monthly", type=minor_units, metavar="AMOUNT", help="what each month brings: 150.00"
    )
    change.add_argument(
        "--basis", choices=("value", "paid"), help="market values, or amounts paid, are counted"
    )
    change.add_argument(
        "--carry-over", action="store_true", help="what is left on the 1st is added to the next month"
    )
    change.add_argument("--from", dest="from_", type=day, metavar="DAY", help="the access begins")
    change.add_argument("--until", type=day, metavar="DAY", help="the last day of the access")
    change.add_argument("--quota", action="append", metavar="FAMILY=N", help="so many of a family in a month")
    change.add_argument(
        "--quota-amount", action="append", metavar="FAMILY=AMOUNT", help="for so much in a month"
    )
    remove = group.add("remove", "take a budget away", "beneficiary")
    again = group.add("recalculate", "let changed rules count in this month", "beneficiary")
    for parser in (change, remove):
        parser.add_argument("code", metavar="CUSTOMER")
    again.add_argument("code", metavar="CUSTOMER", nargs="?")
    for parser in (change, remove, again, group.add("list", "the budgets", "beneficiary")):
        parser.add_argument("--shop", metavar="SHOP", help="not needed where there is one")


def add_messages(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`message`."""
    messages = Group(commands, common, "message", "messages to cashiers")
    send = messages.add("send", "send a message to the tills of a shop, or to one", "messages")
    send.add_argument("text", metavar="TEXT")
    moments = ("any", "opening", "closing", "day_close", "between")
    send.add_argument("--moment", choices=moments, default="any", help="when it is shown")
    send.add_argument("--must-ack", action="store_true", help="the cashier has to say that it was read")
    send.add_argument("--till", metavar="TILL")
    send.add_argument("--shop", metavar="SHOP", help="not needed where there is one")
    send.add_argument("--until", type=moment, metavar="DAY", help="not shown from this day on")
    messages.add("list", "the messages, and how many tills have read each", "messages")


def add_quarantine(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`quarantine`."""
    quarantine = Group(commands, common, "quarantine", "entries that the books did not take")
    quarantine.add("list", "what waits, and why", "quarantine").add_argument("--till", metavar="TILL")
    retry = quarantine.add("retry", "try again what the books did not take", "quarantine")
    retry.add_argument("--till", metavar="TILL")
    retry.add_argument("--seq", type=int, metavar="N", help="only the entry at this position")


def add_groups(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """All of them."""
    for add in (add_tills, add_records, add_beneficiaries, add_messages, add_quarantine):
        add(commands, common)
