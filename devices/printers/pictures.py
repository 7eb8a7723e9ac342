"""Pictures on receipts: lines with characters that the code page lacks, and the shop's logo.

It blocks: the encoder that calls it runs in a worker thread.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from devices.cells import cells, pad
from devices.document import Row
from devices.printers.commands import DLE

logger = logging.getLogger(__name__)

CELL = (12, 24)
"""Dots of one character of the printer's own font."""
SIZE = 20
"""Pixels of a monospaced font whose characters are 12 dots wide."""
HIGHEST_LOGO = 400
"""Dots: 5 cm of paper."""
BAND = 64
"""Rows of dots in one command: a cheap printer keeps no more of a picture."""
COMMON_FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf",
    "/usr/share/fonts/TTF/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
)
_MISSING = "\uffff"
_LEFTWARDS = ("R", "AL")


class Fonts:
    """The fonts of this machine that lines are drawn with; the first that has a character draws it."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._fonts = [font for path in paths if (font := _font(path)) is not None]

    def has(self, character: str) -> bool:
        """Whether one of them can draw it."""
        return self._of(character) is not None

    def draw(self, row: Row, columns: int) -> Image.Image:
        """A line of paper as a picture, black on white, as wide as the paper."""
        size = (CELL[0] * (2 if row.wide else 1), CELL[1] * (2 if row.tall else 1))
        room = columns // 2 if row.wide else columns
        picture = Image.new("1", (columns * CELL[0], size[1]), 1)
        at = 0
        for piece, leftwards in pieces(pad(row.text, room, row.align)):
            whole = self._whole(piece, bold=row.bold) if leftwards else None
            glyphs = self._glyphs(one_by_one(piece) if leftwards else piece, bold=row.bold)
            for glyph, width in glyphs if whole is None else ((whole, cells(piece)),):
                scaled = glyph.resize((max(width, 1) * size[0], size[1]), Image.Resampling.NEAREST)
                # a mark sits on the character before it
                picture.paste(0, ((at if width else at - 1) * size[0], 0), scaled)
                at += width
        return picture

    def _glyphs(self, characters: Iterable[str], *, bold: bool) -> Iterator[tuple[Image.Image, int]]:
        """Each character as a mask, and its columns."""
        for character in characters:
            width = cells(character)
            yield self._drawn(character, max(width, 1), self._of(character), bold=bold), width

    def _whole(self, text: str, *, bold: bool) -> Image.Image | None:
        """Arabic or Hebrew, its letters joined; None: no font has all of them, or nothing here can join letters."""
        of_all = (font for font in self._fonts if all(_has(font, letter) for letter in text if letter != " "))
        font = next(of_all, None) if features.check("raqm") else None
        return None if font is None else self._drawn(text, cells(text), font, bold=bold, leftwards=True)

    def _drawn(
        self,
        text: str,
        width: int,
        font: ImageFont.FreeTypeFont | None,
        *,
        bold: bool,
        leftwards: bool = False,
    ) -> Image.Image:
        """A text as a mask of so many columns."""
        mask = Image.new("1", (width * CELL[0], CELL[1]), 0)
        if font is not None:
            drawing = ImageDraw.Draw(mask)
            drawing.fontmode = "1"
            drawing.text(
                (mask.width if leftwards else 0, CELL[1] - 6),
                text,
                fill=1,
                font=font,
                anchor="rs" if leftwards else "ls",
                direction="rtl" if leftwards else None,
                stroke_width=1 if bold else 0,
            )
        return mask

    def _of(self, character: str) -> ImageFont.FreeTypeFont | None:
        return next((font for font in self._fonts if _has(font, character)), None)


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """A text cut where its direction changes; True: what is read from right to left, from its first to its last letter.

    The text itself goes on to the right, as receipts do (Unicode, UAX #9, with that as the base direction).
    """
    start = at = 0
    while at < len(text):
        if unicodedata.bidirectional(text[at]) not in _LEFTWARDS:
            at += 1
            continue
        if at > start:
            yield text[start:at], False
        start = end = at
        while at < len(text) and (kind := unicodedata.bidirectional(text[at])) != "L":
            at += 1
            if kind in _LEFTWARDS or (kind == "NSM" and end == at - 1):
                end = at
        yield text[start:end], True
        start = at = end
    if start < len(text):
        yield text[start:], False


def one_by_one(text: str) -> str:
    """What is read from right to left, in the order in which it stands; marks stay behind their letters."""
    together: list[str] = []
    for character in text:
        number = character.isdecimal() and together and together[-1][-1].isdecimal()
        if together and (number or not cells(character)):
            together[-1] += character
        else:
            together.append(character)
    return "".join(reversed(together))


@cache
def fonts(first: str) -> Fonts:
    """The fonts of this machine, after the one that the printer is configured with."""
    return Fonts([first, *COMMON_FONTS] if first else COMMON_FONTS)


@cache
def logo(path: str, dots: int) -> bytes:
    """The bytes of a picture file, no wider than the paper; none where it cannot be read: the receipt goes on."""
    try:
        with Image.open(path) as file:
            shown = Image.new("RGB", file.size, "white")
            shown.paste(file, mask=file.convert("RGBA").getchannel("A"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        logger.warning("the logo %s cannot be printed: %s", path, error)
        return b""
    shown.thumbnail((dots, HIGHEST_LOGO))
    paper = Image.new("1", (dots, shown.height), 1)
    paper.paste(shown.convert("1"), ((dots - shown.width) // 2, 0))
    return raster(paper)


def is_picture(data: bytes) -> bool:
    """Whether these bytes are a picture that can be printed."""
    try:
        with Image.open(BytesIO(data)) as picture:
            picture.verify()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def raster(picture: Image.Image) -> bytes:
    """A picture in `GS v 0`, band by band, from the left edge of the paper."""
    width = -(-picture.width // 8)
    job = bytearray()
    for top in range(0, picture.height, BAND):
        height = min(BAND, picture.height - top)
        band = Image.new("1", (width * 8, height), 1)
        band.paste(picture.crop((0, top, picture.width, top + height)), (0, 0))
        size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
        dots = bytes(byte ^ 0xFF for byte in band.tobytes())
        job += b"\x1dv0\x00" + size + _unheard(dots)
    return bytes(job)


def _unheard(dots: bytes) -> bytes:
    """Dots that a printer takes for none of its real-time commands, which it obeys within pictures too.

    One dot more is better than a drawer that opens.
    """
    for command in (0x04, 0x05, 0x14):
        dots = dots.replace(DLE + bytes((command,)), b"\x11" + bytes((command,)))
    return dots


@cache
def _font(path: str) -> ImageFont.FreeTypeFont | None:
    if not Path(path).is_file():
        return None
    try:
        return ImageFont.truetype(path, SIZE)
    except OSError as error:
        logger.warning("the font %s cannot be used: %s", path, error)
        return None


@cache
def _has(font: ImageFont.FreeTypeFont, character: str) -> bool:
    """Whether a font can draw a character: a missing one is drawn as that which no font has."""
    drawn = font.getmask(character)
    missing = font.getmask(_MISSING)
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))
