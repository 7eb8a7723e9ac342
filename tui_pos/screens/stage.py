"""The stage: the app as its screens and the conduct of the sale know it. It knows no till and routes no keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from tui_pos.actions import Keyboard, key_name
from tui_pos.l10n import _, language, prefer_language
from tui_pos.screens.recovery import Recovery
from tui_pos.screens.selling import SellingScreen
from tui_pos.theme import DARK, DEFAULTS, THEMES, chosen_theme
from tui_pos.widgets.sturdy import Sturdy
from tui_pos.widgets.zone import Plain

if TYPE_CHECKING:
    from textual.driver import Driver

    from tui_pos.settings import Settings


class Stage(Sturdy, App[None], inherit_bindings=False):
    """The selling screen, the keys and the colours that are in force, and what becomes of a mistake.

    Args:
        now: the local time.
    """

    ENABLE_COMMAND_PALETTE = False
    TITLE = "tui-pos"

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.dress()
        self.keyboard = Keyboard()
        self.selling = SellingScreen()
        self.recovery = Recovery(self, self.stop, self.complain)
        self.idle_after = 0
        """Seconds after which an untouched till locks; 0: never."""
        self.now = now
        self._language = language()
        self._theme_set = ""

    def get_default_screen(self) -> Screen[Any]:
        """The selling screen is there from the first frame."""
        return self.selling

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What the colours mean here, for themes that do not say."""
        return DEFAULTS

    def get_driver_class(self) -> type[Driver]:
        """On a terminal, a driver that unreadable keys do not end."""
        found = super().get_driver_class()
        if found.__module__ != "textual.drivers.linux_driver":
            return found
        from tui_pos.widgets.driver import SturdyDriver  # noqa: PLC0415 - Textual has chosen by the platform

        return SturdyDriver

    # --- what goes wrong

    def _handle_exception(self, error: Exception) -> None:
        """Nothing unforeseen ends the till: Textual would leave, with a traceback over the terminal."""
        self.recovery.stumbled(error)

    def stop(self, error: BaseException) -> None:
        """The till could not open: say why, and leave when that was read."""
        from tui_pos.screens.stopped import StoppedScreen  # noqa: PLC0415 - hardly ever

        message = getattr(error, "message", None) or _(
            "Something unforeseen happened while the till opened: {error}. Its data were not changed by it. "
            "Start it again; if that fails too, run: tui-pos doctor"
        ).format(error=str(error) or type(error).__name__)
        self.bell()
        if self.is_running and not isinstance(self.screen, StoppedScreen):
            self.push_screen(StoppedScreen(message))
        else:
            # not even this can be shown: it is said again where the terminal keeps it
            self.exit(return_code=1, message=message)

    def complain(self, message: str) -> None:
        """Say aloud, on whatever screen is up, that something was not taken."""
        refuse = getattr(self.screen, "refuse", None)
        if callable(refuse):
            refuse(message)
        else:
            self.bell()
            self.selling.prompt.say(message, refused=True)

    # --- how it is set

    def dress(self, theme: str = "") -> None:
        """Wear a theme: that of the environment, else the one given, else the terminal's own."""
        wanted = chosen_theme(theme)
        self.theme = wanted if wanted in self.available_themes else DARK

    def set_up(self, settings: Settings) -> None:
        """Work as the till is set; what is on the screen has to be painted anew."""
        if prefer_language(settings.language) != self._language:
            self._language = language()
            for zone in self.selling.query(Plain):
                zone.refresh()
        self.keyboard = Keyboard(settings.keys)
        self.idle_after = settings.idle_after
        if settings.theme != self._theme_set:
            self._theme_set = settings.theme
            self.dress(settings.theme)

    def key_of(self, action: str) -> str:
        """The key of an action, as screens write it."""
        return key_name(self.keyboard[action].key)

    def clock_text(self) -> str:
        """The time of the header: hours and minutes."""
        return self.now().strftime("%H:%M")
