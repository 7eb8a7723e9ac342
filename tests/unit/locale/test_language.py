"""Which language the till speaks, and how each one writes numbers, money and time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tui_pos import cli
from tui_pos.actions import key_name
from tui_pos.l10n import (
    EUROS,
    LANGUAGES,
    _,
    amount,
    kilograms,
    moment,
    number,
    percent,
    plural,
    quantity,
    read_formats,
    use_language,
)

NOWHERE = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}


@pytest.fixture
def in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("environment", "chosen"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "EN"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_IE.UTF-8"}, "en"),
        ({}, "fr"),
        ({"LANG": "C"}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LANG": "POSIX"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "fr"),
    ],
)
def test_the_environment_decides_and_where_it_says_nothing_useful_the_till_speaks_french(
    environment: dict[str, str], chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**NOWHERE, **environment}.items():
        monkeypatch.setenv(name, value)

    assert use_language(None) == chosen


@pytest.mark.parametrize(("language", "said"), [("fr", "Il n’y a pas de caisse"), ("en", "There is no till")])
def test_the_option_outranks_the_environment(
    language: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8" if language == "fr" else "fr_FR.UTF-8")
    monkeypatch.setenv("TEXTUAL_FPS", "120")

    assert cli.main(["status", "--lang", language, "--profile", str(tmp_path)]) == 1
    assert said in capsys.readouterr().err


def test_nothing_is_nothing_in_every_language() -> None:
    for language in ("fr", "en"):
        use_language(language)
        assert _("") == ""


def test_money_and_numbers_in_french() -> None:
    use_language("fr")

    assert amount(123450) == "1\u00a0234,50\u00a0€"
    assert amount(-5) == "-0,05\u00a0€"
    assert number(100000000) == "1\u00a0000\u00a0000,00"
    assert percent("5.5") == "5,5\u00a0%"
    assert percent(Decimal(20)) == "20\u00a0%"
    assert quantity(Decimal("0.350")) == "0,35"
    assert kilograms(Decimal("0.35")) == "0,350\u00a0kg"


def test_money_and_numbers_in_english() -> None:
    use_language("en")

    assert amount(123450) == "€1,234.50"
    assert amount(-5) == "-€0.05"
    assert number(100000000) == "1,000,000.00"
    assert percent("5.5") == "5.5%"
    assert quantity(Decimal("0.350")) == "0.35"
    assert kilograms(Decimal("0.35")) == "0.350\u00a0kg"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_moment_is_written_in_the_time_of_the_shop(language: str, in_paris: None) -> None:
    use_language(language)

    assert moment(datetime(2026, 11, 22, 13, 5, 9, tzinfo=UTC)) == "22/11/2026 14:05:09"


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", ["0 ligne", "1 ligne", "2 lignes"]), ("en", ["0 lines", "1 line", "2 lines"])],
)
def test_none_is_singular_in_french_and_plural_in_english(language: str, said: list[str]) -> None:
    use_language(language)

    assert [plural("{count} line", "{count} lines", n).format(count=n) for n in range(3)] == said


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("fr", ["Échap", "Entrée", "Pg préc", "F10", "Ctrl+P"]),
        ("en", ["Esc", "Enter", "PgUp", "F10", "Ctrl+P"]),
    ],
)
def test_keys_are_named_as_on_keyboards_of_the_language(language: str, names: list[str]) -> None:
    use_language(language)

    assert [key_name(key) for key in ("escape", "enter", "pageup", "f10", "ctrl+p")] == names


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_written_down_of_the_euro_is_what_babel_says(language: str) -> None:
    assert read_formats(language, "EUR") == EUROS[language]
