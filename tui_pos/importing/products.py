"""Products from a CSV file: every line is checked, and nothing is written here.

Needed are a code and a label. A product without a price has it asked at the till; one without a VAT rate takes the
default; where there is a quantity (`500`), the unit (`g`) is that of what a piece holds, else that of the price.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from sync.protocol import ProductRecord
from tui_pos.importing.cells import (
    MAX_LABEL,
    BadCell,
    price_unit,
    read_code,
    read_label,
    read_price,
    read_vat,
    read_weighed,
    read_words,
    text_of,
    with_lost_zeros,
)
from tui_pos.importing.columns import Columns, Field, field_named, match_columns
from tui_pos.importing.errors import NoProducts
from tui_pos.importing.plan import ImportPlan, Problem
from tui_pos.importing.reading import Row, Text, read_text, rows
from tui_pos.l10n import n_
from tui_pos.sale.barcode import Code, Kind
from tui_pos.sale.errors import shown
from tui_pos.sale.tax import rate_text

T = TypeVar("T")


def read_products(
    file: Path, mapping: Mapping[str, str] | None = None, *, default_vat: Decimal
) -> ImportPlan:
    """Read and check a whole file of products.

    Args:
        file: CSV with column names on top; comma, semicolon or tab; UTF-8, UTF-16 or cp1252.
        mapping: column name -> field name, for columns whose names say nothing to this program.
        default_vat: the rate in percent of lines that give none.

    Raises:
        ImportingError: the file as a whole cannot be read; a bad line is a problem of the plan instead.
    """
    text = read_text(file)
    if not text.content.strip():
        raise NoProducts(file=file)
    plan = plan_products(text, mapping or {}, default_vat=default_vat)
    if not plan.lines:
        raise NoProducts(file=file)
    return plan


def plan_products(text: Text, mapping: Mapping[str, str], *, default_vat: Decimal) -> ImportPlan:
    """The plan that the text of a file makes; see `read_products`."""
    mapped = {column.strip().casefold() for column in mapping}
    found = rows(
        text.content, lambda name: field_named(name) is not None or name.strip().casefold() in mapped
    )
    names = next(found, None)
    columns = match_columns(names.cells if names else (), mapping)
    reading = _Reading(columns, default_vat)
    if names:
        reading.say_unused(names.line)
    for row in found:
        reading.take(row)
    return reading.plan(text.encoding)


class _Line:
    """One row being read: its cells by field, what is wrong with them, and what else is to be said."""

    def __init__(self, row: Row, columns: Columns) -> None:
        self.number = row.line
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self._row = row
        self._columns = columns

    def text(self, field: Field) -> str:
        """The text of a field's cell; a column that is not there is as good as an empty cell."""
        place = self._columns.get(field)
        return text_of(self._row.cells[place]) if place is not None and place < len(self._row.cells) else ""

    def read(self, field: Field, reader: Callable[[str], T], otherwise: T) -> T:
        """What a reader makes of a field; its complaint becomes a problem, and `otherwise` stands in."""
        text = self.text(field)
        try:
            return reader(text)
        except BadCell as bad:
            self.problems.append(self.about(field, bad.what))
            return otherwise

    def about(self, field: Field, what: str) -> Problem:
        """Something to say about a field of this line."""
        column = self._columns.names[self._columns[field]]
        return Problem(self.number, shown(column), what, shown(self.text(field)))

    def check_shape(self) -> None:
        """More cells than columns: a separator stands in a cell without quotation marks, and all is shifted."""
        beyond = self._row.cells[len(self._columns.names) :]
        if any(cell.strip() for cell in beyond):
            what = n_(
                "The line has more cells than there are columns: a separator in it needs quotation marks."
            )
            self.problems.append(Problem(self.number, "", what, shown(text_of(" ".join(beyond)))))


class _Reading:
    """A file being read: what its good lines give, and what is to be said."""

    def __init__(self, columns: Columns, default_vat: Decimal) -> None:
        self._columns = columns
        self._default_vat = default_vat
        self._records: list[ProductRecord] = []
        self._problems: list[Problem] = []
        self._notes: list[Problem] = []
        self._codes: dict[str, int] = {}
        self._lines = 0
        self._without_vat = 0

    def say_unused(self, line: int) -> None:
        """Note the columns that give nothing."""
        what = n_("This column is not used.")
        self._notes += [Problem(line, shown(name), what, "") for name in self._columns.unused]

    def take(self, row: Row) -> None:
        """Read one row to a product, or to problems."""
        self._lines += 1
        line = _Line(row, self._columns)
        line.check_shape()
        code = self._code(line)
        label = line.read(Field.LABEL, read_label, "")
        price = line.read(Field.PRICE, read_price, None)
        vat = line.read(Field.VAT, read_vat, None)
        family = line.read(Field.FAMILY, read_words, "")
        weighed, unit, content = self._measure(line)
        if code is not None:
            self._check_new(line, code)
        if code is None or line.problems:
            self._problems += line.problems
            return
        if len(label) > MAX_LABEL:
            line.notes.append(line.about(Field.LABEL, n_("The label was cut to 60 characters.")))
        self._notes += line.notes
        self._without_vat += vat is None
        self._records.append(
            ProductRecord(
                code=code.text,
                label=label[:MAX_LABEL].rstrip(),
                unit_price=price,
                vat_rate=rate_text(self._default_vat if vat is None else vat),
                family=family,
                weighed=weighed,
                unit=unit,
                content=content,
            )
        )

    def plan(self, encoding: str) -> ImportPlan:
        """What came of all rows."""
        return ImportPlan(
            records=tuple(self._records),
            problems=tuple(self._problems),
            notes=tuple(self._notes),
            lines=self._lines,
            default_vat=self._default_vat,
            without_vat=self._without_vat,
            without_price=sum(record.unit_price is None for record in self._records),
            encoding=encoding,
        )

    @staticmethod
    def _code(line: _Line) -> Code | None:
        code = line.read(Field.CODE, read_code, None)
        if code is None or (whole := with_lost_zeros(code)) is code:
            return code
        what = n_("Leading zeros of the barcode were lost: they were put back.")
        line.notes.append(line.about(Field.CODE, what))
        return whole

    def _check_new(self, line: _Line, code: Code) -> None:
        """A code stands once in a file; GTINs are compared with their leading zeros, the others without case."""
        key = code.text.zfill(14) if code.kind is Kind.GTIN else code.text.casefold()
        if self._codes.setdefault(key, line.number) != line.number:
            what = n_("The code is on an earlier line already.")
            line.problems.append(line.about(Field.CODE, what))

    @staticmethod
    def _measure(line: _Line) -> tuple[bool, str, str | None]:
        """Whether the product is weighed, what its price is for, and what one piece holds."""
        weighed = line.read(Field.WEIGHED, read_weighed, False)
        quantity = line.read(Field.QUANTITY, read_words, "")
        unit_text = line.read(Field.UNIT, read_words, "")
        if quantity:
            content = " ".join(part for part in (quantity, unit_text) if part)
            return weighed, "kg" if weighed else "piece", content
        unit = price_unit(unit_text) if unit_text else None
        if unit_text and unit is None:
            what = n_("This unit is not known: the price is taken for a piece, or for a kilogram if weighed.")
            line.notes.append(line.about(Field.UNIT, what))
        # a price for a kilogram is that of something weighed
        weighed = weighed or unit == "kg"
        return weighed, "kg" if weighed else unit or "piece", None
