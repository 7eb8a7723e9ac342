"""`tui-pos sync` as a service: it exchanges while no till is open, and gives way to one that is opened."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.command_till import CommandTill, enrolled
from tests.json_lines import Process
from tests.server_process import ROOT, ServerProcess
from tests.waiting import PATIENCE, until
from tui_pos.profile import SERVING

UNIT = ROOT / "deploy" / "tui-pos-sync.service"
PRODUCT = "9520340700008"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a till's user, as the unit says how to make it."""
    programs = tmp_path / "home" / ".local" / "bin"
    programs.mkdir(parents=True)
    (programs / "tui-pos").symlink_to(ROOT / ".venv" / "bin" / "tui-pos")
    return tmp_path / "home"


def unit() -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    return parser


def command(home: Path) -> list[str]:
    """What the unit runs for the user of this home."""
    return shlex.split(unit()["Service"]["ExecStart"].replace("%h", str(home)))


@pytest.fixture
def till(server: ServerProcess, home: Path) -> CommandTill:
    """A till where the unit looks for it."""
    folder = home / ".local" / "share" / "tui-pos"
    folder.mkdir(parents=True)
    return enrolled(server, folder)


@pytest.fixture
def service(till: CommandTill, home: Path) -> Iterator[subprocess.Popen[str]]:
    """The service, as systemd starts it; it exchanges."""
    with subprocess.Popen(
        command(home),
        env={**os.environ, "HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        until((till.profile / SERVING).exists)
        yield process
        process.kill()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_the_unit(home: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(UNIT)],
        env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_runs_the_exchange_of_a_profile_and_is_not_started_again_when_it_was_ended(
    service: subprocess.Popen[str], home: Path
) -> None:
    words = command(home)
    assert words[1:4] == ["sync", "--wait", "--profile"]
    assert unit()["Service"]["Restart"] == "on-failure"
    assert str(Path(words[4]).parent) == unit()["Service"]["ReadWritePaths"].replace("%h", str(home))

    service.send_signal(signal.SIGTERM)
    _, errors = service.communicate(timeout=PATIENCE)

    assert (service.returncode, errors) == (0, "")


def test_a_till_that_is_opened_has_the_profile_and_what_was_unsent_goes_up_either_way(
    server: ServerProcess, till: CommandTill, service: subprocess.Popen[str]
) -> None:
    with Process(till.profile, demo=False) as opened:
        opened.ok("sign_in", user="1", pin="1111")
        assert service.poll() is None
        assert not (till.profile / SERVING).exists()
        refused = till.run("sync", status=1)
        assert "already in use by another process" in refused
        opened.ok("open_session", float=0)
        opened.ok("link", up=False)
        opened.ok("scan", code=PRODUCT)
        assert opened.ok("tender", method="CASH")["state"]["unsent"] > 0
        opened.end()

    # the service takes the profile again
    until((till.profile / SERVING).exists)
    until(lambda: server.books()[0]["tickets"] == 1)
