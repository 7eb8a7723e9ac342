"""Fields are called by words that a person knows; programs and English readers know them by their names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from backoffice.cli import main
from backoffice.feed.kinds import TYPES
from backoffice.field_names import FIELDS, field_named, field_word
from tui_pos.l10n import use_language

if TYPE_CHECKING:
    from tests.unit.backoffice.conftest import Run

LISTINGS = (
    ("till", "list"),
    ("product", "list"),
    ("customer", "list"),
    ("method", "list"),
    ("user", "list"),
    ("family", "list"),
    ("shop", "list"),
    ("shop", "show"),
    ("journal",),
    ("status",),
)


@pytest.mark.parametrize("kind", TYPES)
def test_every_field_of_a_record_has_a_word(kind: str) -> None:
    names = {field.encode_name for field in msgspec.structs.fields(TYPES[kind])} - {"pin_hash"}

    assert names <= set(FIELDS)


def test_a_word_is_that_of_one_field() -> None:
    use_language("fr")
    words = [field_word(name) for name in FIELDS]

    assert {field_named(word.upper()) for word in words} <= set(FIELDS)
    assert field_named("libellé") == field_named("label") == "label"
    assert field_named("nothing") == "nothing"


def said(capsys: pytest.CaptureFixture[str], folder: Path, language: str, *arguments: str) -> str:
    """What a command says to a person."""
    status = main(["--lang", language, *arguments, "--db", f"sqlite:///{folder}/server.db"])
    output = capsys.readouterr()
    assert status == 0, output.err
    return output.out


@pytest.mark.parametrize("listing", LISTINGS, ids=" ".join)
def test_a_listing_is_french_for_who_reads_french(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], listing: tuple[str, ...]
) -> None:
    server("till", "add", "--name", "A", "--url", "http://localhost:1")

    french = said(capsys, tmp_path, "fr", *listing)

    # the names of programs have an underscore, or an English word that stands alone
    assert not re.search(r"\b\w+_\w+\b", re.sub(r"sqlite:\S+", "", french))
    assert not re.search(r"\b(label|entries|tickets? total|shop_id|cards|weighed|rights)\b", french)
    assert said(capsys, tmp_path, "en", *listing) != french


def test_a_field_is_cleared_by_its_name_and_by_its_word(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for field in ("content", "contenu", "Contenu"):
        server("product", "set", "Q1", "--label", "Tea", "--vat", "5.5", "--ask-price", "--content", "500 g")
        said(capsys, tmp_path, "fr", "product", "set", "Q1", "--clear", field)
        assert server("product", "list", "Q1")["content"] is None


def test_what_a_till_sent_does_not_write_on_the_terminal(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["customer", "set", "C9", "--name", "\x1b[2J", "--db", f"sqlite:///{tmp_path}/server.db"]) == 1
    )

    assert "\x1b" not in capsys.readouterr().err
