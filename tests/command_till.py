"""A till as its commands have it, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.json_lines import Process
from tests.server_process import ROOT, ServerProcess
from tests.waiting import PATIENCE


class CommandTill:
    """A till as its commands have it."""

    def __init__(self, profile: Path) -> None:
        self.profile = profile

    def run(self, *arguments: str, status: int = 0) -> str:
        """One command; gives what it says on both outputs."""
        done = subprocess.run(
            [sys.executable, "-m", "tui_pos", *arguments, "--profile", str(self.profile), "--lang", "en"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def price(self, code: str) -> int:
        """What a product costs here, in minor units."""
        with Process(self.profile, demo=False) as till:
            till.ok("sign_in", user="1", pin="1111")
            found = till.ok("search", text=code)["found"]
        return int(found[0]["unit_price"])


def enrolled(server: ServerProcess, folder: Path, name: str = "Caisse 1") -> CommandTill:
    """A till of a server that serves, with its data."""
    made = CommandTill(folder / "till")
    config = str(folder / "till.json")
    server.run("till", "add", "--name", name, "--url", server.url, "--config", config)
    made.run("setup", "--config", config)
    made.run("load", "full")
    return made
