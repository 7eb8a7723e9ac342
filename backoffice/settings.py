"""What tills are told to work with, beside their own settings."""

from __future__ import annotations

from sqlalchemy import Connection

from backoffice.feed.publishing import find_all

DEFAULTS = {"ticket_interval": 10, "service_timeout": 60, "ping_timeout": 2, "retry_cooldown": 300}
"""Seconds: between two tries to send; the longest wait for an answer; the same for ping; the rest of messages and
offers after a failure."""


def till_settings(connection: Connection, shop: int) -> dict[str, object]:
    """The settings of a shop's tills: the defaults, and what the shop has set instead."""
    settings: dict[str, object] = dict(DEFAULTS)
    for record in find_all(connection, shop, "setting"):
        settings[record.code] = int(record.value) if record.value.isdecimal() else record.value
    return settings
