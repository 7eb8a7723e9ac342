"""`tui-pos-server beneficiary`: budgets of households."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec
from sqlalchemy import Connection

from backoffice.arguments import minor_units
from backoffice.budgets import list_budgets, month_now, recalculate, remove_rule, set_rule
from backoffice.commands.common import print_row, print_rows, with_server
from backoffice.errors import BadValue
from backoffice.feed.publishing import find
from backoffice.server import Server
from backoffice.shops import find_shop
from sync.protocol.terms import BudgetRecord, Quota


def run(options: argparse.Namespace) -> int:
    """Do what was asked of budgets."""
    work = {"set": _set, "add": _set, "remove": _remove, "list": _list, "recalculate": _recalculate}[
        options.what
    ]
    return with_server(options, lambda server: work(server, options))


async def _set(server: Server, options: argparse.Namespace) -> int:
    def change(connection: Connection) -> BudgetRecord:
        shop = find_shop(connection, options.shop).id
        before = find(connection, shop, "budget", options.code)
        known = msgspec.to_builtins(before) if before is not None else {"amount": 0, "balance": 0}
        month = month_now(connection, shop, server.now())
        values = known | _values(options) | {"customer": options.code, "month": month}
        budget = msgspec.convert(values, BudgetRecord)
        monthly = options.monthly if options.monthly is not None else budget.amount
        return set_rule(
            connection,
            shop,
            budget,
            monthly=monthly,
            carries_over=bool(options.carry_over),
            at=server.stamp(),
        )

    print_row(options, msgspec.to_builtins(await server.database.write(change)))
    return 0


def _values(options: argparse.Namespace) -> dict[str, Any]:
    values = {"basis": options.basis, "starts_on": options.from_, "ends_on": options.until}
    given: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    quotas = [Quota(family=family, quantity=limit) for family, limit in map(_pair, options.quota or [])]
    quotas += [
        Quota(family=family, amount=minor_units(limit))
        for family, limit in map(_pair, options.quota_amount or [])
    ]
    if quotas:
        given["quotas"] = msgspec.to_builtins(quotas)
    return given


def _pair(text: str) -> tuple[str, str]:
    family, equals, limit = text.partition("=")
    if not (family and equals and limit):
        raise BadValue(what="The quota", value=text, reason="FAMILY=LIMIT is wanted")
    return family, limit


async def _remove(server: Server, options: argparse.Namespace) -> int:
    def change(connection: Connection) -> None:
        shop = find_shop(connection, options.shop).id
        remove_rule(connection, shop, options.code, server.stamp())

    await server.database.write(change)
    print_row(options, {"customer": options.code, "removed": True})
    return 0


async def _recalculate(server: Server, options: argparse.Namespace) -> int:
    def change(connection: Connection) -> list[BudgetRecord]:
        shop = find_shop(connection, options.shop).id
        return recalculate(connection, shop, server.stamp(), options.code)

    records = await server.database.write(change)
    print_rows(
        options, [{"customer": one.customer, "amount": one.amount, "balance": one.balance} for one in records]
    )
    return 0


async def _list(server: Server, options: argparse.Namespace) -> int:
    def rows(connection: Connection) -> list[dict[str, Any]]:
        return list(list_budgets(connection, find_shop(connection, options.shop).id))

    print_rows(options, await server.database.read(rows))
    return 0
