"""A device is tried out while the till sells: a drawer is opened as any drawer is, with a right and a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from devices.counter import Counter
from devices.trial import Tried, try_out
from tui_pos.inputs import Input, OpenDrawer
from tui_pos.l10n import _, n_

REASON = n_("a try of the drawer")


async def try_device(
    counter: Counter, name: str, accept: Callable[[Input], Awaitable[object]]
) -> tuple[bool, str]:
    """Whether a device works, and that in words. Takes up to 20 seconds; the sale goes on meanwhile.

    Args:
        accept: gives an input to the register.

    Raises:
        UnknownDevice: there is no device of this name.
        Refused: the drawer must not be opened.
    """
    tried = await try_out(counter, name, lambda: accept(OpenDrawer(_(REASON), name)))
    return tried.works, in_words(tried)


def in_words(tried: Tried) -> str:
    """What came of a try, in the till's language."""
    return _(tried.text).format(weight=tried.weight, reason=_(tried.reason))
