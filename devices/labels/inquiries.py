"""How the printers of each language are asked how they are."""

from __future__ import annotations

from devices.labels import epl_status, zpl_status

INQUIRIES = {"zpl": zpl_status.INQUIRY, "epl": epl_status.INQUIRY}
