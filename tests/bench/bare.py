"""The floor of the benches: the least that a Textual program does for a scan. It paints a row and keeps nothing."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Footer, Static


class Rows(ScrollView, can_focus=False):
    """Rows of text, the last one in view."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[str] = []

    def add(self, row: str) -> None:
        self.rows.append(row)
        self.virtual_size = Size(self.size.width, len(self.rows))
        if len(self.rows) > self.size.height:
            self.scroll_to(y=len(self.rows), animate=False, force=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        at = y + self.scroll_offset.y
        row = self.rows[at] if at < len(self.rows) else ""
        return Strip([Segment(row.ljust(self.size.width), self.rich_style)], self.size.width)


class Bare(App[None]):
    """Keys make a code, Enter makes a row."""

    CSS = "Rows { height: 1fr }"
    BINDINGS: ClassVar[list[BindingType]] = [("f2", "nothing", "Quantity"), ("f10", "nothing", "Pay")]

    def __init__(self) -> None:
        super().__init__()
        self.typed = ""

    def compose(self) -> ComposeResult:
        yield Static("bare app is ready")
        yield Rows()
        yield Footer()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and event.key == "enter":
            self.query_one(Rows).add(f"row of {self.typed}    1    2,50")
            self.typed = ""
        elif isinstance(event, events.Key) and event.is_printable:
            self.typed += event.character or ""
        else:
            await super().on_event(event)


if __name__ == "__main__":
    Bare().run()
