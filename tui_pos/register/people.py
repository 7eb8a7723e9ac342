"""Who works at the till: signing in and out, the lock of an idle till, and rights lent by a supervisor."""

from __future__ import annotations

import asyncio
import logging
import math
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.pins import check_pin
from sync.protocol import UserRecord
from sync.store import StoreError, Transaction
from tui_pos.errors import refuse
from tui_pos.events import UserChanged, UserLeaves
from tui_pos.inputs import Lock, SignIn, SignOut
from tui_pos.l10n import _, n_
from tui_pos.outcomes import Outcome
from tui_pos.register.desk import Desk, Leaving
from tui_pos.register.handlers import takes
from tui_pos.register.jet import Jet

TRIES = 5
REST = timedelta(seconds=60)
_FAILURES = "pin_failures"
_log = logging.getLogger(__name__)


class Failures(Struct, frozen=True):
    """Wrong PINs of one user in a row, and when the last was: it survives a restart, or a guesser would restart."""

    count: int = 0
    last: datetime | None = None


async def _failures(desk: Desk) -> dict[str, Failures]:
    kept = await desk.store.setting(_FAILURES)
    return msgspec.json.decode(kept, type=dict[str, Failures]) if kept else {}


async def _fail(desk: Desk, failures: dict[str, Failures], code: str) -> None:
    count = failures.get(code, Failures()).count + 1
    failures[code] = Failures(count, desk.now())
    async with desk.transaction() as transaction:
        await _keep(transaction, failures)
        if count >= TRIES:
            await desk.note(transaction, "locked_out", who=code, tries=count)


async def _keep(transaction: Transaction, failures: dict[str, Failures]) -> None:
    await transaction.put_setting(_FAILURES, msgspec.json.encode(failures))


async def _rest(desk: Desk, failures: dict[str, Failures], code: str) -> None:
    """Refuse while a user has to rest.

    A clock that was set back must not make the rest longer than it is: it begins again, once.
    """
    failed = failures.get(code, Failures())
    if failed.last is None or failed.count < TRIES:
        return
    if failed.last > desk.now():
        failed = failures[code] = Failures(failed.count, desk.now())
        async with desk.transaction() as transaction:
            await _keep(transaction, failures)
    left = (failed.last or desk.now()) + REST - desk.now()
    if left > timedelta():
        text = n_("Too many wrong PINs: wait {seconds} seconds. Everything is kept.")
        raise refuse("locked_out", text, seconds=math.ceil(left.total_seconds()))


async def identify(desk: Desk, code: str, pin: str) -> UserRecord:
    """The user with this code and PIN.

    Raises:
        Refused: `bad_pin`, the same for an unknown user; `locked_out` after five wrong ones, for a minute.
    """
    failures = await _failures(desk)
    await _rest(desk, failures, code)
    user = await desk.store.catalogue.user(code)
    # An unknown code takes as long as a wrong PIN, so that codes cannot be felt out.
    stored = user.pin_hash if user else _NOBODY
    if not await asyncio.to_thread(check_pin, pin, stored) or user is None:
        if user is not None:
            await _fail(desk, failures, code)
        raise refuse("bad_pin", n_("This code and PIN do not go together. Nothing changed: try again."))
    if failures.pop(code, None):
        async with desk.transaction() as transaction:
            await _keep(transaction, failures)
    return user


_NOBODY = "scrypt$8192$8$1$" + "00" * 16 + "$" + "00" * 32


@takes(SignIn, user=False, session=False, while_paying=True)
async def sign_in(desk: Desk, given: SignIn) -> Outcome:
    """Sign somebody in, in place of whoever was; the open ticket stays."""
    user = await identify(desk, given.user, given.pin)
    async with desk.transaction() as transaction:
        await desk.note(transaction, "sign_in", Jet.SIGN_IN, user=user.code)
    desk.sit(user)
    desk.locked = False
    desk.tell(UserChanged(user.name))
    return Outcome()


@takes(SignOut, session=False, while_paying=True)
async def sign_out(desk: Desk, given: SignOut) -> Outcome:  # noqa: ARG001 - the input has no values
    """The user leaves; ticket and session stay for the next one."""
    async with desk.transaction() as transaction:
        await desk.note(transaction, "sign_out")
    desk.sit(None)
    desk.tell(UserChanged(None))
    return Outcome()


async def read_user(desk: Desk) -> None:
    """Take what the server says by now of whoever is signed in: their rights are those from here on.

    Who is not to work here any more, or has another PIN, is signed out, but not in the middle of a ticket.
    """
    user = desk.user
    if user is None or not desk.of_server:
        # whoever gives a till that sold alone its server is none of its users, and not sent away by the first load
        return
    now = await desk.store.catalogue.user(user.code)
    leaving = None
    if now is None:
        now, leaving = user, Leaving.REMOVED
    elif now.pin_hash != user.pin_hash:
        # what was entered is remembered: should it be the PIN again, nobody has to leave
        now, leaving = replace(now, pin_hash=user.pin_hash), Leaving.PIN
    told, name = desk.leaving, user.name
    desk.sit(now, leaving)
    if now.name != name:
        desk.tell(UserChanged(now.name, locked=desk.locked))
    await leave_when_free(desk)
    if desk.leaving not in (None, told):
        desk.tell(UserLeaves(_(_LEAVES[desk.leaving]).format(name=now.name)))


async def leave_when_free(desk: Desk) -> None:
    """Sign out who is to leave, once no ticket is open and no card payment under way; a locked till does not wait."""
    user, leaving = desk.user, desk.leaving
    busy = desk.ticket is not None or desk.attempt is not None
    if user is None or leaving is None or (busy and not desk.locked):
        return
    try:
        async with desk.transaction() as transaction:
            await desk.note(transaction, "sign_out", because=leaving.value)
    except StoreError as error:
        _log.error("that %s was signed out was not traced: %s", user.code, error)
    desk.sit(None, left=_(_LEFT[leaving]).format(name=user.name))
    desk.locked = False
    desk.tell(UserChanged(None))


_LEAVES = {
    Leaving.REMOVED: n_(
        "{name} no longer works here, says the server: finish or hold this ticket, then somebody else signs in."
    ),
    Leaving.PIN: n_(
        "The PIN of {name} was changed: finish or hold this ticket, then sign in with the new one."
    ),
}
_LEFT = {
    Leaving.REMOVED: n_(
        "{name} no longer works here, says the server: somebody else signs in. Everything is kept."
    ),
    Leaving.PIN: n_("The PIN of {name} was changed: sign in with the new one. Everything is kept."),
}


@takes(Lock, session=False, while_paying=True)
async def lock(desk: Desk, given: Lock) -> Outcome:  # noqa: ARG001 - the input has no values
    """The till is idle: hide it until a PIN is given."""
    async with desk.transaction() as transaction:
        await desk.note(transaction, "lock")
    desk.locked = True
    desk.tell(UserChanged(desk.user.name if desk.user else None, locked=True))
    return Outcome()
