"""Which column gives what: by the names that shops and programs use, in French and in English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum

from tui_pos.importing.errors import MissingColumn, NoSuchColumn, TwoColumns, UnknownField
from tui_pos.sale.errors import shown


class Field(StrEnum):
    """What a column may give of a product."""

    CODE = "code"
    LABEL = "label"
    PRICE = "price"
    VAT = "vat"
    FAMILY = "family"
    WEIGHED = "weighed"
    UNIT = "unit"
    """What the price is for; beside a quantity, the unit of that quantity."""
    QUANTITY = "quantity"
    """What one piece holds."""


_NAMES = {
    Field.CODE: (
        *("code", "gtin", "ean", "ean13", "ean_13", "upc", "plu", "barcode", "bar_code", "sku"),
        *("code_barres", "code_barre", "codebarres", "codebarre", "code_ean", "code_article", "reference"),
    ),
    Field.LABEL: (
        "label",
        "name",
        "product",
        "description",
        "nom",
        "libelle",
        "designation",
        "article",
        "produit",
    ),
    Field.PRICE: (
        "price",
        "price_eur",
        "unit_price",
        "prix",
        "prix_ttc",
        "prix_eur",
        "selling_price",
        "retail_price",
        "prix_unitaire",
        "prix_unitaire_ttc",
        "prix_vente",
        "prix_vente_ttc",
        "prix_de_vente",
        "prix_de_vente_ttc",
        "pv",
        "pv_ttc",
    ),
    Field.VAT: ("vat", "vat_rate", "vat_percent", "tva", "taux_tva", "taux_de_tva", "tax_rate"),
    Field.FAMILY: ("family", "category", "department", "famille", "categorie", "rayon"),
    Field.WEIGHED: ("weighed", "by_weight", "pese", "pesee", "au_poids", "vendu_au_poids"),
    Field.UNIT: ("unit", "unite"),
    Field.QUANTITY: (
        "quantity",
        "content",
        "contents",
        "quantite",
        "contenance",
        "contenu",
        "conditionnement",
    ),
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names}
_REQUIRED = (Field.CODE, Field.LABEL)


class Columns(dict[Field, int]):
    """Where each field is found: the place of its column in a row, from 0."""

    def __init__(self, names: Sequence[str], places: Mapping[Field, int]) -> None:
        super().__init__(places)
        self.names = tuple(names)

    @property
    def unused(self) -> list[str]:
        """The columns that give nothing."""
        return [name for place, name in enumerate(self.names) if name and place not in self.values()]


def field_named(name: str) -> Field | None:
    """The field that a name stands for; None: none. Case, accents and signs do not matter (`Prix TTC (€)`)."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe"))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return _FIELDS.get(re.sub(r"[^0-9a-z]+", "_", letters.lower()).strip("_"))


def match_columns(names: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """Find the columns of a file by their names; of two that give the same, the first one counts.

    Args:
        names: of the columns, in their order.
        mapping: column name -> field name: it comes before what the names say.

    Raises:
        MissingColumn: nothing gives the code, or the label.
        NoSuchColumn: the mapping names a column that is not there.
        TwoColumns: the mapping gives one field twice.
        UnknownField: the mapping names a field that there is not.
    """
    stripped = [name.strip() for name in names]
    places = _mapped(stripped, mapping)
    taken = set(places.values())
    for place, name in enumerate(stripped):
        field = field_named(name)
        if field and place not in taken:
            places.setdefault(field, place)
    for field in _REQUIRED:
        if field not in places:
            raise MissingColumn(field=field, columns=_listed(stripped))
    return Columns(stripped, places)


def _mapped(names: Sequence[str], mapping: Mapping[str, str]) -> dict[Field, int]:
    folded = [name.casefold() for name in names]
    places: dict[Field, int] = {}
    for column, wanted in mapping.items():
        field = field_named(wanted)
        if field is None:
            raise UnknownField(field=shown(wanted), fields=", ".join(Field))
        if column.strip().casefold() not in folded:
            raise NoSuchColumn(column=shown(column), columns=_listed(names))
        if field in places:
            raise TwoColumns(field=field, column=shown(names[places[field]]), other=shown(column))
        places[field] = folded.index(column.strip().casefold())
    return places


def _listed(names: Sequence[str]) -> str:
    return ", ".join(shown(name) for name in names if name)[:400]
