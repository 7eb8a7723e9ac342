"""Products from a CSV file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.protocol import ProductRecord
from tui_pos.importing import ImportPlan, read_products
from tui_pos.importing.errors import ImportingError, NoProducts
from tui_pos.importing.products import plan_products
from tui_pos.importing.reading import Text

Plan = Callable[..., ImportPlan]


def said(plan: ImportPlan) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.what) for problem in plan.problems]


def test_a_line_becomes_a_product(plan: Plan) -> None:
    made = plan(
        "Code-barres;Désignation;Prix TTC;TVA;Rayon;Contenance;Unité\n9520010100008;Pâtes;1,15 €;5,5 %;Épicerie;500;g\n"
    )

    assert made.records == (
        ProductRecord("9520010100008", "Pâtes", 115, "5.5", family="Épicerie", unit="piece", content="500 g"),
    )
    assert (made.problems, made.notes, made.lines) == ((), (), 1)


def test_leading_zeros_that_a_spreadsheet_dropped_are_put_back_and_told(plan: Plan) -> None:
    made = plan("code,label\n36000291452,Tissues\n36000291453,Ours\n4011,Bananas\n")

    assert [record.code for record in made.records] == ["036000291452", "36000291453", "4011"]
    assert [(note.line, note.column, note.value) for note in made.notes] == [(2, "code", "36000291452")]
    assert made.problems == ()


def test_a_barcode_with_and_without_its_leading_zeros_is_one_code(plan: Plan) -> None:
    made = plan("code,label\n0036000291452,Tissues\n36000291452,Tissues again\n")

    assert said(made) == [(3, "code", "The code is on an earlier line already.")]


def test_a_product_without_a_price_is_asked_at_the_till(plan: Plan) -> None:
    made = plan("code,label,price\n4011,Bananas,\n4020,Apples,2.50\n")

    assert [record.unit_price for record in made.records] == [None, 250]
    assert made.without_price == 1


def test_a_line_without_a_rate_takes_the_default_and_it_is_counted(plan: Plan) -> None:
    made = plan("code,label,vat\n1,Soap,20\n2,Bread,\n")

    assert [record.vat_rate for record in made.records] == ["20", "5.5"]
    assert (made.without_vat, made.default_vat) == (1, Decimal("5.5"))


def test_the_separator_that_a_spreadsheet_announces_is_taken(plan: Plan) -> None:
    made = plan("sep=:\r\ncode:label\r\n4011:Bananas, ripe; yellow\r\n4012:\r\n")

    assert [record.label for record in made.records] == ["Bananas, ripe; yellow"]
    assert said(made) == [(4, "label", "The label is missing.")]


def test_code_and_label_are_enough(plan: Plan) -> None:
    made = plan("code\tlabel\n4011\tBananas\n")

    assert made.records == (ProductRecord("4011", "Bananas", None, "5.5"),)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("oui;;", (True, "kg", None)),
        ("oui;kg;", (True, "kg", None)),
        (";kg;", (True, "kg", None)),
        (";l;", (False, "l", None)),
        (";pièce;", (False, "piece", None)),
        (";g;500", (False, "piece", "500 g")),
        (";kg;1", (False, "piece", "1 kg")),
        (";;4 × 125 g", (False, "piece", "4 × 125 g")),
        ("non;tranches;6", (False, "piece", "6 tranches")),
    ],
)
def test_the_unit_is_that_of_the_quantity_if_there_is_one_else_that_of_the_price(
    plan: Plan, cells: str, expected: tuple[bool, str, str | None]
) -> None:
    (record,) = plan(f"code;nom;pesé;unité;quantité\n1;Produit;{cells}\n").records

    assert (record.weighed, record.unit, record.content) == expected


def test_an_unknown_unit_is_noted_and_the_product_taken(plan: Plan) -> None:
    made = plan("code;nom;unité\n1;Produit;palette\n")

    assert made.records[0].unit == "piece"
    assert [(note.line, note.value) for note in made.notes] == [(2, "palette")]


@pytest.mark.parametrize(
    ("line", "column", "why"),
    [
        ("9520010100009;Pain;1;20", "code", "check digit"),
        (";Pain;1;20", "code", "missing"),
        ("12;;1;20", "nom", "missing"),
        ("12;Pain;un euro;20", "prix", "not a price"),
        ("12;Pain;-1;20", "prix", "negative"),
        ("12;Pain;1;0.2", "tva", "VAT rate"),
        ("12;Pa\x1bin;1;20", "nom", "do not print"),
        ("12;Pain;1;20;5", "", "more cells"),
    ],
)
def test_a_bad_line_is_named_with_its_column(plan: Plan, line: str, column: str, why: str) -> None:
    made = plan(f"code;nom;prix;tva\n11;Bon;1;20\n{line}\n")

    assert [record.code for record in made.records] == ["11"]
    assert [(problem.line, problem.column) for problem in made.problems] == [(3, column)]
    assert why in made.problems[0].what


def test_all_that_is_wrong_with_a_line_is_said_at_once(plan: Plan) -> None:
    made = plan("code;nom;prix;tva\n9520010100009;;abc;0.2\n")

    assert [problem.column for problem in made.problems] == ["code", "nom", "prix", "tva"]
    assert made.bad_lines == 1


def test_a_code_twice_in_the_file_is_refused_the_second_time(plan: Plan) -> None:
    made = plan("code;nom\n9520010100008;Un\n09520010100008;Deux\nabc;Trois\nABC;Quatre\n")

    assert [record.label for record in made.records] == ["Un", "Trois"]
    assert said(made) == [
        (3, "code", "The code is on an earlier line already."),
        (5, "code", "The code is on an earlier line already."),
    ]


def test_a_long_label_is_cut_and_that_is_said(plan: Plan) -> None:
    made = plan(f"code;nom\n1;{'a' * 59} b c\n2;{'b' * 60}\n")

    assert [record.label for record in made.records] == ["a" * 59, "b" * 60]
    assert [(note.line, note.what) for note in made.notes] == [(2, "The label was cut to 60 characters.")]


def test_an_unknown_column_is_noted_on_the_line_of_the_names(plan: Plan) -> None:
    made = plan("\ncode;nom;marque\n1;Pain;Personne\n")

    assert [(note.line, note.column, note.what) for note in made.notes] == [
        (2, "marque", "This column is not used.")
    ]
    assert len(made.records) == 1


def test_a_column_is_mapped_by_name(plan: Plan) -> None:
    made = plan("Réf;Intitulé\n12;Pain\n", Réf="code", intitulé="label")

    assert made.records == (ProductRecord("12", "Pain", None, "5.5"),)


def test_a_short_line_is_taken_as_one_with_empty_cells(plan: Plan) -> None:
    made = plan("code;nom;prix;tva\n12;Pain\n")

    assert made.records == (ProductRecord("12", "Pain", None, "5.5"),)


def test_empty_cells_beyond_the_columns_do_not_matter(plan: Plan) -> None:
    assert plan("code;nom\n12;Pain;; ;\n").problems == ()


def test_what_a_problem_shows_is_short_and_safe_to_print(plan: Plan) -> None:
    (problem,) = plan(f"code;nom\n1;{'x' * 500}\x1b[31m\n").problems

    assert len(problem.value) <= 32
    assert problem.value.isprintable()


def test_the_name_of_a_column_is_safe_to_print_too(plan: Plan) -> None:
    made = plan("code\x1b[31m;code;nom;x\x07\n;;Pain;\n")

    assert all(problem.column.isprintable() for problem in (*made.problems, *made.notes))
    assert made.problems


def test_nothing_more_is_noted_about_a_bad_line(plan: Plan) -> None:
    made = plan(f"code;nom;unité;prix\n1;{'x' * 80};palette;abc\n")

    assert made.notes == ()
    assert [problem.column for problem in made.problems] == ["prix"]


def test_a_file_with_column_names_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("code;nom\n", "utf-8")

    with pytest.raises(NoProducts, match="no product"):
        read_products(path, default_vat=Decimal("5.5"))


@pytest.mark.parametrize("blank", [b"", b"\r\n\n", b"\xef\xbb\xbf \t\n"])
def test_an_empty_file_is_refused(tmp_path: Path, blank: bytes) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(blank)

    with pytest.raises(NoProducts, match="no product"):
        read_products(path, default_vat=Decimal("5.5"))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
@settings(max_examples=100)
def test_whatever_stands_in_a_file_gives_a_plan_or_a_refusal_in_words(text: str) -> None:
    with suppress(ImportingError):
        made = plan_products(Text("code;nom;prix\n" + text, "utf-8"), {}, default_vat=Decimal(20))
        assert len(made.records) + made.bad_lines == made.lines
        assert all(record.label.isprintable() and record.code for record in made.records)
