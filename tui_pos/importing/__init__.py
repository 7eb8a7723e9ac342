"""Catalogues from files, for a till without a server: all of a file is checked before anything is written."""

from __future__ import annotations

from tui_pos.importing.errors import ImportingError
from tui_pos.importing.plan import ImportPlan, ImportReport, Problem
from tui_pos.importing.products import read_products
from tui_pos.importing.writing import import_products

__all__ = ["ImportPlan", "ImportReport", "ImportingError", "Problem", "import_products", "read_products"]
