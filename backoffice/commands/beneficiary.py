"""`tui-pos-server beneficiary`: budgets of households."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from backoffice.budgets import (
    Rule,
    begin_month,
    list_budgets,
    month_now,
    recalculate,
    remove_rule,
    rule_of,
    set_rule,
)
from backoffice.commands.common import print_row, print_rows, say, with_server
from backoffice.doubts import doubts
from backoffice.errors import BadValue
from backoffice.feed.publishing import find
from backoffice.record_options import amount_of, quantity_of
from backoffice.server import Server
from backoffice.shops import find_shop
from sync.protocol import stamp
from sync.protocol.terms import BudgetRecord, Quota
from tui_pos.l10n import n_

_CLEARED = ("quotas", "starts_on", "ends_on")


def run(options: argparse.Namespace) -> int:
    """Do what was asked of budgets."""
    work = {"set": _set, "add": _set, "remove": _remove, "list": _list, "recalculate": _recalculate}[
        options.what
    ]
    return with_server(options, lambda server: work(server, options))


async def _set(server: Server, options: argparse.Namespace) -> int:
    def change(connection: Connection) -> tuple[BudgetRecord, list[str]]:
        shop = find_shop(connection, options.shop).id
        budget = set_budget(connection, shop, options, server.now(), options.clear)
        return budget, doubts(connection, shop, budget)

    budget, doubtful = await server.database.write(change)
    print_row(options, msgspec.to_builtins(budget))
    say(doubtful)
    return 0


def set_budget(
    connection: Connection,
    shop: int,
    options: argparse.Namespace,
    now: datetime,
    clear: Sequence[str] = (),
) -> BudgetRecord:
    """Give a customer a budget, or change what is named of it and of its rule.

    Args:
        clear: what is taken away: its quotas, or an end of its access period.

    Raises:
        Unknown: there is no such customer.
        BadValue: a quota is none, the access ends before it begins, or a field cannot be taken away.
    """
    month = _begun(connection, shop, now, options.code)
    before = find(connection, shop, "budget", options.code)
    known = msgspec.to_builtins(before) if before is not None else {"amount": 0, "balance": 0}
    for name in clear:
        if name not in _CLEARED:
            reason = n_("there is none, or it cannot be cleared")
            raise BadValue(what=n_("The field"), value=name, reason=reason)
        known.pop(name, None)
    values = known | _values(options) | {"customer": options.code, "month": month}
    budget = msgspec.convert(values, BudgetRecord)
    _check_period(budget)
    rule = rule_of(connection, shop, options.code) or Rule(0)
    carry = rule.carries_over if options.carry_over is None else options.carry_over
    return set_rule(
        connection,
        shop,
        budget,
        monthly=rule.monthly if options.monthly is None else options.monthly,
        carries_over=carry,
        at=stamp(now),
    )


def _begun(connection: Connection, shop: int, now: datetime, customer: str | None) -> str:
    """The present month, which budgets are of from now on: no server may have been serving when it began."""
    month = month_now(connection, shop, now)
    begin_month(connection, shop, month, stamp(now), customer)
    return month


def _check_period(budget: BudgetRecord) -> None:
    if budget.starts_on and budget.ends_on and budget.ends_on < budget.starts_on:
        raise BadValue(what=n_("The end"), value=budget.ends_on, reason=n_("it is before the start"))


def _values(options: argparse.Namespace) -> dict[str, Any]:
    values = {"basis": options.basis, "starts_on": options.from_, "ends_on": options.until}
    given: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    quotas = [
        Quota(family=family, quantity=quantity_of(limit)) for family, limit in map(_pair, options.quota or [])
    ]
    quotas += [
        Quota(family=family, amount=amount_of(limit))
        for family, limit in map(_pair, options.quota_amount or [])
    ]
    if quotas:
        given["quotas"] = msgspec.to_builtins(quotas)
    return given


def _pair(text: str) -> tuple[str, str]:
    family, equals, limit = text.partition("=")
    if not (family and equals and limit):
        raise BadValue(what=n_("The quota"), value=text, reason=n_("CODE=LIMIT is wanted"))
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
        _begun(connection, shop, server.now(), options.code)
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
