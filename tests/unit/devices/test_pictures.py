"""What is drawn on paper: lines that the code page cannot print, and the logo."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, features

from devices.document import Cut, Document, Logo, Row, Text, as_text
from devices.printers import pictures
from devices.printers.commands import Command, read
from devices.printers.escpos import encode
from devices.printers.measure import paper_length
from devices.printers.pictures import COMMON_FONTS, Fonts, fonts, logo, one_by_one, pieces, raster
from devices.printers.profile import Profile
from devices.virtual.roll import Roll

DRAWING = Profile(columns=42, pictures=True)
needs_a_font = pytest.mark.skipif(
    not any(Path(path).is_file() for path in COMMON_FONTS[:4]), reason="no monospaced font on this machine"
)


def commands(job: bytes) -> list[Command]:
    found, at = [], 0
    while at < len(job) and (command := read(job, at)) is not None:
        found.append(command)
        at = command.end
    assert at == len(job), "every command is whole"
    return found


def rasters(job: bytes) -> list[Command]:
    return [command for command in commands(job) if command.name == b"\x1dv"]


def lines(job: bytes) -> list[str]:
    (paper,) = Roll(42).feed(job)
    return [line for line in paper.lines if line]


@needs_a_font
def test_only_the_line_that_needs_it_is_drawn() -> None:
    job = encode(Document((Text("Crème 2,70 €"), Text("Gyümölcs ősz"), Text("Merci"), Cut())), DRAWING)

    assert len(rasters(job)) == 1
    assert lines(job) == ["Crème 2,70 €", "Merci"]
    assert paper_length(job) >= 3 + 2 * 4


@needs_a_font
def test_a_drawn_line_is_as_wide_as_the_paper_and_stands_at_its_place() -> None:
    drawn = fonts("")
    left, right = (drawn.draw(Row("ő", align=align), 42) for align in ("left", "right"))
    double = drawn.draw(Row("ő", tall=True, wide=True), 42)

    assert left.size == right.size == (504, 24)
    assert double.size == (504, 48)
    ink = [picture.convert("L").point(lambda dot: 255 - dot).getbbox() for picture in (left, right, double)]
    assert ink[0] is not None
    assert ink[0][2] <= 12
    assert ink[1] is not None
    assert ink[1][0] >= 504 - 12
    assert ink[2] is not None
    assert 12 < ink[2][2] <= 24


@needs_a_font
@pytest.mark.parametrize("text", ["e\u0301\u0323", "\u0301", "ő" * 42, "a\u200dő"])
def test_marks_and_full_lines_are_drawn(text: str) -> None:
    assert fonts("").draw(Row(text), 42).size == (504, 24)


def test_without_a_font_or_where_it_is_not_wanted_likenesses_are_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = Document((Text("ősz œuf’s 愛"), Cut()))
    assert lines(encode(document, Profile())) == ["osz œuf’s ?"]

    monkeypatch.setattr(pictures, "fonts", lambda first: Fonts(()))

    assert lines(encode(document, DRAWING)) == ["osz œuf’s ?"]


def test_words_that_are_only_dressed_up_are_not_drawn() -> None:
    job = encode(Document((Text("œuf’s…"), Cut())), Profile(code_page="CP858", pictures=True))

    assert lines(job) == ["oeuf's..."]


@pytest.fixture
def picture(tmp_path: Path) -> str:
    image = Image.new("RGBA", (100, 60), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (10, 10, 90, 50))
    image.save(tmp_path / "logo.png")
    return str(tmp_path / "logo.png")


def test_the_logo_stands_where_the_document_says_and_leaves_no_text(picture: str) -> None:
    document = Document((Logo(), Text("Merci"), Cut()))

    assert len(rasters(encode(document, Profile(logo=picture)))) == 1
    assert rasters(encode(document, Profile())) == []
    assert as_text(document) == ("Merci",)


def test_a_logo_is_no_wider_or_higher_than_it_may_be(tmp_path: Path) -> None:
    Image.new("L", (3000, 4000), 0).save(tmp_path / "large.png")

    bands = rasters(logo(str(tmp_path / "large.png"), 384))

    assert all(int.from_bytes(band.arguments[2:4], "little") == 48 for band in bands)
    assert sum(int.from_bytes(band.arguments[4:6], "little") for band in bands) <= 400


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_a_logo_that_cannot_be_read_is_left_out(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "logo.png"
    if content is not None:
        path.write_bytes(content)

    job = encode(Document((Logo(), Text("Merci"), Cut())), Profile(logo=str(path)))

    assert lines(job) == ["Merci"]


def test_no_picture_commands_the_printer() -> None:
    dots = b"\x10\x14\x01\x00\x05" * 8 + b"\x10\x04\x01" * 8
    picture = Image.frombytes("1", (8, len(dots)), bytes(byte ^ 0xFF for byte in dots))

    job = raster(picture)

    assert b"\x10\x14" not in job
    assert b"\x10\x04" not in job
    assert len(commands(job)) == 1


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Crème 2,70 €", [("Crème 2,70 €", False)]),
        ("شاي أخضر  2,00 €", [("شاي أخضر", True), ("  2,00 €", False)]),
        ("Thé شاي 12 أ A4 شاي", [("Thé ", False), ("شاي 12 أ", True), (" A4 ", False), ("شاي", True)]),
        ("شَاي", [("شَاي", True)]),
        ("", []),
    ],
)
def test_a_line_is_cut_where_it_is_read_the_other_way(text: str, cut: list[tuple[str, bool]]) -> None:
    assert list(pieces(text)) == cut


def test_what_is_read_from_the_right_stands_so_and_its_numbers_do_not() -> None:
    assert one_by_one("اب 12 ج") == "ج 12 با"
    assert one_by_one("بَا") == "ابَ"


@needs_a_font
@pytest.mark.parametrize("joins", [True, False])
def test_arabic_is_drawn_from_right_to_left(joins: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = fonts("")
    if not all(map(drawn.has, "اب")) or not features.check("raqm"):
        pytest.skip("no Arabic letters on this machine")
    monkeypatch.setattr(features, "check", lambda _: joins)

    both = drawn.draw(Row("ا ب  2,00 €"), 42)

    def cell(row: str, at: int) -> bytes:
        return drawn.draw(Row(row), 42).crop((at * 12, 0, at * 12 + 12, 24)).tobytes()

    assert both.crop((0, 0, 12, 24)).tobytes() == cell("ب", 0), "the second letter stands on the left"
    assert both.crop((24, 0, 36, 24)).tobytes() == cell("ا", 0)
    assert both.crop((60, 0, 72, 24)).tobytes() == cell("2", 0), "the amount stays where it is"
