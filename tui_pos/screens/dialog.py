"""What the dialogs share: a titled box, a line for what is wrong, and the keys, drawn from the bindings.

    Dialog[Answer]              a box that gives an answer, or None when it is left with Escape
    ├── Walked[Answer]          around a list or a text that the arrows walk through
    │   └── ListDialog[Row]     a field, a list that follows it, and what becomes of the row chosen
    └── Form                    fields that Enter walks through, and that make one input

A dialog holds no rules: its answer is an input for the register. Where it is given an `Attempt`, it stays up
until the register has taken the input, and shows a refusal itself, so that nothing typed is lost. Only Enter,
Escape, arrows and function keys answer a dialog: nothing that a scanner types can.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_pos.actions import key_name
from tui_pos.inputs import Input
from tui_pos.l10n import _, n_
from tui_pos.widgets.count_sheet import CountSheet
from tui_pos.widgets.field import Field
from tui_pos.widgets.key_line import KeyLine
from tui_pos.widgets.page_list import PageList, Source
from tui_pos.widgets.sturdy import Sturdy
from tui_pos.widgets.words import Words

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from tui_pos.widgets.paper import Paper

Answer = TypeVar("Answer")
Row = TypeVar("Row")
_STEPS = {"enter": 1, "down": 1, "tab": 1, "up": -1, "shift+tab": -1}
"""The keys that leave a field of a form: to the one below, or above."""
FAR = 1_000_000
"""Rows or lines: more than anything that is walked through has."""
Attempt: TypeAlias = Callable[[Input], Awaitable[str | None]]
"""Gives an input to the register: the text of its refusal, or None once it was taken."""


class Dialog(Sturdy, ModalScreen[Answer]):
    """A box over the sale.

    Args:
        attempt: gives the answer, an input, to the register before the dialog closes; without it the dialog
            closes at once, and who opened it does.
    """

    HEADING: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", n_("Leave"))]
    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > #box {
        width: 60;
        max-width: 100%;
        height: auto;
        max-height: 100%;
        border: solid $primary;
        border-title-style: bold;
        padding: 0 1;
        background: $surface;
    }
    Dialog:ansi > #box { background: ansi_default; }
    Dialog #problem {
        height: auto;
        max-height: 4;
        display: none;
        background: $refused;
        color: $refused-text;
        padding: 0 1;
    }
    Dialog #problem.-said { display: block; }
    Dialog #problem.-good { background: $surface; color: $good; }
    Dialog:ansi #problem.-good { background: ansi_default; }
    Dialog #keys { height: auto; color: $dim; }
    """

    def __init__(self, *, attempt: Attempt | None = None) -> None:
        super().__init__()
        self._attempt = attempt
        self._attempting = False
        self._taken: Answer | None = None

    def heading(self) -> str:
        """The title of the box, in the till's language."""
        return _(self.HEADING)

    @abstractmethod
    def body(self) -> ComposeResult:
        """What stands in the box."""

    def compose(self) -> ComposeResult:
        """The box: body, problem, keys."""
        with Vertical(id="box") as box:
            box.border_title = Content(self.heading())
            yield from self.body()
            yield Words(id="problem")
            yield KeyLine(self._keys(), id="keys")

    def _keys(self) -> list[tuple[str, str]]:
        shown = [each for several in self._bindings.key_to_bindings.values() for each in several if each.show]
        return [
            (binding.key_display or key_name(binding.key), _(binding.description))
            for binding in sorted(shown, key=lambda each: each.key == "escape")
            if self.check_action(binding.action, ())
        ]

    def show_keys(self) -> None:
        """Show anew which keys do something, where that changes."""
        self.query_one(KeyLine).show(self._keys())

    def on_key(self, event: events.Key) -> None:
        """What is typed before the first field has the focus is typed into it."""
        typed = event.character if event.is_printable else None
        if (
            typed
            and self.focus_chain
            and (self.focused is None or isinstance(self.focused, (Field, CountSheet)))
        ):
            target = self.focused or self.focus_chain[0]
            if isinstance(target, (Field, CountSheet)):
                target.focus()
                target.type_in(typed)

    def refuse(self, message: str) -> None:
        """Say aloud and in sight what is wrong; it stays until the next answer."""
        self.app.bell()
        self._say(message)

    def tell(self, message: str) -> None:
        """Say something that is not wrong; it stays until the next answer."""
        self._say(message)
        self.query_one("#problem").add_class("-good")

    def _say(self, message: str) -> None:
        try:
            problem = self.query_one("#problem", Static)
        except NoMatches:  # not composed yet, or gone
            return
        problem.update(message)
        problem.set_class(bool(message), "-said")
        problem.remove_class("-good")

    def action_leave(self) -> None:
        """Close without an answer."""
        if not self._attempting:
            self.dismiss(None)

    def give(self, answer: Answer) -> None:
        """Close with an answer; an input is tried first where there is an `Attempt`."""
        if self._attempting:
            return
        if self._attempt is None or not isinstance(answer, Input):
            self.dismiss(answer)
            return
        self._attempting = True
        self._say("")
        # a worker of the app's: the end of the dialog must not cancel a step that the register is taking
        self.app.run_worker(self._try(self._attempt, answer), group="attempts", name="an answer given")

    async def _try(self, attempt: Attempt, answer: Answer) -> None:
        assert isinstance(answer, Input)
        try:
            refusal = await attempt(answer)
        finally:
            self._attempting = False
        if refusal is None:
            self._close(answer)
        else:
            self.refuse(refusal)
            self.refused()

    def _close(self, answer: Answer) -> None:
        # Textual pops the top of the stack, whoever asks: under another screen this one waits for its turn.
        if self.is_active:
            self.dismiss(answer)
        else:
            self._taken = answer

    def on_screen_resume(self) -> None:
        """What was taken while another screen stood above is not asked for again."""
        if self._taken is not None:
            self.dismiss(self._taken)

    def refused(self) -> None:
        """The register has said no: the place to clear what must not stay, as a PIN."""


class Form(Dialog[Input]):
    """Fields that make one input: Enter goes to the next field, and on the last one gives the answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", n_("Next")),
        Binding("up", "step('up')", show=False),
        Binding("down", "step('down')", show=False),
    ]

    @abstractmethod
    def answer(self) -> Input | None:
        """What the fields make; None: something is missing, which was said."""

    def step(self, key: str) -> bool:
        """Go at once to the field where a key leads; tells whether it leads to one. Enter on the last one does not.

        The keys that follow are that field's: a PIN that is typed fast must not land in the one before it.
        """
        if key not in _STEPS or self.focused is None:
            return False
        if key == "enter" and self.focused is self.focus_chain[-1]:
            return False
        if _STEPS[key] > 0:
            self.focus_next()
        else:
            self.focus_previous()
        return True

    def action_step(self, key: str) -> None:
        """As `step`, by a key that has come the long way."""
        self.step(key)

    @on(Field.Submitted)
    def action_next(self) -> None:
        """To the next field, or done."""
        if self.step("enter"):
            return
        answer = self.answer()
        if answer is not None:
            self.give(answer)

    def lack(self, name: str, message: str) -> None:
        """Say what is wrong with a field, and go there."""
        self.refuse(message)
        self.query_one(f"#{name}").focus()


class Walked(Dialog[Answer]):
    """A dialog around a list or a text that arrows and page keys walk through, whatever has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "turn(-1)", show=False),
        Binding("pagedown", "turn(1)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
    ]

    @abstractmethod
    def walked(self) -> PageList[Any] | Paper:
        """What is walked through."""

    def action_move(self, by: int) -> None:
        """So many rows or lines down."""
        self.walked().move(by)

    def action_turn(self, pages: int) -> None:
        """So many screenfuls down."""
        self.walked().turn(pages)

    def action_edge(self, by: int) -> None:
        """To the first row or line, or to the last one that is here."""
        self.walked().move(by * FAR)


class ListDialog(Walked[Input], Generic[Row]):
    """A list to choose from, with a field above it that narrows it down as somebody types."""

    SEARCH: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", n_("Choose")),
    ]
    DEFAULT_CSS = """
    ListDialog > #box { width: 100%; max-width: 116; height: 100%; max-height: 36; }
    """

    def __init__(self, text: str = "", *, attempt: Attempt | None = None) -> None:
        super().__init__(attempt=attempt)
        self._text = text
        self._choosing = False

    @abstractmethod
    def rows(self) -> PageList[Row]:
        """The list."""

    @abstractmethod
    def source(self, text: str) -> Source[Row]:
        """Where the rows for a text come from."""

    @abstractmethod
    def chosen(self, row: Row) -> None:
        """What Enter on a row does."""

    def body(self) -> ComposeResult:
        """The field over the list."""
        if self.SEARCH:
            yield Field("text", self._text)
        yield self.rows()

    def walked(self) -> PageList[Row] | Paper:
        """The list, where no other part of the dialog is walked through."""
        return self.list

    @property
    def list(self) -> PageList[Row]:
        """The list on the screen."""
        return self.query_one("#rows", PageList)

    def on_mount(self) -> None:
        """List what the first text finds."""
        self.list.show(self.source(self._text))

    @on(Field.Changed, "#text")
    def narrow(self, event: Field.Changed) -> None:
        """Another text: its rows replace those in sight when they come."""
        if event.value != self._text:
            self._text = event.value
            self._choosing = False
            self.list.show(self.source(self._text))

    @on(Field.Submitted, "#text")
    def action_choose(self) -> None:
        """Take the row under the cursor; if the rows are of an older text, wait, and take a sole answer."""
        if not self.list.settled:
            self._choosing = True
        elif self.list.current is not None:
            self.chosen(self.list.current)
        else:
            self.refuse(_("Nothing to choose here."))

    @on(PageList.Shown)
    def choose_when_alone(self) -> None:
        """Enter came before the rows did: take the row if there is no other."""
        waited, self._choosing = self._choosing, False
        if waited and len(self.list.rows) == 1:
            self.chosen(self.list.rows[0])

    @on(PageList.Failed)
    def say_failure(self, event: PageList.Failed) -> None:
        """The rows could not be had."""
        self.refuse(event.text)
