"""`tui-pos status`: where the till stands, also while it runs."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

import msgspec

from tui_pos.l10n import _
from tui_pos.profile import default_profile
from tui_pos.status import read_status


def run(options: argparse.Namespace) -> int:
    """Print the status, as JSON or as lines."""
    found = asyncio.run(read_status(options.profile or default_profile()))
    if options.json:
        print(msgspec.json.encode(found).decode())
        return 0
    for name, value in _lines(found):
        print(f"{name:<18} {value}")
    return 0


def _lines(found: dict[str, Any]) -> list[tuple[str, object]]:
    session = found["session"]
    return [
        (_("Shop"), found["shop"]),
        (_("Till"), found["till"]),
        (_("Session"), f"{session['id']} ({session['opened_at']})" if session else "-"),
        (_("Open ticket"), _("yes") if found["ticket"] else _("no")),
        (_("Held tickets"), found["held"]),
        (_("Journal"), f"{found['journal']['seq']} {found['journal']['hash'][:16]}"),
        (_("Unsent"), found["unsent"]),
        (_("Products"), found["feed"]["products"]),
        (_("Customers"), found["feed"]["customers"]),
        (_("Refused by the server"), found["refused"]),
        (_("Server"), found["server"] or "-"),
        (_("Link"), _(found["link"])),
        (_("Encryption key"), found["key_source"]),
        (_("Version"), found["versions"]["tui_pos"]),
    ]
