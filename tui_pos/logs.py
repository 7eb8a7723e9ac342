"""The log file: beside the till's data, rotating, never on the screen."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

SIZE = 1_000_000
"""Bytes of one file."""
FILES = 5


def log_to(profile: Path) -> None:
    """Send what the program logs to `logs/till.log` of the profile, and nowhere else.

    A library that sets a handler of its own would write over the screen: the root's are replaced.
    """
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(_handler(profile / "logs"))
    root.setLevel(logging.INFO)
    # The driver tells of every statement, with its values: products in clear.
    for chatty in ("aiosqlite", "sqlalchemy", "asyncio", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False


def _handler(folder: Path) -> logging.Handler:
    """What writes there; a till that cannot write its log sells without one."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return logging.NullHandler()
    handler = logging.handlers.RotatingFileHandler(
        folder / "till.log", maxBytes=SIZE, backupCount=FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler
