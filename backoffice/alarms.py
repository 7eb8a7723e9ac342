"""Alarms: what somebody has to look at."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from backoffice import schema


def raise_alarm(connection: Connection, shop: int, till: int | None, kind: str, text: str, at: str) -> None:
    """Write down what somebody has to look at.

    Args:
        kind: `conflict`, `quarantine`, `closing`, `budget`, `clone`, `restored` or `clock`.
        text: for a person.
    """
    values = {"shop": shop, "till": till, "kind": kind, "text": text[:1000].replace("\0", "�"), "at": at}
    connection.execute(insert(schema.alarm).values(values))


def plain_amount(amount: int) -> str:
    """An amount of minor units as an alarm writes it, whoever will read it in whatever language."""
    units, cents = divmod(abs(amount), 100)
    return f"{'-' * (amount < 0)}{units}.{cents:02d}"
