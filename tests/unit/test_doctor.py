"""`tui-pos doctor`: whatever is wrong with a till is told in words, with how to mend it, and never by a traceback."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from tests.small_shop import make_store
from tui_pos.cli import main


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "till"
    folder.mkdir(mode=0o700)
    asyncio.run(make_store(folder))
    return folder


def examined(
    profile: Path, capsys: pytest.CaptureFixture[str], status: int
) -> dict[str, dict[str, str | bool]]:
    """The checks of the doctor by their names; their own words are in both languages the same in JSON."""
    assert main(["--lang", "en", "doctor", "--json", "--profile", str(profile)]) == status
    told = capsys.readouterr()
    assert told.err == ""
    return {check["name"]: check for check in json.loads(told.out)}


def damage(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(bytes(64))


def test_a_till_that_is_well_passes_every_check(profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checks = examined(profile, capsys, 0)
    assert set(checks) == {
        "Data folder", "Free room", "Clock", "Text terminal", "Encryption key", "Database", "Journal", "Catalogue",
        "Users",
    }  # fmt: skip
    assert not any(check["mend"] for check in checks.values())


def test_the_room_on_the_disk_is_said_as_the_language_writes_it(
    profile: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(profile)._replace(free=77_511_300_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    for lang, said in (("en", "77,511 MB"), ("fr", "77\N{NO-BREAK SPACE}511 Mo")):
        assert main(["--lang", lang, "doctor", "--profile", str(profile)]) == 0
        assert said in capsys.readouterr().out


def test_each_damaged_page_is_found_and_no_check_ends_the_others(
    profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = profile / "till.db"
    whole, pages = database.read_bytes(), database.stat().st_size // 4096
    for page in range(pages):
        damage(database, page * 4096 + 2000)
        checks = examined(profile, capsys, 1)
        failed = [check for check in checks.values() if not check["ok"]]
        assert failed, f"page {page} of {pages}"
        assert all("damaged" in str(check["mend"]) for check in failed), failed
        database.write_bytes(whole)


def test_a_truncated_database_is_damaged(profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = profile / "till.db"
    whole = database.read_bytes()
    for size in (len(whole) - 4096, 4096, 100, 0):
        database.write_bytes(whole[:size])
        assert examined(profile, capsys, 1)["Database"]["seen"] == "damaged_store"


def test_a_file_in_the_place_of_the_folder_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "till"
    place.write_text("not a folder")
    checks = examined(place, capsys, 1)
    assert not checks["Data folder"]["ok"]
    assert checks["Database"]["seen"] == "no_store"


@pytest.mark.parametrize("command", [["status"], ["journal", "verify"], ["journal", "export"], ["settings"]])
def test_other_commands_say_that_no_till_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    place = tmp_path / "till"
    place.write_text("not a folder")
    assert main(["--lang", "en", *command, "--profile", str(place)]) == 1
    assert capsys.readouterr().err.startswith("tui-pos: There is no till in")


def test_a_device_that_does_not_work_is_told_with_its_reason_and_one_that_does_is_well(
    profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, driver, address in (("bar", "virtual", "virtual:"), ("counter", "escpos", "tcp://127.0.0.1:9")):
        words = ["--kind", "printer", "--driver", driver, "--address", address, "--profile", str(profile)]
        assert main(["devices", "add", name, *words]) == 0

    checks = examined(profile, capsys, 1)

    assert (checks["bar"]["ok"], checks["bar"]["seen"]) == (True, "online")
    assert not checks["counter"]["ok"]
    assert "offline" in str(checks["counter"]["seen"])
    assert "tui-pos devices test counter" in str(checks["counter"]["mend"])


def test_a_name_by_the_order_of_plugging_is_told_with_the_remedy(
    profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--kind", "printer", "--driver", "escpos", "--address", "file:/dev/usb/lp9"]
    assert main(["devices", "add", "counter", *given, "--profile", str(profile)]) == 0

    check = examined(profile, capsys, 1)["counter"]

    assert "order of plugging" in str(check["mend"])
    assert "lp9" in str(check["mend"])
