"""What stands where on a label, in ZPL and EPL, on every paper."""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec.structs import replace

from devices.labels import epl, zpl
from devices.labels.label import Label, Size
from devices.labels.layout import laid_out

LABEL = Label("Lentilles vertes du Puy", "2,49 €", "3017620422003", "4,98 €/kg")


def test_zpl_carries_every_part_of_a_label() -> None:
    text = zpl.encode(replace(LABEL, copies=3), Size()).decode()
    assert text.startswith("^XA^CI28^PW456^LL256")
    for part in (
        "Lentilles vertes du Puy",
        "2,49 €",
        "4,98 €/kg",
        "^BEN,48,Y,N^FH^FD3017620422003^FS",
        "^PQ3^XZ",
    ):
        assert part in text


def test_epl_carries_every_part_of_a_label() -> None:
    text = epl.encode(replace(LABEL, copies=2), Size()).decode("cp1252")
    for part in (
        "q456",
        "Q256,24",
        '"Lentilles vertes du Puy"',
        '"2,49 €"',
        'E30,3,6,48,B,"3017620422003"',
        "P2\n",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("code", "in_zpl", "in_epl"),
    [
        ("96385074", "^B8N", ",0,E80,"),
        ("036000291452", "^BUN", ",0,UA0,"),
        ("3017620422003", "^BEN", ",0,E30,"),
        ("13017620422000", "^BCN", ",0,1,"),
        ("SHELF-12", "^BCN", ",0,1,"),
        # a printer would draw another last digit, and another product would be sold
        ("3017620422004", "^BCN", ",0,1,"),
        ("20101", "^BCN", ",0,1,"),
    ],
)
def test_each_kind_of_code_has_its_bars(code: str, in_zpl: str, in_epl: str) -> None:
    label = Label("x", "1,00 €", code)
    assert in_zpl in zpl.encode(label, Size()).decode()
    assert in_epl in epl.encode(label, Size()).decode("cp1252")


SIZES = [
    Size(width, height, dpi)
    for width, height in ((57, 32), (40, 25), (38, 20), (100, 60))
    for dpi in (203, 300)
]


LONG = Label(
    "CONFITURE EXTRA D’ABRICOTS DE PROVENCE AUX ÉCLATS D’AMANDES GRILLÉES, POT FAMILIAL",
    "12 345,67 €/kg",
    "3017620422003",
    "9 876,54 €/kg",
)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("label", [LABEL, LONG, Label("x", "", "A" * 12)], ids=["usual", "long", "bare"])
def test_nothing_lies_upon_anything_else_on_any_paper(label: Label, size: Size) -> None:
    layout = laid_out(label, size, 2.1)
    below = (
        layout.names_y + len(layout.names) * layout.row,
        layout.price_y + layout.price_height,
        layout.unit_y + layout.unit_height,
        layout.bars.y + layout.bars.height + 2 * size.per_mm,
    )
    above = (layout.price_y, layout.unit_y, layout.bars.y, layout.height)
    assert all(end <= start for end, start in zip(below, above, strict=True)), (below, above)
    assert layout.names_y > 0


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_price_is_never_cut_however_long_it_is(size: Size) -> None:
    text = epl.encode(LONG, size).decode("cp1252")
    widths = {203: {2: 12, 3: 14, 4: 16}, 300: {2: 18, 3: 22, 4: 26}}[size.dpi]
    for x, font, times, shown in re.findall(r'A(\d+),\d+,0,(\d),(\d),\d,N,"([^"]*)"', text):
        assert int(x) + widths[int(font)] * int(times) * len(shown) <= size.dots[0], shown
    (high, wide), *_ = re.findall(
        r"\^A0N,(\d+),(\d+)\^FB\d+,1,0,R\^FH\^FD12", zpl.encode(LONG, size).decode()
    )
    assert int(wide) <= int(high)
    assert 0.62 * int(wide) * len(LONG.price) <= size.dots[0]


def test_a_long_name_is_broken_at_its_words_and_ends_with_dots() -> None:
    for encode, encoding in ((zpl.encode, "utf-8"), (epl.encode, "cp1252")):
        text = encode(LONG, Size()).decode(encoding)
        assert "CONFITURE EXTRA" in text
        assert "…" in text
        assert "FAMILIAL" not in text
        assert text.count("CONFITURE") == 1


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    layout = laid_out(replace(LABEL, name="Cannellonis à garnir 250 g"), Size(), 2.1)
    assert layout.names == ("Cannellonis à garnir", "250 g")


def test_no_block_of_fields_prints_a_name_upon_itself_or_obeys_its_backslashes() -> None:
    text = zpl.encode(replace(LONG, name="A\\&B " * 20), Size()).decode()
    assert all("^FB" not in field or "€" in field for field in text.split("^FO"))


@pytest.mark.parametrize(
    ("size", "code", "module"),
    [(Size(), "3017620422003", 3), (Size(40, 25), "3017620422003", 2), (Size(57, 32, 300), "96385074", 4)],
)
def test_bars_are_as_wide_as_a_scanner_wants_them_where_there_is_room(
    size: Size, code: str, module: int
) -> None:
    bars = laid_out(replace(LABEL, code=code), size, 2.1).bars
    assert bars.module == module
    modules = 95 if len(code) == 13 else 67
    white = (size.dots[0] - modules * module) / 2
    assert (white - 0.5) / module >= 7, "white before and behind the bars"


def test_a_sign_that_is_a_command_of_code_128_stands_for_itself() -> None:
    assert b"^FDA>0B^FS" in zpl.encode(replace(LABEL, code="A>B"), Size())


def test_no_name_can_command_a_printer() -> None:
    vile = Label('^XZ~JR"\nN\n\\"愛', "1,00 €", "1")
    assert zpl.encode(vile, Size()).count(b"^XZ") == 1
    assert b"~JR" not in zpl.encode(vile, Size())
    lines = epl.encode(vile, Size()).split(b"\n")
    assert lines.count(b"N") == 1
    assert any(b'\\"' in line for line in lines)


@pytest.mark.parametrize("copies", [0, 1000])
@pytest.mark.parametrize("language", [zpl, epl])
def test_a_number_of_copies_that_is_none_is_refused(language: Any, copies: int) -> None:
    with pytest.raises(ValueError, match="copies"):
        language.encode(replace(LABEL, copies=copies), Size())
