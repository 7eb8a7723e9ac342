"""Tills for a bench: enrolled with a server that is thrown away, and run by their own commands."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from sync.enrol import enrol, invitation_of
from sync.http import HttpTransport
from sync.ports import Ports
from sync.protocol.configuration import read_configuration
from sync.store import KeySource
from tests.bench.serving import add_till
from tests.bench.terminal import ROOT
from tui_pos.exchange import program

TILL = [sys.executable, "-m", "tui_pos"]


def make_till(database: str, profile: Path, url: str) -> None:
    """A till in a folder of its own, enrolled through this address; it has no data yet."""
    profile.mkdir(parents=True)
    config = profile / "till.config"
    add_till(database, profile.name, url, config)
    asyncio.run(_enrol(profile, config.read_bytes()))


async def _enrol(profile: Path, config: bytes) -> None:
    invitation = invitation_of(read_configuration(config))
    transport = HttpTransport(invitation.url)
    try:
        # its key in a file: a bench leaves nothing in anybody's keyring
        await enrol(profile, invitation, Ports(transport), program(), key_source=KeySource.FILE)
    finally:
        await transport.close()


class Took(NamedTuple):
    """What a command took."""

    seconds: float
    processor: float
    """Seconds of the processors, its own."""
    memory: float
    """MiB at its peak."""
    said: str


def took(command: list[str], given: bytes = b"") -> Took:
    """Run a command to its end; it has to succeed."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(given)
    process.stdin.close()
    said = process.stdout.read().decode()
    # rather than `wait`: it tells what this one child took
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    processor = usage.ru_utime + usage.ru_stime
    return Took(time.perf_counter() - began, processor, usage.ru_maxrss / 1024, said)
