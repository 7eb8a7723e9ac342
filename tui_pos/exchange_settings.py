"""What a till may set of its exchange with the server: delays, and where the server's exports are and when to look.

They are the engine's, kept with the membership; what is set on the till counts more than what the server says.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from sync.addresses import PLACE, check_place, password_kept, without_password
from sync.membership import Membership
from sync.protocol.terms import SettingRecord
from sync.schedule import WHEN, read_schedule
from sync.store import Store
from sync.timers import BOUNDS, timers
from tui_pos.errors import refuse
from tui_pos.l10n import _, n_

DELAYS = ("ticket_interval", "service_timeout", "ping_timeout", "retry_cooldown")
NAMES = (*DELAYS, PLACE, WHEN)
"""What can be set by name."""
DEFAULT = "default"
"""The value that takes back what was set on the till."""
NEVER = n_("never")
"""The value of a schedule that is none; it may be typed in the till's language too."""


def checked(name: str, typed: str, before: str = "") -> str | float:
    """A value as it is typed, as the engine keeps it.

    Args:
        before: of a place: the one that is in use; its password stays where nothing else of it is changed.

    Raises:
        Refused: it is no such delay.
        BadPlace, BadSchedule: it is no place, or no time.
    """
    if name == PLACE:
        return check_place(password_kept(typed.strip(), before))
    if name == WHEN:
        never = typed.strip().casefold() == _(NEVER).casefold()
        return str(read_schedule("" if never else typed) or NEVER)
    least, most = BOUNDS[name]
    try:
        seconds = float(typed.replace(",", "."))
    except ValueError:
        seconds = -1.0
    if not least <= seconds <= most:
        raise refuse("bad_request", _DELAY, least=f"{least:g}", most=f"{most:g}")
    return seconds


def changed(membership: Membership, name: str, typed: str) -> Membership:
    """The membership with one setting made on the till, or taken back.

    Raises:
        Refused, SyncError: see `checked`.
    """
    if typed.strip() == DEFAULT:
        return replace(membership, own={key: own for key, own in membership.own.items() if key != name})
    value = checked(name, typed, str(membership.own.get(name, "")))
    return replace(membership, own={**membership.own, name: value})


async def spelled(store: Store, membership: Membership) -> dict[str, str]:
    """Every one of them by its name, as it is in use; no password is among them."""
    kept = await store.feed.records("setting")
    records = [msgspec.json.decode(record, type=SettingRecord) for record in kept]
    given = (membership.given, {record.code: record.value for record in records}, membership.own)
    delays = timers(*given)
    found = {name: f"{getattr(delays, name):g}" for name in DELAYS}
    for name in (PLACE, WHEN):
        found[name] = next((str(values[name]) for values in reversed(given) if values.get(name)), "")
    return found | {PLACE: without_password(found[PLACE])}


_DELAY = n_("A delay is a number of seconds from {least} to {most}. Nothing changed.")
