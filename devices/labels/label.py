"""A label: what stands on it, already in words, free of any printer."""

from __future__ import annotations

from msgspec import Struct

DOTS = 8
"""Dots for a millimetre: 203 dpi, as nearly all of these printers have."""


class Label(Struct, frozen=True, tag=True):
    """A label for a shelf or a product, which a document may hold."""

    name: str
    price: str
    """With its currency: `2,49 €`."""
    code: str
    """A GTIN is drawn as EAN, anything else as Code 128."""
    unit_price: str = ""
    """The price for a kilogram or a litre: `4,98 €/kg` (arrêté of 16 November 1999)."""
    copies: int = 1


MOST_COPIES = 999
"""Of one label in one go: a roll holds hardly more."""


class Size(Struct, frozen=True):
    """The paper of the labels, in millimetres."""

    width: int = 57
    height: int = 32

    @property
    def dots(self) -> tuple[int, int]:
        """Width and height in dots."""
        return self.width * DOTS, self.height * DOTS
