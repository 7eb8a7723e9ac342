"""What can go wrong with a device.

    DeviceError
    ├── UnknownDevice, BadSetting, NoJob what was asked makes no sense
    ├── BadAddress, BadDevice            nor can it be configured so
    ├── NoDevice                         the counter has none of that kind
    ├── DeviceDown                       nothing was done: it may be tried again
    │   ├── TransportError               its cable failed (`devices.transports`)
    │   ├── ToldEarlier                  it told first how an earlier payment ended
    │   ├── Garbled                      it says what cannot be read (`devices.scales`)
    │   └── NotReady                     it answers, but cannot work
    │       └── PaperOut, CoverOpen
    ├── PrintUnknown                     bytes have left, and nobody knows what is on paper
    │   └── PrintLate                    not yet: its confirmation may come late
    ├── ScanSpoiled                      what a scanner sent is no code
    ├── NoWeight
    │   └── Unstable, NothingOnScale
    ├── Declined                         the terminal refused: nothing was paid
    └── PaymentUnknown                   the end of a card payment is not known
        └── StillWorking                 not yet: it may be told later

Each carries a stable slug for programs and an English template for people, which is the message's key in the
catalogues of translations. No device error ever undoes a step of a sale.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar


def n_(message: str) -> str:
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


NO_ANSWER = n_("it does not answer")
PAPER_OUT = n_("paper is out")
COVER_OPEN = n_("the cover is open")
BUSY = n_("it is busy")
UNPLUGGED = n_("it is unplugged or switched off")
TOO_LATE = n_("it did not answer in time")
CONFIRMATION_LOST = n_("the confirmation of the last print was lost")


def worded(reason: str, values: Mapping[str, object]) -> str:
    """A reason with its values in it; one that is somebody else's words, braces and all, stays as it is."""
    try:
        return reason.format_map(values) if "{" in reason else reason
    except (KeyError, IndexError, ValueError, AttributeError):
        return reason


class DeviceError(Exception):
    """A device did not do what it was asked.

    Args:
        details: the values that the template names; `device` is its name on the counter, `reason` a short English
            phrase that is itself a key of the catalogues and may name values too.
    """

    slug: ClassVar[str] = "device_failed"
    template: ClassVar[str] = n_("Device “{device}” failed: {reason}. The sale is not touched.")
    reason: str = NO_ANSWER

    def __init__(self, **details: object) -> None:
        details.setdefault("reason", self.reason)
        self.reason = worded(str(details["reason"]), details)
        super().__init__(self.template.format(**{**details, "reason": self.reason}))
        self.details = details


class UnknownDevice(DeviceError):
    """No device of the counter has this name."""

    slug = "bad_request"
    template = n_("There is no device “{device}” here. Nothing changed: the list of devices has their names.")


class BadSetting(DeviceError):
    """A setting that the device does not have, or a value that it does not take."""

    slug = "bad_request"
    template = n_("Device “{device}” does not take {setting}={value}. Nothing changed: it takes {allowed}.")


class NoJob(DeviceError):
    """A print job that is not there, or is past what was asked of it."""

    slug = "bad_request"
    template = n_(
        "No print job of this name can be treated so. Nothing changed: `device` lists those that can."
    )


class BadAddress(DeviceError):
    """An address of a device that cannot be read."""

    slug = "bad_request"
    template = n_("“{address}” is not the address of a device: {reason}. Nothing changed: type it again.")

    def __init__(self, *, address: object = "", **details: object) -> None:
        super().__init__(address=address, **details)


class BadDevice(DeviceError):
    """A device that cannot be configured so, or not be given this."""

    slug = "bad_request"
    template = n_("Not possible with device “{device}”: {reason}. Nothing changed: mend that, and try again.")


class NoDevice(DeviceError):
    """The counter has no device of the kind that is needed."""

    template = n_("This till has no {kind}. The sale is not touched: add one with `tui-pos devices add`.")


class DeviceDown(DeviceError):
    """The device cannot work now, and has done nothing of what was asked."""

    template = n_(
        "Device “{device}” cannot be used: {reason}. The sale is not touched; check cable and power."
    )


class NotReady(DeviceDown):
    """The device answers, but something keeps it from working; `reason` says what."""

    template = n_("Device “{device}” is not ready: {reason}. What waits is kept, and is done once it is.")


class PaperOut(NotReady):
    """The printer has no paper; not a byte was sent."""

    template = n_(
        "Printer “{device}” is out of paper. What waits is kept, and prints by itself when paper is back."
    )
    reason = PAPER_OUT


class CoverOpen(NotReady):
    """The printer's cover is open; not a byte was sent."""

    template = n_(
        "The cover of printer “{device}” is open. What waits is kept, and prints by itself once it is shut."
    )
    reason = COVER_OPEN


class PrintUnknown(DeviceError):
    """Bytes have left, and the printer did not confirm them: printing again could print twice."""

    template = n_(
        "Printer “{device}” did not confirm. The sale is saved: look at the paper, reprint if it is missing."
    )
    reason = CONFIRMATION_LOST


class PrintLate(PrintUnknown):
    """The confirmation did not come in time, and may come still.

    Args:
        later: whether the job is on paper after all, once that is known; False: nobody will ever know.
    """

    def __init__(self, later: asyncio.Future[bool] | None = None, **details: object) -> None:
        super().__init__(**details)
        self.later = later


class ScanSpoiled(DeviceError):
    """What a scanner sent is no code."""

    template = n_("Scanner “{device}” sent no code: {reason}. Nothing was added: scan again.")


class NoWeight(DeviceError):
    """The scale gives no weight that may be sold by."""

    slug = "no_weight"
    template = n_("Scale “{device}” gives no weight. Nothing was added: weigh again, or type the weight.")
    reason = n_("it gives no weight")


class Unstable(NoWeight):
    """The load moves."""

    template = n_(
        "The load on scale “{device}” moves. Nothing was added: wait until it is still, and try again."
    )
    reason = n_("the load moves")


class NothingOnScale(NoWeight):
    """The scale is empty."""

    template = n_("Nothing is on scale “{device}”. Nothing was added: put the goods on it, and try again.")
    reason = n_("nothing is on it")


class Declined(DeviceError):
    """The terminal refused the payment: nothing was paid."""

    slug = "declined"
    template = n_(
        "The card payment was refused ({reason}). Nothing was paid: try again, or take another method."
    )
    reason = n_("refused by the bank")


class ToldEarlier(DeviceDown):
    """A terminal that was to be asked told first how an earlier payment ended, which the cashier has to know of.

    Of its details `earlier` is what the terminal has kept of that payment's reference, `amount` its minor units, and
    `made` whether it was made.
    """

    template = n_("“{device}” was not asked: {reason}. The sale is not touched.")


class PaymentUnknown(DeviceError):
    """The terminal was asked, and its answer never came: the money may have moved."""

    slug = "payment_unknown"
    template = n_(
        "Nobody knows if the card was charged. Nothing is sent again: read the terminal, then say paid or not."
    )
    reason = n_("the terminal's answer was lost")


class StillWorking(PaymentUnknown):
    """The terminal may still be at it: how the payment ended it may tell later."""

    reason = BUSY
