"""What can be wrong with a file as a whole; what is wrong with one of its lines is a `Problem` of the plan.

    ImportingError
    ├── CannotRead, NotText, BrokenFile
    ├── MissingColumn, NoSuchColumn, TwoColumns
    ├── UnknownField
    └── NoProducts

Each carries a stable slug for programs and an English template for people, which is the message's key in the
catalogues of translations.
"""

from __future__ import annotations

from typing import ClassVar

from tui_pos.l10n import n_


class ImportingError(Exception):
    """A file that cannot be imported. Nothing was written.

    Args:
        details: the values that the template names.
    """

    slug: ClassVar[str] = "bad_request"
    template: ClassVar[str] = ""

    def __init__(self, **details: object) -> None:
        super().__init__(self.template.format(**details))
        self.details = details


class CannotRead(ImportingError):
    """The file is not there, or may not be read."""

    template = n_("{file} cannot be read: {error}. Nothing was imported.")


class NotText(ImportingError):
    """Not a text in UTF-8, UTF-16 or the Western code page of Windows."""

    template = n_("{file} is not a CSV text. Nothing was imported: save it again as CSV in UTF-8.")


class BrokenFile(ImportingError):
    """Quotation marks that do not close: where lines end can no longer be told."""

    template = n_(
        "The quotation marks are broken near line {line}. Nothing was imported: "
        "mend this line, or save the file as CSV again."
    )


class MissingColumn(ImportingError):
    """A column without which there is no product."""

    template = n_(
        "No column gives the {field}. Nothing was imported: name it with --map COLUMN={field}. "
        "The columns of the file: {columns}."
    )


class NoSuchColumn(ImportingError):
    """A column was mapped that the file does not have."""

    template = n_(
        "The file has no column “{column}”. Nothing was imported: the columns of the file are {columns}."
    )


class TwoColumns(ImportingError):
    """Two columns were mapped to one field."""

    template = n_(
        "Both “{column}” and “{other}” should give the {field}. Nothing was imported: map only one."
    )


class UnknownField(ImportingError):
    """A column was mapped to something that a product does not have."""

    template = n_("A product has no “{field}”. Nothing was imported: the fields are {fields}.")


class NoProducts(ImportingError):
    """Not one line holds a product that can be taken."""

    template = n_("{file} holds no product that can be taken. Nothing was imported.")
