"""The log: beside the till's data, in files that rotate, and nowhere else."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_pos import logs
from tui_pos.logs import log_to


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    yield
    for handler in root.handlers:
        if handler not in before:
            handler.close()
    root.handlers[:] = before
    root.setLevel(level)
    logging.raiseExceptions = raising
    logging.captureWarnings(capture=False)


def log_of(profile: Path) -> str:
    return (profile / "logs" / "till.log").read_text("utf-8")


def test_the_log_is_a_file_and_never_the_screen(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().addHandler(logging.StreamHandler(sys.stderr))  # as a library may do
    log_to(tmp_path)

    logging.getLogger("some.library").error("the sky falls")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("an old way", DeprecationWarning, stacklevel=1)

    assert capfd.readouterr() == ("", "")
    assert "the sky falls" in log_of(tmp_path)
    assert "an old way" in log_of(tmp_path)


def test_the_log_rotates_and_keeps_so_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "SIZE", 500)
    log_to(tmp_path)

    for number in range(100):
        logging.getLogger("till").info("sale %d", number)

    files = sorted((tmp_path / "logs").iterdir())
    assert [file.name for file in files] == ["till.log", *(f"till.log.{n}" for n in range(1, logs.FILES + 1))]
    assert max(file.stat().st_size for file in files) <= 500
    assert "sale 99" in log_of(tmp_path)


def test_what_drivers_say_of_every_statement_is_left_out(tmp_path: Path) -> None:
    log_to(tmp_path)
    logging.getLogger("aiosqlite").info("INSERT INTO product VALUES ('Lentils')")
    logging.getLogger("till").info("opened")

    assert "Lentils" not in log_of(tmp_path)


def test_a_till_that_cannot_write_its_log_sells_without_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("in the way")
    log_to(tmp_path)

    logging.getLogger("till").error("nobody reads this")

    assert capfd.readouterr() == ("", "")
    assert (tmp_path / "logs").read_text() == "in the way"
