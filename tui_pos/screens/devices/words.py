"""The names of kinds, documents and states as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.l10n import _, n_

if TYPE_CHECKING:
    from devices.health import DeviceView
    from devices.jobs import Job

KINDS = {
    "printer": n_("printer"),
    "drawer": n_("drawer"),
    "display": n_("display"),
    "terminal": n_("card terminal"),
    "scale": n_("scale"),
    "scanner": n_("scanner"),
    "label": n_("label printer"),
}
DOCUMENTS = {
    "receipt": n_("receipt"),
    "duplicate": n_("duplicate"),
    "report": n_("report"),
    "kitchen": n_("kitchen ticket"),
    "label": n_("label"),
}


def kind(device: DeviceView) -> str:
    """What a device is."""
    return _(KINDS[device.kind])


def health(device: DeviceView) -> str:
    """How a device is, in one word."""
    return _(str(device.health))


def document(job: Job) -> str:
    """What a print is."""
    return _(DOCUMENTS.get(job.document, job.document))
