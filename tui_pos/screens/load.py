"""A load of data, from the server or from where it has published them. Leaving the screen leaves it running."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Static

from sync.addresses import without_password
from tui_pos.errors import Refused, in_words, translated
from tui_pos.l10n import _, n_, plural
from tui_pos.progress import amount_of, bar, left, step
from tui_pos.screens.dialog import Dialog
from tui_pos.spans import count

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui_pos.screens.server_watch import ServerWatch

OFTEN = 0.25
"""Seconds between two looks at how far it has come."""
_BAR = 40
FROM_SERVER = n_(
    "All products, customers and settings come from the server. Selling goes on, with the data in use, until all of "
    "them are here."
)
FROM_PLACE = n_(
    "All products, customers and settings come from what the server has published there. Selling goes on, with the "
    "data in use, until all of them are here."
)


class LoadScreen(Dialog[None]):
    """Starts a load, and shows rows, bytes and the time that is left; one that is under way is shown to its end.

    Args:
        watch: follows the engine.
        place: of the server's exports; None: the server itself.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", n_("Begin")),
        Binding("f7", "start(False)", n_("Only what has changed")),
        Binding("f8", "cancel", n_("Cancel the load")),
        Binding("escape", "leave", n_("Sell meanwhile")),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    LoadScreen > #box { width: 66; }
    LoadScreen #text { height: auto; min-height: 3; max-height: 6; }
    LoadScreen #bar { height: 1; margin-bottom: 1; text-style: bold; }
    """

    def __init__(self, watch: ServerWatch, place: str | None = None) -> None:
        super().__init__()
        self._watch = watch
        self._place = place
        self._outcome = ""
        self._own = False
        """The load under way began here."""
        self._follows = watch.loading
        """What is shown began elsewhere."""
        self._told = False
        """It was said that one is under way, which holds until it ends."""

    def heading(self) -> str:
        """Where it comes from."""
        if self._place is None:
            return _("Load all data")
        return _("Load from {place}").format(place=without_password(self._place))

    def body(self) -> ComposeResult:
        """What it does, then a bar."""
        yield Static(self._text(), id="text", markup=False)
        yield Static(bar(self._watch.progress, _BAR), id="bar", markup=False)

    def on_mount(self) -> None:
        """Follow the load."""
        self.set_interval(OFTEN, self.follow)

    def follow(self) -> None:
        """Show how far it has come."""
        if self._told and not self._watch.loading:
            self._told = False
            self._say("")
        self.show_keys()
        self.query_one("#text", Static).update(self._text())
        self.query_one("#bar", Static).update(bar(self._watch.progress, _BAR))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is under way can be given up."""
        if action == "cancel":
            return self._watch.loading
        return super().check_action(action, parameters)

    def _text(self) -> str:
        progress = self._watch.progress
        self._follows |= self._watch.loading and not self._own
        if progress is not None:
            return f"{step(progress)}\n{amount_of(progress)}\n{left(progress)}"
        if self._watch.loading:
            return _("The data are asked for…")
        if self._follows:
            return self._ended()
        return self._outcome or (_(FROM_SERVER) if self._place is None else _(FROM_PLACE))

    def _ended(self) -> str:
        """How the load ended that somebody else had begun."""
        ended = self._watch.ended
        if ended is None or (ended.error and ended.cause is None):
            return _("The load was given up. The data in use are as they were.")
        if ended.cause is not None:
            return in_words(ended.cause)
        return _loaded(ended.records)

    def action_start(self, full: bool = True) -> None:
        """Begin; where a load is under way, that one is shown to its end."""
        if self._watch.engine is None:
            return
        if self._watch.loading:
            self._told = True
            self.tell(_("A load is under way already: this is how far it has come."))
            return
        self._say("")
        self._follows, self._own, self._outcome = False, True, _("The data are asked for…")
        # a worker of the app's: it goes on when this screen is left
        self.app.run_worker(self._load(full=full), group="loads", name="a load")

    async def _load(self, *, full: bool) -> None:
        engine = self._watch.engine
        assert engine is not None
        note = ""
        try:
            with translated():
                if self._place is None:
                    loaded = await (engine.load_full() if full else engine.load_changes())
                else:
                    carried = await engine.load_from(self._place, full=full)
                    loaded = carried.records
                    note = in_words(carried.note) if carried.note is not None else ""
        except Refused as refused:
            self._outcome, self._told = "", False
            if self.is_attached:
                self.refuse(refused.message)
            return
        finally:
            self._own = False
        self._outcome = f"{_loaded(loaded)} {note}".rstrip()

    def action_cancel(self) -> None:
        """Give it up: the data in use stay as they are."""
        if self._watch.engine is not None and self._watch.loading:
            self._watch.engine.cancel_load()


def _loaded(records: int) -> str:
    text = plural("{count} record was loaded.", "{count} records were loaded.", records)
    return text.format(count=count(records))
