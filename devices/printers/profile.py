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
    confirms: bool = True
    """It answers `GS r` once what came before is on paper; without that no print is ever confirmed."""
    answers: bool = True
    """It answers questions of status; one that never does is sent to, as long as it can be reached."""
    wait: float = 1.0
    """Seconds that it is given to answer, before it is found out how many it needs."""
    speaks_up: bool = True
    """It can say by itself that something has changed (`GS a`); asked only of one that has answered `GS r`."""
    shared: bool = False
    """Other tills may print on it: its line is let go of after each piece of work, and what changes is seen later."""
    logo: str = ""
    """The file of a picture that stands at the top of receipts, black on white; empty: none."""
    pictures: bool = False
    """Lines with characters that the code page lacks are drawn; else those are replaced by what looks like them."""
    font: str = ""
    """The file of a font that is tried before this machine's own."""

    families: tuple[str, ...] = ()
    """The families of goods whose orders it prints; empty: none of its own."""
    fallback: str = ""
    """The printer that gets what waits for this one while it cannot print; empty: it waits."""

    @property
    def dots(self) -> int:
        """Dots across the paper: 12 to a column, as in the printer's own font."""
        return self.columns * 12
