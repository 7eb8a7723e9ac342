"""What the commands share: a server opened and closed around one piece of work, and how results are printed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from backoffice.field_names import field_word
from backoffice.server import Server, open_server
from backoffice.wording import printable
from tui_pos.l10n import _

T = TypeVar("T")


def with_server(options: argparse.Namespace, work: Callable[[Server], Awaitable[T]]) -> T:
    """Open the server that `--db` names, do one piece of work, and close it."""

    async def run() -> T:
        server = await open_server(options.db)
        try:
            return await work(server)
        finally:
            await server.close()

    return asyncio.run(run())


def say(doubts: Iterable[str]) -> None:
    """What was taken and may not be what was meant: beside the result, on standard error."""
    for doubt in doubts:
        print(f"tui-pos-server: {doubt}", file=sys.stderr)


def print_json(value: Any) -> None:
    """One JSON value on one line."""
    print(msgspec.json.encode(value).decode(), flush=True)


def print_rows(options: argparse.Namespace, rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows: as one JSON list with `--json`, else as lines of columns."""
    rows = list(rows)
    if options.json:
        print_json(rows)
        return
    for row in rows:
        print(_in_columns(row))


def print_row(options: argparse.Namespace, row: Mapping[str, Any]) -> None:
    """One result: as a JSON object with `--json`, else a line for each field, and for each record in one."""
    if options.json:
        print_json(row)
        return
    for name, value in row.items():
        records = isinstance(value, list) and [one for one in value if isinstance(one, dict)]
        shown = "" if records else _shown(value)
        print(_("{field}: {value}").format(field=field_word(name), value=shown).rstrip())
        for record in records or ():
            print(f"  {_in_columns(record)}")


def _in_columns(row: Mapping[str, Any]) -> str:
    return "  ".join(f"{field_word(name)} {_shown(value)}" for name, value in row.items())


def _shown(value: Any) -> str:
    match value:
        case None | "" | () | []:
            return "-"
        case tuple() | list():
            return ", ".join(map(_shown_in_list, value))
        case dict():
            return ", ".join(f"{name}={_shown(one)}" for name, one in value.items()) or "-"
        case bool():
            return _("yes") if value else _("no")
    return printable(str(value))


def _shown_in_list(value: Any) -> str:
    """A record in a list names its fields; a mapping by itself is one of codes, which are nobody's words."""
    if isinstance(value, dict):
        return _shown({field_word(name): one for name, one in value.items()})
    return _shown(value)
