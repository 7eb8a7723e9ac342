"""Where each part of a label stands, for any paper and any printer.

From above: the name on one line or two, the price as large as there is room for, the price of a unit, the bars. What is
narrow or low gets less of each, and nothing ever lies upon anything else.
"""

from __future__ import annotations

import re

from msgspec import Struct

from devices.cells import clean, plain_spaces, wrap
from devices.gtin import is_gtin
from devices.labels.label import Label, Size

EDGE = 2.0
"""Millimetres that stay white at the left and the right."""
_ABOVE, _BETWEEN, _BELOW = 1.5, 0.75, 1.0
_ROW, _UNIT = 3.75, 3.25
_BARS, _LOW_BARS, _DIGITS = 6.0, 3.5, 2.5
_LEAST_PRICE, _MOST_PRICE = 3.0, 12.0
_ROOMY = 28
"""Millimetres of height from which on a name may have two lines."""

_AMOUNT = re.compile(r"([0-9]) (?=(?:k?g|[cdm]?l|cm|m)\b)", re.IGNORECASE)
"""A number that no line ends with: its unit stands behind it."""

_NOMINAL = 0.375
"""Millimetres of a bar, at most: GS1 wants 0.264 to 0.66 at the point of sale, 0.33 where there is room."""
_MODULES = {"ean13": (95, 18), "upca": (95, 18), "ean8": (67, 14)}
"""Bars and white before and behind them, in the width of the thinnest."""
_EANS = {8: "ean8", 12: "upca", 13: "ean13"}


class Bars(Struct, frozen=True):
    """A bar code, in dots."""

    symbology: str
    """`ean13`, `ean8`, `upca` or `code128`."""
    code: str
    x: int
    y: int
    module: int
    """Of the thinnest bar."""
    height: int


class Layout(Struct, frozen=True):
    """A label on its paper, in dots from the upper left corner."""

    width: int
    height: int
    edge: int
    row: int
    """Of a line of the name."""
    names: tuple[str, ...]
    names_y: int
    price: str
    price_y: int
    price_height: int
    unit_price: str
    unit_y: int
    unit_height: int
    bars: Bars

    @property
    def room(self) -> int:
        """Dots between the edges."""
        return self.width - 2 * self.edge


def laid_out(label: Label, size: Size, letter: float) -> Layout:
    """Where the parts of a label stand.

    Args:
        letter: millimetres that a letter of the name takes.
    """
    dot = size.per_mm
    roomy = size.height >= _ROOMY
    rows = 2 if roomy else 1
    columns = max(4, int((size.width - 2 * EDGE) / letter))
    bars = _BARS if roomy else _LOW_BARS
    bars_y = size.height - _BELOW - _DIGITS - bars
    unit_y = bars_y - _BETWEEN - _UNIT
    free = unit_y - (_ABOVE + rows * _ROW + _BETWEEN)
    price = min(_MOST_PRICE, max(_LEAST_PRICE, free))
    return Layout(
        width=size.dots[0],
        height=size.dots[1],
        edge=round(EDGE * dot),
        row=round(_ROW * dot),
        names=_lines(clean(label.name), columns, rows),
        names_y=round(_ABOVE * dot),
        price=text_of(label.price),
        price_y=round((unit_y - price) * dot),
        price_height=int(price * dot),
        unit_price=text_of(label.unit_price),
        unit_y=round(unit_y * dot),
        unit_height=int(_UNIT * dot),
        bars=_bars(text_of(label.code), size, round(bars_y * dot), round(bars * dot)),
    )


def text_of(text: str) -> str:
    """A text that is one line of what can be printed."""
    return plain_spaces(clean(text))


def _lines(name: str, columns: int, rows: int) -> tuple[str, ...]:
    """A name in so many lines; what does not fit is left out, and dots say so."""
    together = _AMOUNT.sub("\\1\N{NO-BREAK SPACE}", name)
    lines = tuple(map(plain_spaces, wrap(together, columns)))
    if len(lines) <= rows:
        return lines
    last = lines[rows - 1]
    return (*lines[: rows - 1], (last if len(last) < columns else last[: columns - 1]).rstrip() + "…")


def _bars(code: str, size: Size, y: int, height: int) -> Bars:
    symbology = _EANS.get(len(code), "code128") if is_gtin(code) else "code128"
    # Code 128: eleven for each sign, its start and its check, thirteen for its stop
    wide, white = _MODULES.get(symbology, (11 * len(code) + 35, 20))
    module = max(1, min(int(_NOMINAL * size.per_mm), size.dots[0] // (wide + white)))
    return Bars(symbology, code, max(0, (size.dots[0] - wide * module) // 2), y, module, height)
