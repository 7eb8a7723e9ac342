"""What a model of printer can do."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

CodePage = Literal["CP1252", "CP858"]


class Profile(Struct, frozen=True):
    """The capabilities of one printer."""

    columns: int = 42
    """Characters of normal width on a line: 48 or 42 on 80 mm paper, 32 on 58 mm."""
    code_page: CodePage = "CP1252"
    """Both have € and the French accents; only CP1252 has œ."""
    cuts: bool = True
    """It has a cutter; without one the paper is fed to where it can be torn."""
    qr: bool = True
    """It draws QR codes itself."""
    barcodes: bool = True
    """It draws bar codes itself."""
