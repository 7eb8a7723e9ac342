"""Text on a grid."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.cells import cells, clean, fill, pad, wrap

quick = settings(max_examples=150, deadline=None, derandomize=True)


def test_an_accent_takes_no_column_of_its_own_and_an_ideogram_takes_two() -> None:
    assert cells("Crème") == cells("Cre\N{COMBINING GRAVE ACCENT}me") == 5
    assert cells("愛") == 2


def test_a_line_breaks_at_spaces_and_a_long_word_where_it_must() -> None:
    assert wrap("Pâtes coquillettes 500 g", 12) == ("Pâtes", "coquillettes", "500 g")
    assert wrap("anticonstitutionnellement", 10) == ("anticonsti", "tutionnell", "ement")


def test_spaces_at_a_break_vanish_and_those_before_a_line_stay() -> None:
    assert wrap("abc    def", 4) == ("abc", "def")
    assert wrap("  3 × 0,90", 12) == ("  3 × 0,90",)
    assert wrap("", 12) == ("",)
    assert wrap("abc   ", 3) == ("abc",)


def test_a_no_break_space_does_not_break() -> None:
    assert wrap("Total 1\N{NO-BREAK SPACE}234,50\N{NO-BREAK SPACE}€", 12) == (
        "Total",
        "1\N{NO-BREAK SPACE}234,50\N{NO-BREAK SPACE}€",
    )


def test_a_label_cannot_command_a_printer() -> None:
    assert clean("Jus\x1bp0\tde\r\npomme\x00\x07\ud800") == "Jus?p0 de  pomme???"


def test_text_is_placed_by_columns_not_by_characters() -> None:
    assert pad("愛", 6, "right") == "    愛"
    assert pad("ab", 6, "center") == "  ab"
    assert fill("愛", 6, "center") == "  愛  "
    assert fill("trop long", 4, "left") == "trop long"


@quick
@given(st.text(), st.integers(2, 50))
def test_no_line_is_wider_than_its_paper_and_nothing_but_spaces_is_lost(text: str, columns: int) -> None:
    lines = wrap(text, columns)

    assert all(cells(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line.endswith(" ") for line in lines)
