"""`tui-pos fleet`: many tills against one server, and a comparison of what both sides hold in the end."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from tui_pos.errors import refuse
from tui_pos.fleet.fleet import Fleet, Phase, Summary
from tui_pos.fleet.orders import Orders, read_codes
from tui_pos.l10n import _, n_, plural
from tui_pos.logs import log_to

_PHASES = {
    Phase.OPENING: n_("opening"),
    Phase.SELLING: n_("selling"),
    Phase.DRAINING: n_("sending the rest"),
    Phase.COMPARING: n_("comparing"),
}
_BETWEEN = 10.0
"""Seconds between two lines of progress where nobody looks at a terminal."""


def run(options: argparse.Namespace) -> int:
    """Run the fleet; 1 when both sides do not hold the same in the end."""
    folder: Path = options.profile or _default_folder()
    orders = Orders(
        tills=options.tills,
        seconds=options.minutes * 60,
        server=options.server.rstrip("/"),
        folder=folder,
        codes=read_codes(options.codes),
        ca=_read(options.ca) if options.ca else None,
        every=options.every,
        plan=options.faults,
        seed=options.seed,
        user=options.user,
        pin=options.pin,
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log_to(folder)
    summary = asyncio.run(_run(Fleet(orders)))
    if options.json:
        print(msgspec.json.encode(summary).decode())
    else:
        _show(summary)
    return 1 if summary.differences else 0


def _default_folder() -> Path:
    from platformdirs import user_data_path  # noqa: PLC0415 - only where no folder was named

    return user_data_path("tui-pos", appauthor=False) / "fleet"


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, ValueError) as error:
        text = n_("{file} cannot be read: {error}. Nothing was changed.")
        raise refuse("bad_request", text, file=path, error=error) from error


async def _run(fleet: Fleet) -> Summary:
    telling = asyncio.create_task(_tell(fleet))
    try:
        return await fleet.run()
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await telling
        if sys.stderr.isatty():
            print(file=sys.stderr)


async def _tell(fleet: Fleet) -> None:
    """The progress on standard error: one line that changes, or a line now and then."""
    watched = sys.stderr.isatty()
    template = n_("{phase}: {done} of {tills} tills, {sold} tickets, {unsent} unsent, {errors} errors")
    while True:
        text = _(template).format(
            phase=_(_PHASES[fleet.phase]),
            done=fleet.done,
            tills=len(fleet.tills),
            sold=fleet.sold,
            unsent=fleet.unsent,
            errors=fleet.seen.errors.total(),
        )
        print(
            f"\r{text}\x1b[K" if watched else text, end="" if watched else "\n", file=sys.stderr, flush=True
        )
        await asyncio.sleep(1.0 if watched else _BETWEEN)


def _show(summary: Summary) -> None:
    tickets = _("{count}, {rate} a second").format(count=summary.tickets, rate=summary.tickets_a_second)
    rows = [
        (_("Tills"), str(summary.tills)),
        (_("Seed"), str(summary.seed)),
        (_("Tickets"), tickets),
        (_("Closed → stored"), _delays(summary)),
        (_("The fleet itself late by"), _own(summary)),
        (_("The rest was sent in"), f"{summary.drained_in} s"),
        (_("Errors seen"), _counts(summary.errors)),
        (_("Faults made"), _counts(summary.faults)),
        (_("Memory of the tills"), f"{summary.memory:.0f} MiB"),
    ]
    width = max(len(name) for name, _text in rows)
    for name, text in rows:
        print(f"{name:<{width}}  {text}")
    for text in summary.differences:
        print(text)
    count = len(summary.differences)
    print(plural("{count} difference", "{count} differences", count).format(count=count))


def _delays(summary: Summary) -> str:
    if summary.stored_p50 is None:
        return "-"
    return f"p50 {summary.stored_p50} ms, p95 {summary.stored_p95} ms"


def _own(summary: Summary) -> str:
    return "-" if summary.late_p95 is None else f"p95 {summary.late_p95} ms"


def _counts(kinds: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in kinds.items()) or "-"
