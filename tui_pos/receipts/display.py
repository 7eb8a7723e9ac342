"""What the customer display shows: two lines of twenty columns."""

from __future__ import annotations

from devices.cells import cells, clean, fill, plain_spaces, wrap
from tui_pos.l10n import _, amount
from tui_pos.sale.ticket import Line

WIDTH = 20


def line_shown(line: Line, total: int, currency: str = "EUR") -> tuple[str, str]:
    """The line just added, and what the ticket comes to."""
    return _pair(line.label, amount(line.total, currency)), _pair(_("Total"), amount(total, currency))


def total_shown(total: int, due: int, currency: str = "EUR") -> tuple[str, str]:
    """What has to be paid, and what is still due once a part is paid."""
    lower = _pair(_("Due"), amount(due, currency)) if due != total else " " * WIDTH
    return _pair(_("TOTAL"), amount(total, currency)), lower


def change_shown(total: int, change: int, currency: str = "EUR") -> tuple[str, str]:
    """The sale is done: what it came to, and the change."""
    lower = _pair(_("Change"), amount(change, currency)) if change else _middle(_("Thank you"))
    return _pair(_("TOTAL"), amount(total, currency)), lower


def idle_shown(shop: str) -> tuple[str, str]:
    """Nobody is being served."""
    return _middle(shop), _middle(_("Welcome"))


def _pair(left: str, right: str) -> str:
    """A label, cut where it must be, and an amount, which never is."""
    right = plain_spaces(right)
    return fill(_cut(left, WIDTH - cells(right) - 1), max(0, WIDTH - cells(right)), "left") + right


def _middle(text: str) -> str:
    return fill(_cut(text, WIDTH), WIDTH, "center")


def _cut(text: str, columns: int) -> str:
    text = plain_spaces(clean(text))
    if cells(text) <= columns:
        return text
    return (
        wrap(text.replace(" ", "\N{NO-BREAK SPACE}"), columns)[0].replace("\N{NO-BREAK SPACE}", " ")
        if columns >= 2
        else ""
    )
