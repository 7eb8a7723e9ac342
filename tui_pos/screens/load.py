"""A load of all data, as it goes on. Leaving the screen leaves the load running."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_pos.errors import Refused, translated
from tui_pos.l10n import _, n_, plural
from tui_pos.screens.dialog import Dialog
from tui_pos.screens.spans import count, size, span

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from sync.events import Progress
    from tui_pos.screens.server_watch import ServerWatch

OFTEN = 0.25
"""Seconds between two looks at how far it has come."""
_BAR = 40


class LoadScreen(Dialog[None]):
    """Starts a full load, and shows rows, bytes and the time that is left; one that is under way is shown.

    Args:
        watch: follows the engine.
    """

    HEADING = n_("Load all data")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", n_("Begin")),
        Binding("f8", "cancel", n_("Cancel the load")),
        Binding("escape", "leave", n_("Sell meanwhile")),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    LoadScreen > #box { width: 66; }
    LoadScreen #text { height: 3; }
    LoadScreen #bar { height: 1; margin-bottom: 1; text-style: bold; }
    """

    def __init__(self, watch: ServerWatch) -> None:
        super().__init__()
        self._watch = watch
        self._outcome = ""

    def body(self) -> ComposeResult:
        """What it does, then a bar."""
        yield Static(self._text(), id="text", markup=False)
        yield Static(bar(self._watch.progress, _BAR), id="bar", markup=False)

    def on_mount(self) -> None:
        """Follow the load."""
        self.set_interval(OFTEN, self.follow)

    def follow(self) -> None:
        """Show how far it has come."""
        self.query_one("#text", Static).update(self._text())
        self.query_one("#bar", Static).update(bar(self._watch.progress, _BAR))

    def _text(self) -> str:
        progress = self._watch.progress
        if progress is None:
            return self._outcome or _(
                "All products, customers and settings come from the server. Selling goes on, with the data in use, "
                "until all of them are here."
            )
        return f"{step(progress)}\n{amount_of(progress)}\n{left(progress)}"

    def action_start(self) -> None:
        """Begin, where nothing is under way."""
        if self._watch.engine is not None and self._watch.progress is None:
            self._outcome = _("The server is asked for its data…")
            # a worker of the app's: it goes on when this screen is left
            self.app.run_worker(self._load(), group="loads", name="a full load")

    async def _load(self) -> None:
        engine = self._watch.engine
        assert engine is not None
        try:
            with translated():
                loaded = await engine.load_full()
        except Refused as refused:
            self._outcome = refused.message
            if self.is_attached:
                self.refuse(refused.message)
            return
        text = plural("{count} record was loaded.", "{count} records were loaded.", loaded)
        self._outcome = text.format(count=count(loaded))

    def action_cancel(self) -> None:
        """Give it up: the data in use stay as they are."""
        if self._watch.engine is not None and self._watch.progress is not None:
            self._watch.engine.cancel_load()
            self._outcome = _("The load was given up. The data in use are as they were.")


def bar(progress: Progress | None, width: int) -> str:
    """How far a load has come, drawn and in percent; empty: none is under way."""
    if progress is None:
        return ""
    done = progress.done * width // max(progress.total, 1)
    return f"{'█' * done}{'░' * (width - done)} {percent_of(progress)} %"


def percent_of(progress: Progress) -> int:
    """Whole percents of the step under way."""
    return min(100, progress.done * 100 // max(progress.total, 1))


def step(progress: Progress) -> str:
    """Which of its two steps a load is at."""
    return _("1/2 download") if progress.phase == "download" else _("2/2 take up")


def amount_of(progress: Progress) -> str:
    """Bytes or rows so far."""
    if progress.phase == "download":
        return _("{done} of {total}").format(done=size(progress.done), total=size(progress.total))
    return _("{done} of {total} rows").format(done=count(progress.done), total=count(progress.total))


def left(progress: Progress) -> str:
    """The time that is left, where it can be told."""
    return "" if progress.left is None else _("{time} left").format(time=span(progress.left))
