"""A label: what stands on it, already in words, free of any printer."""

from __future__ import annotations

from msgspec import Struct

PER_MM = {203: 8, 300: 12, 600: 24}
"""Dots for a millimetre, by the density of a printer in dots for an inch; nearly all have the first."""


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


def wanted_copies(label: Label) -> int:
    """How often a label is wanted. Raises `ValueError` where that is not once to `MOST_COPIES` times."""
    if not 1 <= label.copies <= MOST_COPIES:
        raise ValueError(f"{label.copies} copies of a label cannot be printed at once")
    return label.copies


class Size(Struct, frozen=True):
    """The paper of the labels, in millimetres, and how densely they are printed."""

    width: int = 57
    height: int = 32
    dpi: int = 203

    @property
    def per_mm(self) -> int:
        """Dots for a millimetre."""
        return PER_MM[self.dpi]

    @property
    def dots(self) -> tuple[int, int]:
        """Width and height in dots."""
        return self.width * self.per_mm, self.height * self.per_mm
