"""The settings of a till in one file, for the next till of the shop: how it is set, its delays, its devices.

Who the till is stays out of it: no number, key, server, proxy or password. It is taken whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from devices.configuration import CounterConfig
from sync.addresses import PLACE, password_kept, without_password
from sync.errors import NotEnrolled
from sync.membership import Membership, keep_membership, membership_of
from sync.schedule import WHEN
from sync.store import Store, Transaction
from sync.timers import BOUNDS
from tui_pos.device_config import keep_devices, kept_devices
from tui_pos.errors import refuse, translated
from tui_pos.exchange_settings import checked
from tui_pos.l10n import n_
from tui_pos.register.jet import of_settings
from tui_pos.settings import SETTING, Settings, check, encode, read_settings

EXPORTS = (PLACE, WHEN)
LARGEST = 1_000_000
"""Bytes of a file that is worth reading."""


class SettingsFile(Struct, frozen=True, kw_only=True):
    """What the file holds; what a newer program wrote besides is passed over."""

    format: Literal["tui-pos settings"] = "tui-pos settings"
    version: Annotated[int, Meta(ge=1, le=1)] = 1
    till: Settings = field(default_factory=Settings)
    delays: dict[str, float] = field(default_factory=dict)
    """Seconds, by the names of `sync.timers`; only those that were set on the till itself."""
    exports: dict[str, str] = field(default_factory=dict)
    """Where the server's exports are and when to look, where that was set on the till itself; without a password."""
    devices: CounterConfig = field(default_factory=CounterConfig)


async def gathered(store: Store) -> SettingsFile:
    """What this till is set to."""
    membership = await _membership(store)
    own: Mapping[str, object] = membership.own if membership is not None else {}
    delays = {
        name: float(value) for name, value in own.items() if name in BOUNDS and isinstance(value, int | float)
    }
    exports = {name: without_password(str(own[name])) for name in EXPORTS if own.get(name)}
    return SettingsFile(
        till=await read_settings(store), delays=delays, exports=exports, devices=await kept_devices(store)
    )


def write(path: Path, settings: SettingsFile) -> None:
    """Write the file, for people to read too.

    Raises:
        Refused: `storage_failed`.
    """
    text = msgspec.json.format(msgspec.json.encode(settings), indent=2)
    try:
        path.write_bytes(text + b"\n")
    except OSError as error:
        raise refuse("storage_failed", _UNWRITTEN, path=path, error=error.strerror) from error


def read(path: Path) -> SettingsFile:
    """Read the file, and see that a till can be set to what it says.

    Raises:
        Refused: `storage_failed` when it cannot be read, `bad_request` for what a till cannot be set to.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST)
    except OSError as error:
        raise refuse("storage_failed", _UNREAD, path=path, error=error.strerror) from error
    try:
        found = msgspec.json.decode(content, type=SettingsFile)
        if "format" not in msgspec.json.decode(content):
            raise msgspec.ValidationError(_NO_FORMAT)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise refuse("bad_request", _UNKNOWN, path=path, error=error) from error
    check(found.till)
    for name, seconds in found.delays.items():
        least, most = BOUNDS.get(name, (0.0, 0.0))
        if name in BOUNDS and not least <= seconds <= most:
            raise refuse("bad_request", _DELAY, name=name, least=f"{least:g}", most=f"{most:g}")
    with translated():
        exports = {name: str(checked(name, found.exports[name])) for name in EXPORTS if name in found.exports}
    return replace(found, exports=exports, devices=_checked(found.devices))


def _checked(devices: CounterConfig) -> CounterConfig:
    """The devices, each of which a till can have; printers come before the drawers that are plugged into them."""
    with translated():
        ordered = sorted(devices.devices, key=lambda device: device.kind == "drawer")
        counter = reduce(CounterConfig.with_device, ordered, CounterConfig())
        for document, name in devices.documents.items():
            counter = counter.assigned(document, name)
    return counter


async def take_up(store: Store, settings: SettingsFile) -> tuple[str, ...]:
    """Set a till to what a file says: all of it in one step, which the journal tells.

    Returns:
        The settings that were left out: a till without a server has no delays, and no place of its exports.
    """
    membership = await _membership(store)
    delays = {name: seconds for name, seconds in settings.delays.items() if name in BOUNDS}
    async with store.transaction() as transaction:
        await transaction.put_setting(SETTING, encode(settings.till))
        await keep_devices(transaction, settings.devices)
        if membership is not None:
            own = {name: value for name, value in membership.own.items() if name not in BOUNDS}
            own |= delays | _exports(settings, str(own.get(PLACE, "")))
            await keep_membership(transaction, replace(membership, own=own))
        await note_change(transaction, "till", "devices", "delays", "exports")
    return () if membership is not None else (*delays, *settings.exports)


def _exports(settings: SettingsFile, place: str) -> dict[str, str]:
    """What the file says of the exports; the password of the place that the till has already is kept."""
    return {
        name: password_kept(value, place) if name == PLACE else value
        for name, value in settings.exports.items()
    }


async def note_change(transaction: Transaction, *names: str) -> None:
    """Tell the journal that settings were changed by command, where nobody is signed in."""
    body: dict[str, object] = {"code": "settings_changed", "user": None, "names": names}
    if (jet := of_settings(names)) is not None:
        body["jet"] = jet.value
    await transaction.append("event", body, at=datetime.now(UTC))


async def _membership(store: Store) -> Membership | None:
    try:
        return await membership_of(store)
    except NotEnrolled:
        return None


_UNWRITTEN = n_("The settings could not be written to {path}: {error}.")
_UNREAD = n_("{path} cannot be read: {error}. Nothing changed.")
_UNKNOWN = n_("{path} holds no settings of a till: {error}. Nothing changed.")
_NO_FORMAT = "it does not say that it is one"
_DELAY = n_("The delay {name} is from {least} to {most} s. Nothing changed.")
