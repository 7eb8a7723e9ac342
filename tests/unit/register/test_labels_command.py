"""`tui-pos labels`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.small_shop import LENTILS, TOMATOES
from tui_pos.cli import main
from tui_pos.profile import take


@pytest.fixture
def profile(tmp_path: Path, template: Path) -> str:
    folder = tmp_path / "till"
    shutil.copytree(template, folder)
    return str(folder)


def run(*words: str) -> int:
    return main(["labels", *words, "--lang", "en"])


def test_labels_go_to_a_file(profile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "labels.zpl"
    assert run(LENTILS, TOMATOES, "--copies", "2", "--file", str(file), "--profile", profile) == 0
    assert capsys.readouterr().out == "4 labels.\n"
    written = file.read_text()
    assert (written.count("^XA"), "2.95" in written, f"^FD{LENTILS}^FS" in written) == (2, True, True)


def test_labels_go_to_the_label_printer_of_the_till(profile: str, tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    added = ["devices", "add", "shelf", "--kind", "label", "--driver", "epl", "--address", f"file:{paper}"]
    assert main([*added, "--profile", profile]) == 0
    assert run(LENTILS, "--profile", profile) == 0
    assert b"P1\n" in paper.read_bytes()


@pytest.mark.parametrize("words", [("nothing",), (LENTILS,), (LENTILS, "--copies", "0")])
def test_what_cannot_be_printed_is_told(
    profile: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words, "--profile", profile) == 1
    assert capsys.readouterr().err.startswith("tui-pos: ")


def test_labels_that_cannot_be_printed_now_are_kept_and_print_later(
    profile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_pos.commands.labels.WITHIN", 0.2)
    paper = tmp_path / "folder" / "paper"
    added = ["devices", "add", "shelf", "--kind", "label", "--driver", "zpl", "--address", f"file:{paper}"]
    assert main([*added, "--profile", profile]) == 0
    assert run(LENTILS, "--profile", profile) == 1
    assert "They are kept" in capsys.readouterr().err
    paper.parent.mkdir()
    assert run(TOMATOES, "--profile", profile) == 0
    assert paper.read_bytes().count(b"^XA") == 2


def test_a_file_is_made_for_the_paper_of_the_printer_that_it_is_for(profile: str, tmp_path: Path) -> None:
    file = tmp_path / "labels.zpl"
    assert run(LENTILS, "--file", str(file), "--profile", profile) == 0
    assert b"^PW456^LL256" in file.read_bytes()
    added = [
        "devices",
        "add",
        "shelf",
        "--kind",
        "label",
        "--driver",
        "zpl",
        "--address",
        "tcp://127.0.0.1:9",
    ]
    options = ["--option", "width=50", "--option", "height=30", "--option", "dpi=300"]
    assert main([*added, *options, "--profile", profile]) == 0
    assert run(LENTILS, "--file", str(file), "--profile", profile) == 0
    assert b"^PW600^LL360" in file.read_bytes()


def test_a_till_that_runs_prints_its_labels_itself(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    with take(Path(profile)):
        assert run(LENTILS, "--profile", profile) == 1
    assert "another" in capsys.readouterr().err.lower()
