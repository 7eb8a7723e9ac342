"""A device is tried out while the till sells: a drawer is opened as any drawer is, with a right and a reason.

What a scanner reads meanwhile is shown, and not sold.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from devices.counter import Counter
from devices.errors import DeviceDown
from devices.events import ScanLost, Scanned
from devices.scanners.trial import WITHIN, scan_once, scanner_of
from devices.scanners.wedge import Wedge, WedgeScanner
from devices.trial import FAILED, Tried, try_out
from sync.store import Store
from tui_pos.inputs import Input, OpenDrawer
from tui_pos.l10n import _, kilograms, n_
from tui_pos.scan_advice import ENDS
from tui_pos.scan_trial import Explained, explained, nothing_came

REASON = n_("a try of the drawer")
EMPTY = n_("only the end of a code came")
AS_KEYS = n_("It is a keyboard: try it on the screen of the devices, or with `tui-pos devices test`.")


async def try_device(
    counter: Counter,
    name: str,
    accept: Callable[[Input], Awaitable[object]],
    store: Store,
    within: float = WITHIN,
) -> tuple[bool, str]:
    """Whether a device works, and that in words. Takes up to 20 seconds; the sale goes on meanwhile.

    Args:
        accept: gives an input to the register.
        store: with the products that a scanner may read.
        within: seconds in which something has to be scanned, where it is a scanner.

    Raises:
        UnknownDevice: there is no device of this name.
        Refused: the drawer must not be opened.
    """
    (device,) = counter.list(name)
    if device.kind == "scanner":
        explained = await try_scanner(counter, name, store, within)
        return explained.works, explained.text
    tried = await try_out(counter, name, lambda: accept(OpenDrawer(_(REASON), name)))
    return tried.works, in_words(tried)


async def try_scanner(counter: Counter, name: str, store: Store, within: float = WITHIN) -> Explained:
    """What a scanner reads next, explained. One that is a keyboard types it where the till takes keys."""
    if isinstance(scanner_of(counter, name).device, WedgeScanner):
        return Explained(True, (_(AS_KEYS),))
    try:
        event = await scan_once(counter, name, within)
    except DeviceDown as error:
        return Explained(False, (_(FAILED).format(reason=_(error.reason)),))
    return await explained(event, store) if event else nothing_came(within)


async def typed_on(wedge: Wedge, typed: str, pause: float | None, store: Store) -> Explained:
    """What a scanner that is a keyboard typed, explained.

    Args:
        typed: with all that it puts around a code.
        pause: seconds between two of its keys.
    """
    code = wedge.code(typed.strip(ENDS))
    event = Scanned("", code, typed) if code.strip() else ScanLost("", EMPTY, typed)
    return await explained(event, store, pause=None if wedge.prefix else pause, patience=wedge.gap)


def in_words(tried: Tried) -> str:
    """What came of a try, in the till's language."""
    weight = "" if tried.weight is None else kilograms(tried.weight)
    return _(tried.text).format(weight=weight, reason=_(tried.reason))
