"""Documents as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.cells import cells, clean
from devices.document import (
    Barcode,
    Blank,
    Block,
    Columns,
    Cut,
    Document,
    Qr,
    Rule,
    Table,
    Text,
    as_text,
    retyped,
)

quick = settings(max_examples=150, deadline=None, derandomize=True)


def text_of(*blocks: Block, columns: int = 42) -> list[str]:
    return list(as_text(Document(blocks), columns))


def test_amounts_stand_one_under_the_other_at_every_width() -> None:
    goods = (
        Columns("Pâtes coquillettes 500 g", "2,70 €"),
        Columns("Liquide vaisselle concentré au citron vert 750 ml", "1\N{NO-BREAK SPACE}234,50 €"),
        Columns("TOTAL", "1\N{NO-BREAK SPACE}237,20 €", bold=True, tall=True),
    )

    assert text_of(*goods, columns=48) == [
        "Pâtes coquillettes 500 g                  2,70 €",
        "Liquide vaisselle concentré au citron",
        "vert 750 ml                           1 234,50 €",
        "TOTAL                                 1 237,20 €",
    ]
    assert text_of(*goods, columns=42) == [
        "Pâtes coquillettes 500 g            2,70 €",
        "Liquide vaisselle concentré au",
        "citron vert 750 ml              1 234,50 €",
        "TOTAL                           1 237,20 €",
    ]
    assert text_of(*goods, columns=32) == [
        "Pâtes coquillettes 500 g  2,70 €",
        "Liquide vaisselle",
        "concentré au citron",
        "vert 750 ml           1 234,50 €",
        "TOTAL                 1 237,20 €",
    ]


def test_a_right_side_that_leaves_no_room_gets_a_line_of_its_own() -> None:
    assert text_of(Columns("Client", "Association des amis du canal", bold=True), columns=32) == [
        "Client",
        "   Association des amis du canal",
    ]


def test_a_table_keeps_its_numbers_on_the_right() -> None:
    table = Table(
        (("TVA", "HT", "Taxe", "TTC"), ("5,5 %", "1 253,30", "68,93", "1 322,23"), ("20 %", "2,91"))
    )

    assert text_of(table) == [
        "TVA                HT     Taxe         TTC",
        "5,5 %        1 253,30    68,93    1 322,23",
        "20 %             2,91",
    ]


def test_a_table_too_wide_for_its_paper_wraps_inside_its_columns() -> None:
    table = Table(
        (("Méthode de paiement", "Attendu", "Compté"), ("Titres-restaurant", "1 253,30", "1 253,30"))
    )

    assert text_of(table, columns=32) == [
        "Méthode de      Attendu   Compté",
        "paiement",
        "Titres-restaur 1 253,30 1 253,30",
        "ant",
    ]


def test_a_table_of_more_cells_than_room_becomes_lines() -> None:
    table = Table((tuple("abcdefghijkl"),))

    assert text_of(table, columns=16) == ["a b c d e f g h", "i j k l"]


def test_words_in_double_size_have_half_the_columns_and_stay_in_the_middle() -> None:
    assert text_of(Text("Épicerie du Canal Saint-Martin", align="center", bold=True, double=True)) == [
        "            Épicerie du Canal",
        "               Saint-Martin",
    ]


def test_codes_rules_blanks_and_cuts_have_their_place_in_text() -> None:
    blocks = (Rule(), Blank(2), Barcode("1-000418"), Qr("https://é"), Text("b", align="right"), Cut())

    assert text_of(*blocks, columns=20) == [
        "--------------------",
        "",
        "",
        "   || 1-000418 ||",
        "   [QR https://é]",
        "                   b",
    ]


def test_no_line_begins_with_a_sign_that_french_puts_a_space_before() -> None:
    thanks = Document((Text("Merci de votre visite, à bientôt !"), Text("! seul")))

    assert as_text(thanks, 32) == ("Merci de votre visite, à", "bientôt !", "! seul")


def test_a_line_end_begins_a_new_line_and_a_command_is_made_harmless() -> None:
    assert text_of(Text("un\ndeux"), Columns("Jus\x1b@", "1\n2")) == ["un", "deux", "Jus?@".ljust(39) + "1 2"]


def test_paper_narrower_than_any_printers_is_refused() -> None:
    with pytest.raises(ValueError, match="16 at least"):
        text_of(Text("a"), columns=15)


def test_a_document_can_be_retyped_without_touching_its_codes() -> None:
    document = Document((Text("œ"), Columns("œ", "œ"), Table((("œ",),)), Rule(), Qr("œ"), Barcode("œ")))

    assert retyped(document, lambda text: text.replace("œ", "oe")) == Document(
        (Text("oe"), Columns("oe", "oe"), Table((("oe",),)), Rule(), Qr("œ"), Barcode("œ"))
    )


words = st.text(max_size=60)
blocks = st.one_of(
    st.builds(Text, words, st.sampled_from(["left", "center", "right"]), st.booleans(), st.booleans()),
    st.builds(Columns, words, words, st.booleans(), st.booleans()),
    st.builds(Table, st.lists(st.lists(words, max_size=6).map(tuple), max_size=4).map(tuple)),
    st.builds(Barcode, words),
    st.builds(Qr, words),
    st.builds(Rule),
    st.builds(Blank, st.integers(0, 3)),
    st.builds(Cut),
)


@quick
@given(st.lists(blocks, max_size=8), st.integers(16, 60))
def test_no_document_is_wider_than_its_paper(some: list[Block], columns: int) -> None:
    assert all(cells(line) <= columns for line in text_of(*some, columns=columns))


def squeezed(text: str) -> str:
    return "".join(clean(text.replace("\n", " ")).split())


@quick
@given(words, words, st.integers(16, 60))
def test_no_character_of_a_label_or_an_amount_is_lost(left: str, right: str, columns: int) -> None:
    shown = text_of(Columns(left, right), columns=columns)

    assert sorted(squeezed("".join(shown))) == sorted(squeezed(left) + squeezed(right))


@quick
@given(words, st.booleans(), st.integers(16, 60))
def test_no_character_of_a_text_is_lost_and_all_stay_in_order(text: str, double: bool, columns: int) -> None:
    shown = text_of(Text(text, align="center", double=double), columns=columns)

    assert squeezed("".join(shown)) == squeezed(text)


@quick
@given(
    st.lists(st.lists(words, min_size=1, max_size=4).map(tuple), max_size=3).map(tuple), st.integers(16, 60)
)
def test_no_character_of_a_table_is_lost(rows: tuple[tuple[str, ...], ...], columns: int) -> None:
    shown = text_of(Table(rows), columns=columns)

    assert sorted(squeezed("".join(shown))) == sorted("".join(squeezed(cell) for row in rows for cell in row))
