"""Which column gives what."""

from __future__ import annotations

import pytest

from tui_pos.importing.columns import Field, field_named, match_columns
from tui_pos.importing.errors import MissingColumn, NoSuchColumn, TwoColumns, UnknownField


@pytest.mark.parametrize(
    ("names", "field"),
    [
        (["code", "GTIN", "Ean", "EAN-13", "barcode", "Code-barres", "code barre"], Field.CODE),
        (["label", "Name", "Nom", "Libellé", "DÉSIGNATION"], Field.LABEL),
        (["price", "price_eur", "Prix", "Prix TTC", "Prix TTC (€)"], Field.PRICE),
        (["vat", "vat_rate", "TVA", "TVA %", "Taux de TVA"], Field.VAT),
        (["family", "category", "Famille", "Catégorie", "rayon"], Field.FAMILY),
        (["weighed", "pesé", "Au poids"], Field.WEIGHED),
        (["unit", "Unité"], Field.UNIT),
        (["quantity", "Contenance", "quantité"], Field.QUANTITY),
    ],
)
def test_columns_are_known_by_their_french_and_english_names(names: list[str], field: Field) -> None:
    assert [field_named(name) for name in names] == [field] * len(names)


@pytest.mark.parametrize("name", ["", "brand", "marque", "price_per_kg", "🥖"])
def test_other_names_stand_for_nothing(name: str) -> None:
    assert field_named(name) is None


def test_of_two_columns_that_give_the_same_the_first_counts() -> None:
    columns = match_columns(["code", "ean", "nom"], {})

    assert columns == {Field.CODE: 0, Field.LABEL: 2}
    assert columns.unused == ["ean"]


def test_the_mapping_comes_before_the_names() -> None:
    columns = match_columns(["code", "Interne", "nom"], {"interne": "code"})

    assert columns[Field.CODE] == 1
    assert columns.unused == ["code"]


def test_a_column_given_another_field_no_longer_gives_its_own() -> None:
    columns = match_columns(["code", "nom", "description", "prix"], {"description": "family"})

    assert columns == {Field.CODE: 0, Field.LABEL: 1, Field.FAMILY: 2, Field.PRICE: 3}


def test_a_file_without_codes_is_refused_with_its_columns() -> None:
    with pytest.raises(MissingColumn, match=r"--map COLUMN=code.*nom, prix"):
        match_columns(["nom", "prix"], {})


def test_a_mapping_of_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(NoSuchColumn, match="“ref”"):
        match_columns(["code", "nom"], {"ref": "code"})


def test_a_mapping_to_something_a_product_has_not_is_refused() -> None:
    with pytest.raises(UnknownField, match=r"“colour”.*code, label, price"):
        match_columns(["code", "nom"], {"nom": "colour"})


def test_two_columns_for_one_field_are_refused() -> None:
    with pytest.raises(TwoColumns, match="“a” and “b”"):
        match_columns(["a", "b"], {"a": "code", "b": "gtin"})
