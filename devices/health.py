"""How a device is doing, as the screens and `status` show it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from devices.errors import n_


class State(StrEnum):
    """What can be expected of a device. Its values are keys of the catalogues."""

    ONLINE = n_("online")
    DEGRADED = n_("degraded")
    """It answers, but cannot do its work or is not to be trusted: paper out, cover open, a print unconfirmed."""
    OFFLINE = n_("offline")
    UNKNOWN = n_("unknown")
    """Nobody has spoken to it yet."""


class Health(Struct, frozen=True):
    """The health of one device."""

    state: State = State.UNKNOWN
    reason: str = ""
    """A short English phrase, which is a key of the catalogues; empty when all is well."""
    since: datetime | None = None
    """When this state began, UTC."""
    last_success: datetime | None = None
    """When it last answered as it should, UTC."""


class DeviceView(Struct, frozen=True):
    """A device of the counter and its health, flat as the contract shows it."""

    name: str
    kind: str
    driver: str
    health: State
    reason: str
    queue: int
    since: datetime | None
    last_success: datetime | None
    output: Mapping[str, Any] | None = None
    """What a virtual one has put out, as plain data."""
