"""`tui-pos import products FILE`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sync.protocol import ProductRecord
from sync.store import KeySource, open_store
from tui_pos.cli import main
from tui_pos.l10n import use_language
from tui_pos.profile import take

File = Callable[[str | bytes], Path]
GOOD = "code;nom;prix\n4011;Bananes;1,89\n4020;Pommes;\n"
BAD = GOOD + "9520010100009;Pain;1,00\n"


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A till without a server."""
    folder = tmp_path / "till"
    folder.mkdir(mode=0o700)

    async def make() -> None:
        store = await open_store(folder, create=True, key_source=KeySource.FILE)
        await store.close()

    asyncio.run(make())
    return folder


def products(profile: Path) -> tuple[ProductRecord, ...]:
    async def read() -> tuple[ProductRecord, ...]:
        store = await open_store(profile, read_only=True)
        try:
            return await store.catalogue.search("")
        finally:
            await store.close()

    return asyncio.run(read())


def imported(file: Path, profile: Path, *more: str) -> int:
    arguments: Sequence[str] = [
        "import",
        "products",
        str(file),
        "--profile",
        str(profile),
        "--lang",
        "en",
        *more,
    ]
    return main(arguments)


def test_a_good_file_is_imported_and_the_report_says_what_was_assumed(
    file: File, profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(file(GOOD), profile) == 0

    assert [(product.label, product.unit_price) for product in products(profile)] == [
        ("Bananes", 189),
        ("Pommes", None),
    ]
    assert capsys.readouterr().out.splitlines() == [
        "2 lines give no VAT rate: 5.5% was taken.",
        "1 product has no price: the till will ask for it.",
        "Products added: 2; updated: 0; lines left out: 0.",
    ]


def test_nothing_is_written_when_one_line_is_bad(
    file: File, profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(file(BAD), profile) == 1

    printed = capsys.readouterr()
    assert products(profile) == ()
    assert "Bad line 4, column code: The check digit of the code is wrong. “9520010100009”" in printed.out
    assert "1 line of 3 is bad: nothing was imported." in printed.err


def test_bad_lines_are_left_out_when_that_is_asked(
    file: File, profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(file(BAD), profile, "--skip-bad") == 0

    assert len(products(profile)) == 2
    assert "Bad line 4" in capsys.readouterr().out


def test_a_file_of_bad_lines_alone_is_a_failure(
    file: File, profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(file("code;nom\n;Pain\n"), profile, "--skip-bad") == 1

    assert "no product that can be taken" in capsys.readouterr().err


def test_columns_and_the_default_rate_are_given_on_the_command_line(file: File, profile: Path) -> None:
    assert (
        imported(
            file("Réf;Intitulé\n12;Savon\n"),
            profile,
            "--map",
            "Réf=code",
            "--map",
            "Intitulé=label",
            "--vat",
            "20",
        )
        == 0
    )

    assert products(profile) == (ProductRecord("12", "Savon", None, "20"),)


@pytest.mark.parametrize(
    "more", [["--map", "code"], ["--map", "=code"], ["--map", "nom=colour"], ["--vat", "0.2"], ["--vat", ""]]
)
def test_a_bad_option_is_bad_usage(
    file: File, profile: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(file(GOOD), profile, *more) == 2

    assert len(capsys.readouterr().err.splitlines()) == 1
    assert products(profile) == ()


def test_a_file_that_is_not_there_fails_in_one_line(
    profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(profile / "none.csv", profile) == 1

    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_folder_that_holds_no_till_becomes_one(file: File, tmp_path: Path) -> None:
    assert imported(file(GOOD), tmp_path / "new" / "till") == 0

    assert len(products(tmp_path / "new" / "till")) == 2


def test_a_bad_file_makes_no_till(file: File, tmp_path: Path) -> None:
    assert imported(file(BAD), tmp_path / "new") == 1

    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_fails_in_one_line(
    file: File, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file(GOOD)

    assert imported(path, path / "till") == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_till_in_use_is_left_alone(file: File, profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with take(profile):
        assert imported(file(GOOD), profile) == 1

    assert "already in use" in capsys.readouterr().err
    assert products(profile) == ()


def test_a_file_from_an_old_spreadsheet_is_read_and_that_is_said(
    file: File, profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(file("code;libellé\n12;Pâté\n".encode("cp1252")), profile) == 0

    assert products(profile)[0].label == "Pâté"
    assert "cp1252" in capsys.readouterr().out


def test_the_report_speaks_the_language_of_the_till(
    file: File, profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", "products", str(file(GOOD)), "--profile", str(profile), "--lang", "fr"])
    use_language("en")

    assert "5,5\N{NO-BREAK SPACE}%" in capsys.readouterr().out
