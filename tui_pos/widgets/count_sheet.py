"""A sheet to count on: pieces of each coin and note, or amounts, typed cell after cell.

One widget, whatever the number of cells: thirty fields would take longer to open than the drawer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_pos.l10n import amount
from tui_pos.sale.errors import BadAmount
from tui_pos.sale.money import parse_amount
from tui_pos.widgets.bound import run_bound
from tui_pos.widgets.cells import fit
from tui_pos.widgets.sturdy import Sturdy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

_NAME, _LABEL, _TYPED, _SUM = 24, 12, 11, 14
_CELL = _LABEL + _TYPED + _SUM
_COUNT = 4
"""Digits of a count of pieces."""


class Cell(Struct, frozen=True):
    """Where something is typed."""

    id: str
    label: str
    """In the till's language."""
    unit: int | None = None
    """What one piece is worth, in minor units; None: the cell takes an amount."""


class Block(Struct, frozen=True):
    """Cells in columns, one block under the other."""

    columns: tuple[tuple[Cell, ...], ...]

    @property
    def height(self) -> int:
        """Rows, and an empty one below."""
        return max(map(len, self.columns)) + 1


class _Seat(Struct, frozen=True):
    """A cell and where it stands."""

    cell: Cell
    x: int
    y: int


class CountSheet(Sturdy, Widget, can_focus=True):
    """The cells, the one that is being typed in, and what each is worth.

    Args:
        blocks: from top to bottom; the cells are walked through block by block, column by column.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("right", "aside(1)", show=False),
        Binding("left", "aside(-1)", show=False),
        Binding("home", "go(0)", show=False),
        Binding("end", "go(-1)", show=False),
        Binding("backspace", "erase", show=False),
        Binding("delete", "empty", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"count-sheet--typed", "count-sheet--current"}
    DEFAULT_CSS = """
    CountSheet > .count-sheet--typed { background: $panel; }
    CountSheet > .count-sheet--current { background: $cursor; color: $cursor-text; }
    """

    class Changed(Message):
        """Something was typed or erased."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        super().__init__(id="sheet")
        self._seats = tuple(_seats(blocks))
        self._typed = [""] * len(self._seats)
        self._at = 0
        # One row less: the empty one under the last block.
        self.styles.height = sum(block.height for block in blocks) - 1

    @property
    def value(self) -> str:
        """What is typed in the current cell; it can be set back, as that of a field."""
        return self._typed[self._at]

    @value.setter
    def value(self, text: str) -> None:
        if text != self.value:
            self._typed[self._at] = text
            self.refresh()
            self.post_message(self.Changed())

    @property
    def current(self) -> Cell:
        """The cell that is being typed in."""
        return self._seats[self._at].cell

    @property
    def at_end(self) -> bool:
        """Whether the current cell is the last one."""
        return self._at == len(self._seats) - 1

    def typed(self) -> dict[str, str]:
        """What was typed, by the cell's id; empty cells are left out."""
        return {seat.cell.id: text for seat, text in zip(self._seats, self._typed, strict=True) if text}

    def worth(self, cell_id: str) -> int | None:
        """What a cell is worth, in minor units; None: nothing that counts is typed there."""
        for seat, text in zip(self._seats, self._typed, strict=True):
            if seat.cell.id == cell_id:
                return _worth(seat.cell, text)
        return None

    def go_to(self, cell_id: str) -> None:
        """Type in that cell next."""
        self.action_go(next(index for index, seat in enumerate(self._seats) if seat.cell.id == cell_id))

    def action_step(self, by: int) -> None:
        """The next or the last cell, in the order of counting."""
        self.action_go(min(max(self._at + by, 0), len(self._seats) - 1))

    def action_aside(self, by: int) -> None:
        """The cell beside, in the next column of the block."""
        here = self._seats[self._at]
        for index, seat in enumerate(self._seats):
            if seat.y == here.y and seat.x == here.x + by * (_CELL + 1):
                self.action_go(index)

    def action_go(self, index: int) -> None:
        """The cell with that number; -1 is the last one."""
        self._at = index % len(self._seats)
        self.refresh()

    def action_erase(self) -> None:
        """Take the last character off."""
        self.value = self.value[:-1]

    def action_empty(self) -> None:
        """Empty the cell."""
        self.value = ""

    async def take(self, event: events.Key) -> bool:
        """Do at once what a key does in here; tells whether it does anything (see `Field.take`)."""
        if event.is_printable:
            self.on_key(event)
            return True
        return await run_bound(self, event.key)

    def on_key(self, event: events.Key) -> None:
        """Digits go into the cell; a decimal sign too where it takes an amount."""
        character = event.character
        if character is None or not character.isprintable():
            return
        event.stop()
        event.prevent_default()
        self.type_in(character)

    def type_in(self, character: str) -> None:
        """Add a character to the current cell, unless neither a count nor an amount can come of it."""
        text = self.value + character
        if _may_become(self.current, text):
            self.value = text
        else:
            self.app.bell()

    def render_line(self, y: int) -> Strip:
        """One row of cells; where there is less room than rows, the current one stays in sight."""
        row = y + max(self._seats[self._at].y - self.size.height + 1, 0)
        segments: list[Segment] = []
        for index, seat in enumerate(self._seats):
            if seat.y == row:
                gap = seat.x - sum(len(segment.text) for segment in segments)
                segments.append(Segment(" " * gap, self.rich_style))
                segments.extend(self._cell(index))
        width = self.size.width
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _cell(self, index: int) -> Sequence[Segment]:
        seat, text = self._seats[index], self._typed[index]
        plain = self.rich_style
        worth = _worth(seat.cell, text)
        box = Segment(f"[{fit(text, _TYPED - 3, right=True)} ]", self._box(index))
        if seat.cell.unit is None:
            return (Segment(fit(seat.cell.label, _NAME - 1) + " ", plain), box)
        known = amount(worth) if worth is not None else ""
        label = fit(seat.cell.label, _LABEL - 3, right=True) + " × "
        return (Segment(label, plain), box, Segment(fit(known, _SUM, right=True), plain))

    def _box(self, index: int) -> Style:
        current = index == self._at and self.has_focus
        return self.get_component_rich_style("count-sheet--current" if current else "count-sheet--typed")


def _seats(blocks: Sequence[Block]) -> list[_Seat]:
    seats, top = [], 0
    for block in blocks:
        for across, column in enumerate(block.columns):
            seats += [_Seat(cell, across * (_CELL + 1), top + down) for down, cell in enumerate(column)]
        top += block.height
    return seats


def _worth(cell: Cell, text: str) -> int | None:
    if not text:
        return None
    if cell.unit is not None:
        return int(text) * cell.unit
    try:
        return parse_amount(text)
    except BadAmount:
        return None


def _may_become(cell: Cell, text: str) -> bool:
    """Whether a text can still grow into a count or an amount."""
    if not text.isascii():
        return False
    if cell.unit is not None:
        return text.isdigit() and len(text) <= _COUNT
    units, _sign, decimals = text.replace(",", ".").partition(".")
    return (
        units.isdigit() and len(units) <= 6 and (decimals == "" or decimals.isdigit()) and len(decimals) <= 2
    )
