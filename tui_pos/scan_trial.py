"""A try of a scanner in words: what came byte by byte, what the till reads in it, and what would mend it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from devices.events import ScanLost, Scanned
from devices.scanners.trial import WITHIN
from sync.protocol import ProductRecord
from sync.store import Store
from tui_pos.errors import in_words
from tui_pos.l10n import _, amount, n_
from tui_pos.sale import gs1, weighed
from tui_pos.sale.barcode import Kind, is_gtin, other_readings, recognise, without_symbology
from tui_pos.sale.errors import SaleError
from tui_pos.scan_advice import advice

NOW = n_("Scan something now.")
NOTHING = n_(
    "Nothing was scanned within {seconds} s. Check its cable and, where it was just set up, its address and driver."
)
_BYTES, _TEXT, _KIND, _CODE, _GOODS = n_("Bytes"), n_("As text"), n_("Symbology"), n_("Code"), n_("Product")
_NAMED = n_("{name}: {text}")
_NO_CODE = n_("None: {reason}.")
_NO_GOODS = n_("None of the catalogue has this code.")
_CARD = n_("None: it is the card of a customer.")
_TOLD, _GUESSED = n_("{name}, as it says itself"), n_("{name}, by its form")
_ELEMENTS, _ANY = n_("GS1 element string"), n_("Code 128, Code 39, QR Code or another")
_MOST_BYTES = 64

_SIGNS = {"\r": "<CR>", "\n": "<LF>", "\t": "<TAB>", "\x1d": "<GS>", "\x02": "<STX>", "\x03": "<ETX>"}
_FORMS = {8: "EAN-8", 12: "UPC-A", 13: "EAN-13", 14: "ITF-14"}
_SYMBOLOGIES: Mapping[str, str] = {
    "A": "Code 39", "C": "Code 128", "C1": "GS1-128", "d": "Data Matrix", "d2": "GS1 DataMatrix", "E": "EAN, UPC",
    "E0": "EAN-13, UPC-A, UPC-E", "E3": "EAN-13 + 2, + 5", "E4": "EAN-8", "e": "GS1 DataBar", "F": "Codabar",
    "G": "Code 93", "I": "Interleaved 2 of 5", "J": "DotCode", "L": "PDF417", "Q": "QR Code", "Q3": "GS1 QR Code",
    "z": "Aztec Code",
}  # fmt: skip
"""By the letter of the identifier and, where that tells more, its modifier (ISO/IEC 15424)."""


class Explained(Struct, frozen=True):
    """What came of a try of a scanner."""

    works: bool
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)


async def explained(
    event: Scanned | ScanLost, store: Store, *, pause: float | None = None, patience: float = 0.0
) -> Explained:
    """What a scan was and what it means here; nothing is sold.

    Args:
        pause: seconds between two keys of it, where it came as keys.
        patience: seconds that there may be between two.
    """
    came = event.verbatim
    lines = [_line(_BYTES, _in_hex(came)), _line(_TEXT, _in_signs(came))] if came else []
    if isinstance(event, ScanLost):
        lines.append(_line(_CODE, _(_NO_CODE).format(reason=_(event.reason))))
    else:
        lines.append(_line(_KIND, _symbology(event.code)))
        lines.append(_line(_CODE, _in_signs(_meant(event.code))))
        lines.append(_line(_GOODS, await _goods(event.code, store)))
    lines += [f"→ {one}" for one in advice(came, pause=pause, patience=patience)]
    return Explained(isinstance(event, Scanned), tuple(lines))


def nothing_came(within: float = WITHIN) -> Explained:
    """What is said when nobody scanned, or nothing came of it."""
    return Explained(False, (_(NOTHING).format(seconds=round(within)),))


def _line(name: str, text: str) -> str:
    return _(_NAMED).format(name=_(name), text=text)


def _in_hex(came: str) -> str:
    data = came.encode("utf-8", "surrogateescape")
    return data[:_MOST_BYTES].hex(" ").upper() + (" …" if len(data) > _MOST_BYTES else "")


def _in_signs(came: str) -> str:
    """A text as it can be shown: what does not print stands between angle brackets."""
    return "".join(_SIGNS.get(one, one if one.isprintable() else f"<{ord(one) & 0xFF:02X}>") for one in came)


def _symbology(code: str) -> str:
    if code != (bare := without_symbology(code)):
        identifier = code[1:3]
        name = _SYMBOLOGIES.get(identifier) or _SYMBOLOGIES.get(identifier[0], code[:3])
        return _(_TOLD).format(name=name)
    if gs1.is_element_string(code):
        name = _(_ELEMENTS)
    else:
        meant = _meant(bare)
        name = _FORMS[len(meant)] if is_gtin(meant) else _(_ANY)
    return _(_GUESSED).format(name=name)


def _meant(code: str) -> str:
    """A code as the till looks it up."""
    try:
        return code if gs1.is_element_string(code) else recognise(code).text
    except SaleError:
        return code


async def _goods(code: str, store: Store) -> str:
    """The product that would be sold, or why none would."""
    shop = await store.catalogue.shop()
    try:
        codes = _codes(code, shop.barcode_patterns if shop else ())
    except SaleError as error:
        return in_words(error)
    for one in codes:
        if found := await store.catalogue.find(one):
            return ", ".join(_shown(product, shop.currency if shop else "EUR") for product in found)
    return _(_CARD) if await store.catalogue.customer(codes[0]) else _(_NO_GOODS)


def _codes(code: str, patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Under which codes a product may stand in the catalogue."""
    if gs1.is_element_string(code):
        return gs1.read(code).codes
    known = recognise(code)
    sealed = weighed.read(known.text, patterns) if known.kind is Kind.GTIN else None
    bare = gs1.read(known.text).codes if gs1.is_bare(known.text) else ()
    return (known.text, *(sealed.items if sealed else ()), *bare, *other_readings(known.text))


def _shown(product: ProductRecord, currency: str) -> str:
    price = "" if product.unit_price is None else f" {amount(product.unit_price, currency)}"
    return f"{product.label}{price}{'/kg' if product.weighed else ''}"
