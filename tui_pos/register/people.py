"""Who works at the till: signing in and out, the lock of an idle till, and rights lent by a supervisor."""

from __future__ import annotations

import asyncio
import math
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from sync.pins import check_pin
from sync.protocol import UserRecord
from sync.store import Transaction
from tui_pos.errors import refuse
from tui_pos.events import UserChanged
from tui_pos.inputs import Lock, SignIn, SignOut
from tui_pos.l10n import n_
from tui_pos.outcomes import Outcome
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.jet import Jet

TRIES = 5
REST = timedelta(seconds=60)
_FAILURES = "pin_failures"


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


@takes(Lock, session=False, while_paying=True)
async def lock(desk: Desk, given: Lock) -> Outcome:  # noqa: ARG001 - the input has no values
    """The till is idle: hide it until a PIN is given."""
    async with desk.transaction() as transaction:
        await desk.note(transaction, "lock")
    desk.locked = True
    desk.tell(UserChanged(desk.user.name if desk.user else None, locked=True))
    return Outcome()
