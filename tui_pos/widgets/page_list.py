"""A list that is asked for a page at a time, and paints only the rows in sight.

It never has the focus: the keys that move it come from its screen, so that a person types in a search field
and walks the list with the arrows at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeAlias, TypeVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_pos.errors import Refused
from tui_pos.l10n import _
from tui_pos.widgets.cells import fit
from tui_pos.widgets.sturdy import Sturdy

Row = TypeVar("Row")
Source: TypeAlias = Callable[[int, int], Awaitable[Sequence[Row]]]
"""Gives at most `limit` rows from `offset` on."""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column: how a row is written in it, and its place."""

    title: str
    """A message of the catalogues."""
    text: Callable[[Row], str]
    width: int | None = None
    """In cells; None: the room that the others leave."""
    right: bool = False
    room: int = 0
    """The column is left out of a list that is narrower than this."""


class PageList(Sturdy, Widget, Generic[Row]):
    """Rows of one kind under the titles of their columns.

    Args:
        columns: from left to right.
        empty: what is said where nothing was found, a message of the catalogues.
        page: how many rows are asked for at once.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"page-list--titles", "page-list--cursor", "page-list--note"}
    DEFAULT_CSS = """
    PageList { width: 1fr; height: 1fr; }
    PageList > .page-list--titles { color: $dim; text-style: bold; }
    PageList > .page-list--cursor { background: $cursor; color: $cursor-text; }
    PageList > .page-list--note { color: $dim; }
    """

    class Shown(Message):
        """The rows that were asked for last are there."""

    class Moved(Message):
        """Another row is the current one, or none is."""

    class Failed(Message):
        """The rows could not be had."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, columns: Sequence[Column[Row]], *, empty: str, page: int = 60) -> None:
        super().__init__(id="rows")
        self._columns = tuple(columns)
        self._empty = empty
        self._page = page
        self._rows: list[Row] = []
        self._whole = False
        self._cursor = self._top = 0
        self._wanted: Source[Row] | None = None
        self._shown: Source[Row] | None = None
        self._asking = False
        self._stay = False
        self._steps = 0
        """How far the cursor was moved while the rows were on their way."""
        self._then: Callable[[], None] | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """The rows that were fetched so far."""
        return self._rows

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    @property
    def settled(self) -> bool:
        """Whether the rows are those of the source that was given last."""
        return self._wanted is self._shown

    @property
    def arriving(self) -> bool:
        """Whether other rows than those in sight are on their way: what is done to a row is meant for them."""
        return self._shown is None or not (self.settled or self._stay)

    def show(self, source: Source[Row], *, stay: bool = False) -> None:
        """List the rows of `source`; of several given in a row only the last is shown.

        Args:
            stay: the cursor stays where it is, as far as there are so many rows; otherwise it goes to the first.
        """
        if self._shown is not None and not stay:
            self._steps, self._then = 0, None
        self._stay = stay and not self.arriving
        self._wanted = source
        self._ask()

    def move(self, by: int) -> None:
        """Move the cursor by so many rows; it stops at both ends."""
        if self.arriving:
            self._steps += by
            return
        if not self._rows:
            return
        self._cursor = min(max(self._cursor + by, 0), len(self._rows) - 1)
        self._follow()
        self._ask()
        self.refresh()
        self.post_message(self.Moved())

    def turn(self, pages: int) -> None:
        """Move the cursor by so many screenfuls."""
        self.move(pages * max(self._height, 1))

    def when_there(self, do: Callable[[], None]) -> None:
        """Do something to the row under the cursor: at once, or as soon as the rows are there that are on their way.

        It is dropped where others are asked for meanwhile, or none can be had.
        """
        if self.arriving:
            self._then = do
        else:
            do()

    # One query at a time, and none is cancelled: it may stand in the middle of a transaction of the store's
    # one connection. What is wanted by the time it ends is asked for then.

    def _ask(self) -> None:
        if self._lacks() and not self._asking:
            self._asking = True
            self.app.run_worker(self._fetch(), group="lists", name="a page of a list")

    def _lacks(self) -> bool:
        if not self.settled:
            return True
        return not self._whole and self._cursor + self._height >= len(self._rows) and self._shown is not None

    async def _fetch(self) -> None:
        try:
            while self.is_attached and self._lacks() and self._wanted is not None:
                source = self._wanted
                await self._take(source, 0 if source is not self._shown else len(self._rows))
        except Refused as refusal:
            self._shown, self._whole, self._steps, self._then = self._wanted, True, 0, None
            self.post_message(self.Failed(refusal.message))
        finally:
            self._asking = False

    async def _take(self, source: Source[Row], offset: int) -> None:
        rows = await source(self._page, offset)
        if source is not self._wanted:
            return
        self._whole = len(rows) < self._page
        if offset:
            self._rows.extend(rows)
        else:
            self._rows = list(rows)
            if not self._stay:
                self._cursor, self._top, self._steps = self._steps, 0, 0
            self._cursor = min(max(self._cursor, 0), max(len(rows) - 1, 0))
            self._follow()
            self._shown = source
            self.post_message(self.Shown())
            self.post_message(self.Moved())
            then, self._then = self._then, None
            if then is not None:
                then()
        self.refresh()

    @property
    def _height(self) -> int:
        """How many rows are in sight: all but the titles and the last line, which tells the place."""
        return max(self.size.height - 2, 1)

    def _follow(self) -> None:
        lowest = self._cursor - self._height + 1
        # a list that has become taller leaves no room empty under rows that it hides
        top = min(self._top, max(len(self._rows) - self._height, 0))
        self._top = min(max(top, lowest), self._cursor)

    def on_resize(self) -> None:
        """The cursor stays in sight, and a taller list asks for what it lacks."""
        self._follow()
        self._ask()

    def render_line(self, y: int) -> Strip:
        """One line: the titles, a row, or the place in the list."""
        width, height = self.size
        if y == 0:
            return self._strip([_(column.title) for column in self._columns], "page-list--titles")
        if y == height - 1:
            return self._note(self._place(), right=True)
        index = self._top + y - 1
        if index < len(self._rows):
            row = self._rows[index]
            cursor = "page-list--cursor" if index == self._cursor else None
            return self._strip([column.text(row) for column in self._columns], cursor)
        if not self._rows and y == 1 and self._shown is not None:
            return self._note(_(self._empty))
        return Strip.blank(width, self.rich_style)

    def _place(self) -> str:
        if not self._rows:
            return ""
        more = "" if self._whole else "+"
        return f"{self._cursor + 1}/{len(self._rows)}{more}"

    def _note(self, text: str, *, right: bool = False) -> Strip:
        width = self.size.width
        style = self.get_component_rich_style("page-list--note")
        return Strip([Segment(fit(text, width, right=right), style)], width)

    def _strip(self, texts: Sequence[str], part: str | None) -> Strip:
        width = self.size.width
        style = self.get_component_rich_style(part) if part else self.rich_style
        shown = [
            (column, text) for column, text in zip(self._columns, texts, strict=True) if column.room <= width
        ]
        taken = sum(column.width + 1 for column, _text in shown if column.width is not None)
        free = sum(column.width is None for column, _text in shown)
        rest = max((width - taken - free + 1) // max(free, 1), 0)
        cells = (
            fit(text, rest if column.width is None else column.width, right=column.right)
            for column, text in shown
        )
        return Strip([Segment(fit(" ".join(cells), width), style)], width)
