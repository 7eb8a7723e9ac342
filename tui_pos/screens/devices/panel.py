"""What the screens of the devices share: their keys come from the table of actions, and their work takes its time."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from tui_pos import screens
from tui_pos.errors import Refused, translated
from tui_pos.inputs import Input
from tui_pos.screens.dialog import Walked
from tui_pos.screens.reason import ReasonScreen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from tui_pos.actions import Panel
    from tui_pos.screens.conduct import Conduct

OFTEN = 1.0
"""Seconds between two looks at the devices."""


class PanelScreen(Walked[None]):
    """A screen that stays while dialogs come above it, and that is shown anew as things change.

    Args:
        conduct: gives inputs to the register, and knows the devices.
    """

    PANEL: ClassVar[Panel]
    STAYS: ClassVar[bool] = True

    def __init__(self, conduct: Conduct) -> None:
        super().__init__()
        self._conduct = conduct
        self._deeds = {"help": self._help, **self.deeds()}
        for action in conduct.stage.keyboard.on(self.PANEL):
            self._bindings.bind(action.key, f"do('{action.id}')", action.label, show=action.id != "help")

    @abstractmethod
    def deeds(self) -> Mapping[str, Callable[[], None]]:
        """What each action of the panel does."""

    @abstractmethod
    def look(self) -> None:
        """Show how things are now."""

    def on_mount(self) -> None:
        """Show how things are, and follow them."""
        self.look()
        self.set_interval(OFTEN, self._follow)

    def _follow(self) -> None:
        if self.is_active:
            self.look()

    def on_screen_resume(self) -> None:
        """What was done above is shown."""
        super().on_screen_resume()
        if self.is_mounted:
            self.look()

    def action_do(self, name: str) -> None:
        """Do an action of the table."""
        self._say("")
        self._deeds[name]()

    def _help(self) -> None:
        self.app.push_screen(screens.HelpScreen(self._conduct.stage.keyboard))

    # --- for the deeds

    def give_input(self, given: Input) -> None:
        """Give an input to the register; a refusal is said here, a supervisor is asked above."""
        self.work(self._given(given))

    async def _given(self, given: Input) -> str:
        refusal = await self._conduct.dialogs.attempt(given)
        if refusal is not None:
            raise Refused("not_allowed", refusal)
        return ""

    def ask_reason(self, title: str, then: Callable[[str], Input]) -> None:
        """Ask why, then give the input that is made of the answer."""

        def answered(reason: str | None) -> None:
            if reason:
                self.give_input(then(reason))

        self.app.push_screen(ReasonScreen(title), answered)

    def choose(self, heading: str, entries: Sequence[screens.Entry], then: Callable[[str], None]) -> None:
        """Ask for one of some, then go on with its id."""

        def answered(chosen: str | None) -> None:
            if chosen is not None:
                then(chosen)

        self.app.push_screen(screens.MenuScreen(entries, heading=heading), answered)

    def work(self, doing: Awaitable[str]) -> None:
        """Do something that takes its time; what comes of it is said here."""
        self.app.run_worker(self._worked(doing), group="devices", name="work at the devices")

    async def _worked(self, doing: Awaitable[str]) -> None:
        try:
            with translated():
                said = await doing
        except Refused as refused:
            if self.is_attached:
                self.refuse(refused.message)
            return
        if self.is_attached:
            if said:
                self.tell(said)
            self.look()
