"""The options of commands that have commands of their own."""

from __future__ import annotations

import argparse
from pathlib import Path

from backoffice.field_names import field_named
from backoffice.option_types import day, minor_units, moment, price, readable_name, tills
from backoffice.record_options import RECORD_KINDS, RecordKind, fill_shop
from tui_pos.l10n import _

Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives its type no other name


def one_shop(parser: argparse.ArgumentParser) -> None:
    """Which shop is meant."""
    parser.add_argument("--shop", metavar="SHOP", help=_("not needed where there is one"))


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
    group = Group(commands, common, "till", _("tills"))
    add = group.add("add", _("make a till and the configuration file that brings it"), "till")
    add.add_argument(
        "--name", type=readable_name, required=True, metavar="NAME", help=_("what people call it")
    )
    one_shop(add)
    add.add_argument("--url", metavar="ADDRESS", help=_("where the till will reach this server"))
    add.add_argument("--config", type=Path, metavar="FILE", help=_("the configuration file to write"))
    add.add_argument("--ca", type=Path, metavar="FILE", help=_("a certificate authority of your own, PEM"))
    many = _("so many, NAME 1 to NAME N, without files")
    add.add_argument("--count", type=tills, metavar="N", help=many)
    codes = _("write their one-time codes there, one a line")
    add.add_argument("--codes", type=Path, metavar="FILE", help=codes)
    group.add("list", _("the tills"), "till")
    again = group.add("code", _("give a till another one-time code"), "till")
    for parser in (again, group.add("revoke", _("refuse a till from now on"), "till")):
        parser.add_argument("till", metavar="TILL", help=_("by its number, its name or its identifier"))


def add_updates(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`update`."""
    updates = Group(commands, common, "update", _("updates of the till's program"))
    make = updates.add("init", _("make an empty repository, and its keys"), "updates")
    publish = updates.add("publish", _("offer a package to all tills"), "updates")
    publish.add_argument("package", type=Path, metavar="PACKAGE", help=_("the file that “pack” has made"))
    withdraw = updates.add("withdraw", _("offer a version no more"), "updates")
    withdraw.add_argument("version", metavar="VERSION", help=_("as “list” tells it"))
    refresh = _("say anew that the list is the latest; serve does so by itself, once a day")
    others = updates.add("list", _("what is offered"), "updates"), updates.add("refresh", refresh, "updates")
    keys = _("the keys of whoever publishes: keep them away from the server")
    for parser in (make, publish, withdraw):
        parser.add_argument("--keys", type=Path, required=True, metavar="FOLDER", help=keys)
    default = _("default: %(default)s")
    for parser in (make, publish, withdraw, *others):
        parser.add_argument("--folder", type=Path, default=Path("updates"), metavar="FOLDER", help=default)
    pack = updates.add("pack", _("make a package of this program, from its source"), "updates")
    pack.add_argument("package", type=Path, metavar="PACKAGE", help=_("the file to write"))
    pack.add_argument("--source", type=Path, default=Path(), metavar="FOLDER", help=default)
    wheels = _("wheels of what the program needs and tills may lack")
    pack.add_argument("--wheels", type=Path, metavar="FOLDER", help=wheels)
    for language, text in (("en", _("what is new, in English")), ("fr", _("what is new, in French"))):
        pack.add_argument(f"--notes-{language}", default="", metavar="TEXT", help=text)


def add_shops(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`shop`."""
    shops = Group(commands, common, "shop", _("the shop itself: what stands on receipts, and its settings"))
    change = shops.add("set", _("change the shop"), "shops")
    fill_shop(change)
    clearing(change)
    for parser in (change, shops.add("show", _("the shop as its tills know it"), "shops")):
        one_shop(parser)
    add = shops.add("add", _("make another shop on this server"), "shops")
    fill_shop(add)
    shops.add("list", _("the shops of this server"), "shops")


def clearing(parser: argparse.ArgumentParser) -> None:
    """Fields that are given back to what they are at first."""
    text = _("give a field back to what it is at first, by its name in “list”")
    parser.add_argument("--clear", action="append", default=[], type=field_named, metavar="FIELD", help=text)


def add_records(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`product`, `family`, `customer`, `user`, `method`, `offer`, `tariff`, `setting`."""
    for kind in RECORD_KINDS:
        _add_record(Group(commands, common, kind.name, _(kind.many)), kind)


def _add_record(group: Group, kind: RecordKind) -> None:
    change = group.add("set", _("make one, or change what is named of it"), "records", "add")
    kind.fill(change)
    clearing(change)
    others = [change, group.add("remove", _("take one away"), "records")]
    if kind.name == "product":
        priced = group.add("price", _("change the price of a product"), "records")
        others.append(priced)
    for parser in others:
        parser.add_argument("code", metavar="CODE", help=_("by which it is known"))
    if kind.name == "product":
        priced.add_argument("price", type=price, metavar="AMOUNT", help=_("tax included: 2.50"))
    listed = group.add("list", _(kind.many), "records")
    listed.add_argument("code", metavar="CODE", nargs="?", help=_("only this one"))
    for parser in (*others, listed):
        one_shop(parser)
        parser.set_defaults(record=kind.name)


def fill_beneficiary(change: argparse.ArgumentParser) -> None:
    """What may be said of a budget, on the command line and in the columns of a CSV file."""
    change.add_argument(
        "--monthly", type=minor_units, metavar="AMOUNT", help=_("what each month brings: 150.00")
    )
    basis = _("market values, or amounts paid, are counted")
    change.add_argument("--basis", choices=("value", "paid"), help=basis)
    carried = _("what is left on the 1st is added to the next month")
    change.add_argument("--carry-over", action=argparse.BooleanOptionalAction, help=carried)
    change.add_argument("--from", dest="from_", type=day, metavar="DAY", help=_("the access begins"))
    change.add_argument("--until", type=day, metavar="DAY", help=_("the last day of the access"))
    quota = _("so many of a family, or of a product, in a month")
    change.add_argument("--quota", action="append", metavar="CODE=N", help=quota)
    change.add_argument(
        "--quota-amount", action="append", metavar="CODE=AMOUNT", help=_("for so much in a month")
    )


def add_beneficiaries(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`beneficiary`."""
    group = Group(commands, common, "beneficiary", _("budgets of households"))
    change = group.add("set", _("give a customer a budget, or change its rule"), "beneficiary", "add")
    fill_beneficiary(change)
    clearing(change)
    remove = group.add("remove", _("take a budget away"), "beneficiary")
    again = group.add("recalculate", _("let changed rules count in this month"), "beneficiary")
    for parser in (change, remove):
        parser.add_argument("code", metavar="CUSTOMER", help=_("the code of the household's customer"))
    again.add_argument("code", metavar="CUSTOMER", nargs="?", help=_("only this one"))
    for parser in (change, remove, again, group.add("list", _("the budgets"), "beneficiary")):
        one_shop(parser)


def add_messages(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`message`."""
    messages = Group(commands, common, "message", _("messages to cashiers"))
    send = messages.add("send", _("send a message to the tills of a shop, or to one"), "messages")
    send.add_argument("text", metavar="TEXT", help=_("what cashiers read"))
    moments = ("any", "opening", "closing", "day_close", "between")
    send.add_argument("--moment", choices=moments, default="any", help=_("when it is shown"))
    must = _("the cashier has to say that it was read")
    send.add_argument("--must-ack", action="store_true", help=must)
    send.add_argument("--till", metavar="TILL", help=_("only this one"))
    one_shop(send)
    send.add_argument("--until", type=moment, metavar="DAY", help=_("not shown from this day on"))
    messages.add("list", _("the messages, and how many tills have read each"), "messages")
    back = messages.add("withdraw", _("show a message to no other till"), "messages")
    back.add_argument("id", type=int, metavar="ID", help=_("the number of the message, as “list” tells it"))


def add_quarantine(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """`quarantine`."""
    quarantine = Group(commands, common, "quarantine", _("entries that the books did not take"))
    quarantine.add("list", _("what waits, and why"), "quarantine").add_argument(
        "--till", metavar="TILL", help=_("only this one")
    )
    retry = quarantine.add("retry", _("try again what the books did not take"), "quarantine")
    retry.add_argument("--till", metavar="TILL", help=_("only this one"))
    retry.add_argument("--seq", type=int, metavar="N", help=_("only the entry at this position"))


def add_groups(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """All of them."""
    for add in (
        add_shops,
        add_tills,
        add_records,
        add_beneficiaries,
        add_messages,
        add_quarantine,
        add_updates,
    ):
        add(commands, common)
