"""ESC/POS: documents → bytes, through python-escpos as an encoder only.

It blocks: callers run it in a worker thread. The library has habits that a till cannot live with, and they are held
off here: at import it logs to standard error (over the screen), leaves a temporary folder behind, and reads 200 ms
of YAML unless its cache has a place to be.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from devices.document import (
    Barcode,
    Cut,
    Document,
    Logo,
    Qr,
    Row,
    barcode_text,
    code_lines,
    layout,
    qr_text,
    retyped,
)
from devices.gtin import is_gtin
from devices.printers.likeness import fits, likeness
from devices.printers.profile import Profile

if TYPE_CHECKING:
    from escpos.printer import Dummy

logger = logging.getLogger(__name__)

_IMPORT = threading.Lock()
_PICKLES = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_EAN = {8: "EAN8", 12: "UPC-A", 13: "EAN13"}
_LONGEST_CODE_128 = 22
"""Characters that fit 80 mm paper at two dots for a module; half of it on 58 mm paper."""


def encode(document: Document, profile: Profile) -> bytes:
    """The document as one job for a printer of this profile. It holds no drawer kick and asks for no status.

    A line with characters that the code page lacks is drawn, where the profile and the machine's fonts allow it; else
    they are printed as their nearest likeness, or as a question mark.
    """
    press = _Press(_dummy(), profile)
    drawn = _drawable(profile)
    for row in layout(
        retyped(document, lambda text: likeness(text, profile.code_page, drawn)), profile.columns
    ):
        match row:
            case Row() if fits(row.text, profile.code_page):
                press.row(row)
            case Row():
                press.drawn(row)
            case Logo():
                press.logo()
            case Barcode():
                press.barcode(row.code)
            case Qr():
                press.qr(row.data)
            case Cut():
                press.end_paper()
    return press.job


def _drawable(profile: Profile) -> Callable[[str], bool]:
    """Which characters of a text are drawn rather than replaced."""
    if not profile.pictures:
        return lambda _: False

    def drawn(character: str) -> bool:
        if fits(character, profile.code_page):
            return True
        from devices.printers.pictures import fonts  # noqa: PLC0415 - only for what is seldom printed

        return fonts(profile.font).has(character)

    return drawn


class _Press:
    """One job in the making."""

    def __init__(self, printer: Dummy, profile: Profile) -> None:
        self._printer = printer
        self._profile = profile
        self._style: tuple[str, bool, bool, bool] | None = None
        """As it was sent last: a slow line is not given the same again for every row."""
        printer.hw("INIT")
        printer.charcode(profile.code_page)

    @property
    def job(self) -> bytes:
        """The bytes so far."""
        output: bytes = self._printer.output
        return output

    def row(self, row: Row) -> None:
        style = (row.align, row.bold, row.tall, row.wide)
        if style != self._style:
            self._printer.set(
                align=row.align,
                bold=row.bold,
                double_height=row.tall,
                double_width=row.wide,
                normal_textsize=not (row.tall or row.wide),
            )
            self._style = style
        self._printer.text(row.text + "\n")

    def drawn(self, row: Row) -> None:
        """A line as a picture."""
        from devices.printers.pictures import fonts, raster  # noqa: PLC0415 - as above

        self._picture(raster(fonts(self._profile.font).draw(row, self._profile.columns)))

    def logo(self) -> None:
        """The shop's logo, where there is one."""
        if self._profile.logo:
            from devices.printers.pictures import logo  # noqa: PLC0415 - as above

            self._picture(logo(self._profile.logo, self._profile.dots))

    def _picture(self, data: bytes) -> None:
        self._printer.set(align="left", normal_textsize=True)
        self._printer._raw(data)  # noqa: SLF001 - its own way in for bytes
        self._style = None

    def barcode(self, code: str) -> None:
        ean = _EAN.get(len(code), "") if is_gtin(code) else ""
        longest = _LONGEST_CODE_128 if self._profile.columns > 32 else _LONGEST_CODE_128 // 2
        drawable = code.isascii() and code.isprintable() and "{" not in code and 0 < len(code) <= longest
        if not self._profile.barcodes or not (ean or drawable):
            self._written(barcode_text(code))
            return
        # the public method prints to standard output, which is headless's own
        draw = self._printer._hw_barcode  # noqa: SLF001
        draw(code if ean else "{B" + code, ean or "CODE128", width=2, function_type="B", check=False)
        self._style = None

    def qr(self, data: str) -> None:
        if not self._profile.qr or not data:
            self._written(qr_text(data))
            return
        self._printer.set(align="center")
        self._printer.qr(data, size=6, native=True)
        self._style = None

    def end_paper(self) -> None:
        if self._profile.cuts:
            self._printer.cut(feed=False)  # the printer itself feeds to its cutter
        else:
            self._printer.print_and_feed(6)

    def _written(self, text: str) -> None:
        for line in code_lines(likeness(text, self._profile.code_page), self._profile.columns):
            self.row(Row(line))


def _dummy() -> Dummy:
    with _IMPORT:
        return _library()()


@cache
def _library() -> type[Dummy]:
    """The library's encoder, imported once: a third of a second and 15 MB, so only to print."""
    try:
        return _imported()
    except Exception:  # whatever a torn pickle makes Python raise
        logger.warning("the cache of printer capabilities is damaged, and is made again", exc_info=True)
        for file in _cache().glob("*.pickle"):
            file.unlink(missing_ok=True)
        return _imported()


def _imported() -> type[Dummy]:
    with _well_behaved():
        from escpos.printer import Dummy  # noqa: PLC0415
    encoder: type[Dummy] = Dummy
    return encoder


@contextmanager
def _well_behaved() -> Iterator[None]:
    """Import python-escpos without a trace: no handler on the root logger, no folder left, its cache in private."""
    root = logging.getLogger()
    handlers, make_folder, before = list(root.handlers), tempfile.mkdtemp, os.environ.get(_PICKLES)
    made: list[str] = []
    here = threading.get_ident()

    def noted(*args: Any, **options: Any) -> str:
        folder: str = make_folder(*args, **options)
        if threading.get_ident() == here:
            made.append(folder)
        return folder

    os.environ[_PICKLES] = str(_cache())
    tempfile.mkdtemp = noted  # type: ignore[assignment]
    try:
        yield
    finally:
        tempfile.mkdtemp = make_folder
        if before is None:
            del os.environ[_PICKLES]
        else:
            os.environ[_PICKLES] = before
        for handler in [handler for handler in root.handlers if handler not in handlers]:
            root.removeHandler(handler)
        for folder in made:
            with suppress(OSError):
                Path(folder).rmdir()


def _cache() -> Path:
    """A folder that nobody else can write: what lies in it is unpickled."""
    folder = user_cache_path("tui-pos") / "escpos"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="tui-pos-"))
    return folder
