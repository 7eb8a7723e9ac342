"""`tui-pos doctor`: checks everything a till stands on, and says how to mend what is wrong."""

from __future__ import annotations

import argparse
import asyncio

import msgspec

from tui_pos.doctor import examine
from tui_pos.l10n import _
from tui_pos.profile import default_profile


def run(options: argparse.Namespace) -> int:
    """Print each check; exit status 1 when one fails."""
    checks = asyncio.run(examine(options.profile or default_profile()))
    if options.json:
        print(msgspec.json.encode(checks).decode())
    else:
        for check in checks:
            verdict = _("ok") if check.ok else _("FAILS")
            print(f"{verdict:<7} {_(check.name):<22} {check.seen}")
            if check.mend:
                print(f"{'':<7} {'':<22} {check.mend}")
    return 0 if all(check.ok for check in checks) else 1
