"""What goes for every test."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping

from hypothesis import settings

from tests.steady import SteadyLoop

# a slow moment of the machine is no fault of what is tested
settings.register_profile(
    "till",
    parent=settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    # nor is the die: a commit is tried with the same values everywhere, with others where TUI_POS_FUZZ is set
    derandomize="TUI_POS_FUZZ" not in os.environ,
    # nothing is kept from one run to the next: a checkout may be read-only
    database=None,
)
settings.load_profile("till")

# nor is a proxy on its way to the network: nothing here goes there
for _name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
    os.environ.pop(_name, None)
    os.environ.pop(_name.upper(), None)
# nor is the size of the terminal that they are started on
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)

# who starts the tests in the background has them ignore Ctrl+C, and with them all that they start
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_asyncio_loop_factories() -> Mapping[str, type[SteadyLoop]]:
    """Nor is a moment that it spends elsewhere, between two steps of a test."""
    return {"steady": SteadyLoop}
