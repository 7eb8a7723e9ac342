"""The basket: the lines of the ticket. The hottest zone: one scan repaints the rows that changed, and only those."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from tui_pos.l10n import _, number, plural, quantity
from tui_pos.widgets.zone import Zone, fit, fit_right

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui_pos.sale.ticket import Line, Ticket, Totals

HEAD = 1
_GAP = " "
_BOTH = 30
"""Cells of a label from which a line tells why it costs less, whatever the length of its name."""


class Columns(Struct, frozen=True):
    """How wide each column is, in cells; 0: there is no room for it. The label takes what the others leave."""

    label: int
    n: int = 0
    quantity: int = 0
    value: int = 0
    price: int = 0
    discount: int = 0
    total: int = 0


def columns(width: int, *, valued: bool = False) -> Columns:
    """The columns for a basket so wide; the label keeps at least 18 cells from 60 on.

    Args:
        valued: whether a tariff goes, and lines have a market value beside what is asked for them.
    """
    if width >= 100:
        value = 12 if valued else 0
        return Columns(width - 53 - value, 4, 10, value, 12, 11, 15)
    if width >= 60:
        return Columns(width - 43, 4, 8, 0, 10, 9, 11)
    if width >= 36:
        return Columns(width - 19, 0, 7, total=11)
    return Columns(max(0, width - 10), total=9)


class Row(Struct, frozen=True):
    """A line as it is shown: what must be the same for its strip to be used again."""

    line: Line
    share: int
    """Its share of the ticket's discount."""
    why: str
    """The offer that the ticket's discount comes from."""
    selected: bool


class Basket(Zone):
    """The lines of the ticket, the selected one always in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"basket--head", "basket--selected", "basket--dim"}
    DEFAULT_CSS = """
    Basket {
        height: 1fr; background: $background; color: $foreground;
        & .basket--head { background: $panel; color: $dim; text-style: bold; }
        & .basket--selected { background: $cursor; color: $cursor-text; }
        & .basket--dim { color: $dim; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="basket")
        self._rows: tuple[Row, ...] = ()
        self._top = 0
        self._strips: dict[int, tuple[Row, int, Strip]] = {}
        self._at = -1
        self._valued = False
        """Whether a line has a market value."""
        self._notes: tuple[str, ...] = ()

    @property
    def selected(self) -> Line | None:
        """The line that actions touch."""
        return self._rows[self._at].line if self._rows else None

    def neighbour(self, step: int) -> Line | None:
        """The line so many below the selected one; none beyond the ends."""
        at = self._at + step
        return self._rows[at].line if self._rows and 0 <= at < len(self._rows) else None

    def show(self, ticket: Ticket | None, totals: Totals | None, idle: tuple[str, ...] = ()) -> None:
        """Show the ticket; `idle` is what an empty basket says."""
        old, old_top = self._rows, self._top
        rows, self._at = _rows(ticket, totals, old)
        self._rows = rows
        self._follow()
        before, self._valued = self._valued, any(row.line.value is not None for row in rows)
        if self._valued is not before:
            self._strips.clear()
        if self._top != old_top or not rows or not old or idle != self._notes or self._valued is not before:
            self._notes = idle
            self.refresh()
            return
        window = range(self._top, self._top + self._visible)
        changed = [HEAD + y - self._top for y in window if _at(old, y) is not _at(rows, y)]
        if len(rows) != len(old):
            changed.append(0)
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    @property
    def _visible(self) -> int:
        return max(0, self.size.height - HEAD)

    def _follow(self) -> None:
        """Move the window by as little as keeps the selected line in it, and no room empty under hidden lines."""
        room = max(1, self._visible)
        top = min(self._top, self._at, len(self._rows) - room)
        self._top = max(0, top, self._at - room + 1)

    def on_resize(self) -> None:
        """Keep the selected line in sight."""
        self._strips.clear()
        self._follow()
        self.refresh()

    def notify_style_update(self) -> None:
        """New colours: nothing painted before is of use."""
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """A row from what was painted before, where nothing of it changed."""
        at = y - HEAD + self._top
        if y < HEAD or at >= len(self._rows):
            return super().render_line(y)
        row, width = self._rows[at], self.size.width
        kept = self._strips.get(row.line.n)
        if kept is not None and kept[0] is row and kept[1] == width:
            return kept[2]
        strip = self._strip(row, width)
        self._strips[row.line.n] = (row, width, strip)
        return strip

    def _strip(self, row: Row, width: int) -> Strip:
        style = self.look("basket--selected" if row.selected else "")
        text = _text(row, columns(width, valued=self._valued))
        return Strip([Segment(fit(text, width), style)], width)

    def parts(self, y: int, width: int) -> Iterable[tuple[str, str]]:
        """The heading, and what stands on the empty lines."""
        if y == 0:
            return [(self._heading(width), "basket--head")]
        if not self._rows and y - 2 in range(len(self._notes)):
            return [(fit("  " + self._notes[y - 2], width), "" if y == 2 else "basket--dim")]
        return [(" " * width, "")]

    def _heading(self, width: int) -> str:
        room = columns(width, valued=self._valued)
        count = len(self._rows)
        label = _("Article")
        if count > self._visible:
            first = self._top + 1
            label += f"  {first}-{min(count, self._top + self._visible)}/{count}"
        elif count:
            label += "  " + plural("{count} line", "{count} lines", count).format(count=count)
        sums = _("Value"), _("Price"), _("Discount"), _("Total")
        return _join(room, "#", label, _("Qty"), *sums, marked=False)


def _at(rows: tuple[Row, ...], y: int) -> Row | None:
    return rows[y] if y < len(rows) else None


def _rows(ticket: Ticket | None, totals: Totals | None, old: tuple[Row, ...]) -> tuple[tuple[Row, ...], int]:
    """The rows of a ticket and which is selected; what did not change stays the same object."""
    if ticket is None or totals is None or not ticket.lines:
        return (), -1
    lines, shares = ticket.lines, totals.shares
    at = next((n for n, line in enumerate(lines) if line.n == ticket.selected), len(lines) - 1)
    why = ticket.granted.label if ticket.granted else ""
    rows = []
    for n, line in enumerate(lines):
        share = shares[n] if shares else 0
        kept = old[n] if n < len(old) else None
        if (
            kept is None
            or kept.line is not line
            or (kept.share, kept.why, kept.selected) != (share, why, n == at)
        ):
            kept = Row(line, share, why, n == at)
        rows.append(kept)
    return tuple(rows), at


def _text(row: Row, room: Columns) -> str:
    line = row.line
    discount = line.discount + row.share
    unit = number(line.unit_price) + ("/kg" if line.weighed else "")
    amount = quantity(line.quantity) + (" kg" if line.weighed else "")
    total = number(line.total - row.share)
    taken = number(-discount) if discount else ""
    whys = (line.granted.label if line.granted else "", row.why)
    label = _named(line.label, "  ".join(filter(None, whys)), room.label)
    value = "" if line.value is None else number(line.value)
    return _join(room, str(line.n), label, amount, value, unit, taken, total, marked=row.selected)


def _named(label: str, why: str, width: int) -> str:
    """A product, and why it costs less: where there is no room for both, the beginning of each."""
    if not why:
        return label
    kept = width - 2 - min(cell_len(why), width // 3)
    if width >= _BOTH and cell_len(label) > kept:
        label = fit(label, kept)
    return f"{label}  {why}"


def _join(room: Columns, n: str, label: str, *rest: str, marked: bool) -> str:
    """The cells of a row; `rest`: quantity, value, price, discount and total."""
    cells = ["▶" if marked else " "]
    if room.n:
        cells.append(fit_right(n, room.n - 1) + _GAP)
    cells.append(fit(label, room.label))
    widths = (room.quantity, room.value, room.price, room.discount, room.total)
    cells.extend(_GAP + fit_right(text, width - 1) for text, width in zip(rest, widths, strict=True) if width)
    return "".join(cells)
