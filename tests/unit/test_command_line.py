"""The command `tui-pos` whatever becomes of its streams: an exit status and one line, never a traceback."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.json_lines import Process
from tests.small_shop import make_store
from tui_pos import cli, live_devices
from tui_pos.cli import main
from tui_pos.command_line import DEBUG
from tui_pos.commands.run import forget
from tui_pos.errors import Refused
from tui_pos.l10n import use_language

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that stumbles over what nobody had thought of."""

    class Broken:
        @staticmethod
        def run(_options: object) -> int:
            raise ZeroDivisionError("oops")

    monkeypatch.setattr(cli, "import_module", lambda _name: Broken)
    monkeypatch.delenv(DEBUG, raising=False)


@pytest.mark.usefixtures("broken")
def test_what_nobody_had_thought_of_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "status"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("tui-pos: Something unforeseen happened: ZeroDivisionError: oops.")
    assert told.count("\n") == 1


@pytest.mark.usefixtures("broken")
def test_who_looks_for_its_cause_sees_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DEBUG, "1")
    with pytest.raises(ZeroDivisionError):
        main(["status"])


@pytest.mark.parametrize(
    "wrong", [["fly"], ["load"], ["load", "full", "--nope", "a\nb"], ["journal", "verify", "--after", "-1"]]
)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_bad_usage_is_told_in_one_line_that_names_where_the_help_is(
    capsys: pytest.CaptureFixture[str], lang: str, wrong: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--lang", lang, *wrong])
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.startswith("tui-pos")
    assert "--help" in told.err


@pytest.mark.parametrize(
    "command",
    [
        ["settings", "idle_after", "60"],
        ["load", "full"],
        ["labels", "1"],
        ["import", "products", "goods.csv"],
    ],
)
def test_a_folder_that_cannot_be_written_is_told_by_each_command_that_would_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    profile = tmp_path / "till"
    profile.mkdir()
    asyncio.run(make_store(profile))
    # what is to be a file cannot be made one: so it is on a medium that is read-only
    (profile / "lock").unlink(missing_ok=True)
    (profile / "lock").mkdir()
    goods = tmp_path / "goods.csv"
    goods.write_text("gtin,name,price\n9520010100008,Pain,1.00\n")
    given = [str(goods) if word == "goods.csv" else word for word in command]
    assert main(["--lang", "en", *given, "--profile", str(profile)]) == 1
    assert (
        capsys.readouterr().err
        == f"tui-pos: The folder {profile} cannot be used: Is a directory. Nothing was touched.\n"
    )


def with_stream(command: str, redirected: str, profile: Path) -> subprocess.CompletedProcess[str]:
    line = f'exec "{sys.executable}" -m tui_pos --lang en --profile "{profile}" {command} {redirected}'
    return subprocess.run(["/bin/sh", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_till_without_an_input_ends_at_once_and_one_without_an_output_says_nothing(tmp_path: Path) -> None:
    silent = with_stream("headless --demo", "<&-", tmp_path / "till")
    assert (silent.returncode, silent.stdout, silent.stderr) == (0, "", "")
    mute = with_stream("settings", ">&-", tmp_path / "till")
    assert (mute.returncode, mute.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_output_that_takes_nothing_is_told_in_one_line(tmp_path: Path) -> None:
    with_stream("headless --demo", "<&-", tmp_path / "till")
    for command in ("settings", "journal export", "doctor --json"):
        done = with_stream(command, ">/dev/full", tmp_path / "till")
        assert done.returncode == 1, command
        assert done.stderr.startswith("tui-pos: Something unforeseen happened: No space left"), done.stderr
        assert done.stderr.count("\n") == 1, done.stderr


def test_a_position_is_zero_or_more_and_fits_the_journal(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in ("-1", "x", "٣", "9" * 30):
        with pytest.raises(SystemExit) as ended:
            main(["journal", "export", f"--after={wrong}"])
        assert ended.value.code == 2
        assert "Traceback" not in capsys.readouterr().err


def test_a_demo_forgets_all_that_a_till_leaves_in_its_folder_and_nothing_of_anybody_else(
    tmp_path: Path,
) -> None:
    use_language("en")
    profile = tmp_path / "till"
    with Process(profile) as till:
        till.ok("sign_in", user="1", pin="1111")
        till.ok("open_session", float=0)
    (profile / live_devices.FILE).touch()  # of a till that was killed
    (profile / "holiday.jpg").touch()
    with pytest.raises(Refused, match="not a till"):
        forget(profile)
    (profile / "holiday.jpg").unlink()
    forget(profile)
    assert not profile.exists()
