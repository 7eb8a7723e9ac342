"""Files that take bytes, and the system's print queues."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from devices.transports import TransportError, open_transport


async def test_a_plain_file_is_made_for_its_owner_alone_and_appended_to(tmp_path: Path) -> None:
    line = open_transport(f"file:{tmp_path}/paper.bin", "printer")
    await line.open()
    assert not line.answers
    await line.write(b"one")
    await line.close()
    await line.open()
    await line.write(b"two")

    with pytest.raises(TransportError, match="only be written"):
        await line.read()
    await line.close()
    assert (tmp_path / "paper.bin").read_bytes() == b"onetwo"
    assert stat.S_IMODE((tmp_path / "paper.bin").stat().st_mode) == 0o600


async def test_a_pipe_that_nobody_reads_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    line = open_transport(f"file:{tmp_path}/pipe", "printer")

    with pytest.raises(TransportError) as raised:
        await line.open()

    assert raised.value.untouched


PRINT_SERVICE = """#!/bin/sh
echo "$(basename $0) $*" >> {folder}/asked
[ -e {folder}/broken ] && exit 1
[ $(basename $0) = lp ] && cat >> {folder}/printed
echo "Ticket accepting requests since today"
"""


@pytest.fixture
def print_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A print service that writes down what it is asked."""
    for name in ("lp", "lpstat"):
        command = tmp_path / name
        command.write_text(PRINT_SERVICE.format(folder=tmp_path))
        command.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


async def test_a_print_queue_takes_each_write_as_a_raw_job(print_service: Path) -> None:
    line = open_transport("cups:Ticket", "printer")
    await line.open()
    await line.write(b"\x1b@one")

    assert (print_service / "printed").read_bytes() == b"\x1b@one"
    assert (print_service / "asked").read_text().splitlines() == [
        "lpstat -a Ticket",
        "lp -s -d Ticket -o raw -",
    ]
    with pytest.raises(TransportError):
        await line.read()
    await line.close()


async def test_a_job_that_the_print_service_refuses_has_not_left(print_service: Path) -> None:
    line = open_transport("cups:Ticket", "printer")
    await line.open()
    (print_service / "broken").touch()

    with pytest.raises(TransportError) as raised:
        await line.write(b"one")

    assert raised.value.untouched
    with pytest.raises(TransportError, match="not there"):
        await line.open()


async def test_a_machine_without_a_print_service_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    line = open_transport("cups:Ticket", "printer")

    with pytest.raises(TransportError, match="no print service"):
        await line.open()


async def test_a_service_without_lpstat_prints_all_the_same(
    print_service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = print_service / "only"
    folder.mkdir()
    (print_service / "lp").rename(folder / "lp")
    monkeypatch.setenv("PATH", str(folder))
    (folder / "lp").write_text(f"#!/bin/sh\n/bin/cat >> {print_service}/printed\n")
    line = open_transport("cups:Ticket", "printer")

    await line.open()
    await line.write(b"a job")

    assert (print_service / "printed").read_bytes() == b"a job"
