"""Refusals: what the register answers when it does not do what it was given.

    Refused                 a slug for programs, a translated message for people
    └── RightNeeded         a supervisor may lend the right that is missing

The rules, the store and the devices have exception trees of their own; each of their errors carries a slug and an
English template, and becomes a `Refused` in one place: `translated`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from devices.errors import DeviceError, worded
from tui_pos.l10n import _, amount, day, in_language, n_
from tui_pos.rights import LABELS, Right
from tui_pos.sale.errors import Amount, SaleError

if TYPE_CHECKING:
    from sync.errors import SyncError
    from sync.store.errors import StoreError


class Refused(Exception):
    """The input was not taken. Nothing has changed but what the message says."""

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(message)
        self.slug = slug
        self.message = message


class RightNeeded(Refused):
    """The user may not do it; somebody who may can lend the right by code and PIN.

    Args:
        because: what the rules say against it, where that tells more than the name of the right.
    """

    def __init__(self, right: Right, because: SaleError | None = None) -> None:
        if because is not None:
            super().__init__(because.slug, _in_words(because.template, because.details))
        else:
            message = _(
                "This needs the right to {right}. Nothing changed: a supervisor can allow it by code and PIN."
            )
            super().__init__("right_needed", message.format(right=_(LABELS[right])))
        self.right = right


def refuse(slug: str, template: str, **details: object) -> Refused:
    """A refusal of the register's own, in the language of the till; `error`: what the system says."""
    if isinstance(error := details.get("error"), str):
        details["error"] = _(error)
    return Refused(slug, _(template).format(**details))


def in_words(error: SaleError | StoreError | DeviceError | SyncError) -> str:
    """What an error of a package says, in the language of the till."""
    details = error.details
    if isinstance(reason := details.get("reason"), str) and not isinstance(error, SaleError | DeviceError):
        # of the rules and the devices a reason is a key as it stands, and never words of a server
        details = {**details, "reason": _recognised(reason)}
    return _in_words(error.template, details)


def _in_words(template: str, details: Mapping[str, object]) -> str:
    """A message with its values in the language of the till; a reason is itself a key of the catalogues."""
    words = {name: _in_word(value) for name, value in details.items()}
    reason = details.get("reason")
    if isinstance(reason, str):
        told = in_language(reason) if hasattr(reason, "template") else worded(_(reason), words)
        # a server's cause is a sentence of its own; where it stands within one, that has its stop
        words["reason"] = told if template.endswith("{reason}") else told.removesuffix(".")
    return _(template).format(**words)


def said(reason: str) -> str:
    """A cause in the language of the till, with its values where it holds some (`sync.errors.Reason`)."""
    return in_language(_recognised(reason))


def _recognised(reason: str) -> str:
    """A cause with its values, also where it was kept or told as English words."""
    if hasattr(reason, "template"):
        return reason
    from sync.protocol.reasons import recognised  # noqa: PLC0415 - the screen's first frame has no causes

    return recognised(reason)


def _in_word(value: object) -> object:
    if isinstance(value, Amount):
        return amount(value)
    return day(value) if isinstance(value, date) else value


@contextmanager
def translated() -> Iterator[None]:
    """The one boundary where errors of the rules, the store, the devices and the engine become refusals."""
    # The screen's first frame needs refusals, and no database: whoever comes here has loaded the store already.
    from sync.errors import SyncError  # noqa: PLC0415
    from sync.store.errors import StoreError  # noqa: PLC0415

    try:
        yield
    except (SaleError, StoreError, DeviceError, SyncError) as error:
        raise Refused(error.slug, in_words(error)) from error


NOT_SIGNED_IN = ("not_signed_in", n_("Nobody is signed in: sign in first."))
NO_SESSION = ("no_session", n_("No cash session is open: open one with its float first."))
