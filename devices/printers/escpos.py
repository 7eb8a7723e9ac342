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
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from devices.document import (
    Barcode,
    Cut,
    Document,
    Qr,
    Row,
    barcode_text,
    code_lines,
    layout,
    qr_text,
    retyped,
)
from devices.printers.profile import CodePage, Profile

if TYPE_CHECKING:
    from escpos.printer import Dummy

_IMPORT = threading.Lock()
_PICKLES = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_EAN = {8: "EAN8", 12: "UPC-A", 13: "EAN13"}
_LONGEST_CODE_128 = 22
"""Characters that fit 80 mm paper at two dots for a module; half of it on 58 mm paper."""
_NEAREST = {
    "œ": "oe", "Œ": "OE", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "…": "...", "–": "-", "—": "-",
    "−": "-", "•": "*", "×": "x", "€": "EUR", "→": "->", "\N{NARROW NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " ",
}  # fmt: skip
"""What is printed for a character that the code page lacks."""


def encode(document: Document, profile: Profile) -> bytes:
    """The document as one job for a printer of this profile. It holds no drawer kick and asks for no status.

    What the code page lacks is printed as its nearest likeness, or as a question mark.
    """
    printer = _dummy()
    printer.hw("INIT")
    printer.charcode(profile.code_page)
    for row in layout(retyped(document, lambda text: likeness(text, profile.code_page)), profile.columns):
        match row:
            case Row():
                _print_row(printer, row)
            case Barcode():
                _print_barcode(printer, row.code, profile)
            case Qr():
                _print_qr(printer, row.data, profile)
            case Cut():
                _end_paper(printer, profile)
    output: bytes = printer.output
    return output


def likeness(text: str, code_page: CodePage) -> str:
    """`text` with what the code page lacks replaced by what looks like it: `ő` by `o`, `œ` by `oe`, `愛` by `?`."""
    codec = code_page.lower()
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return "".join(_likeness(character, codec) for character in unicodedata.normalize("NFC", text))
    return text


def _likeness(character: str, codec: str) -> str:
    near: tuple[str, ...] = (
        character,
        _NEAREST.get(character, ""),
        unicodedata.normalize("NFKD", character)[:1],
    )
    for candidate in near:
        if candidate:
            with suppress(UnicodeEncodeError):
                candidate.encode(codec)
                return candidate
    return "" if unicodedata.category(character) in ("Mn", "Me", "Cf") else "?"


def _print_row(printer: Dummy, row: Row) -> None:
    printer.set(
        align=row.align,
        bold=row.bold,
        double_height=row.tall,
        double_width=row.wide,
        normal_textsize=not (row.tall or row.wide),
    )
    printer.text(row.text + "\n")


def _print_lines(printer: Dummy, text: str, profile: Profile) -> None:
    for line in code_lines(likeness(text, profile.code_page), profile.columns):
        _print_row(printer, Row(line))


def _print_barcode(printer: Dummy, code: str, profile: Profile) -> None:
    name = _EAN.get(len(code), "") if code.isdecimal() and code.isascii() and _check_digit_holds(code) else ""
    longest = _LONGEST_CODE_128 if profile.columns > 32 else _LONGEST_CODE_128 // 2
    drawable = code.isascii() and code.isprintable() and "{" not in code and 0 < len(code) <= longest
    if not profile.barcodes or not (name or drawable):
        _print_lines(printer, barcode_text(code), profile)
        return
    # the public method prints to standard output, which is headless's own
    draw = printer._hw_barcode  # noqa: SLF001
    draw(code if name else "{B" + code, name or "CODE128", width=2, function_type="B", check=False)


def _check_digit_holds(code: str) -> bool:
    """GS1's check digit: a printer draws nothing for an EAN whose last digit is wrong."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code)))
    return weighted % 10 == 0


def _print_qr(printer: Dummy, data: str, profile: Profile) -> None:
    if not profile.qr or not data:
        _print_lines(printer, qr_text(data), profile)
        return
    printer.set(align="center")
    printer.qr(data, size=6, native=True)


def _end_paper(printer: Dummy, profile: Profile) -> None:
    if profile.cuts:
        printer.cut(feed=False)  # the printer itself feeds to its cutter
    else:
        printer.print_and_feed(6)


def _dummy() -> Dummy:
    with _IMPORT:
        return _library()()


@cache
def _library() -> type[Dummy]:
    """The library's encoder, imported once: a third of a second and 15 MB, so only to print."""
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
