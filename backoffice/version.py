"""The program's version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def _installed() -> str:
    try:
        return version("tui-pos")
    except PackageNotFoundError:
        return "0"


VERSION = _installed()
