"""Errors of the server in words, in the language that was chosen: the boundary between them and whoever reads them."""

from __future__ import annotations

import re

from backoffice.errors import ServerError
from tui_pos.importing.errors import ImportingError
from tui_pos.l10n import _, in_language, n_

KINDS = (
    *(n_("product"), n_("family"), n_("customer"), n_("user"), n_("method"), n_("offer"), n_("tariff")),
    *(n_("setting"), n_("Product"), n_("Family"), n_("Customer"), n_("User"), n_("Method"), n_("Offer")),
    *(n_("Tariff"), n_("Setting"), n_("Shop"), n_("The folder")),
)
"""What errors call the kinds of records."""
_MEANS_SOMETHING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""To a terminal: controls, and what turns the direction of writing."""
_KEYS = frozenset({"what", "reason"})
"""Details that are messages of the catalogues themselves."""


def in_words(error: ServerError) -> str:
    """What went wrong, on one line."""
    details = {name: _word(name, value) for name, value in error.details.items()}
    lines = _(error.template).format(**details).splitlines()
    return printable(" ".join(line.strip() for line in lines))


def printable(text: str) -> str:
    """A text whose signs mean nothing to a terminal: whoever typed it at a till shall not write on ours."""
    return _MEANS_SOMETHING.sub("\N{REPLACEMENT CHARACTER}", text)


def _word(name: str, value: object) -> object:
    if isinstance(value, ImportingError):
        return _(value.template).format(**value.details)
    return in_language(value) if name in _KEYS and isinstance(value, str) else value
