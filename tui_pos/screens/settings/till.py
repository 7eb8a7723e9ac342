"""The tab of the till itself: language, colours, lock, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tui_pos.errors import Refused
from tui_pos.inputs import ChangeSettings
from tui_pos.l10n import _, n_, plural
from tui_pos.screens.settings.rows import Row, Take
from tui_pos.settings import change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_pos.screens.conduct import Conduct

Choices: TypeAlias = "Sequence[tuple[str, str]]"
"""What a setting may be, each with what it is called; a message of the catalogues."""

LANGUAGES = (("", n_("the machine's")), ("fr", "Français"), ("en", "English"))
UPDATES = (("start", n_("at the till's next start")), ("hand", n_("by hand only")))
THEMES = (
    ("", n_("the terminal's")),
    ("till-dark", n_("dark")),
    ("till-light", n_("light")),
    ("console", n_("sixteen colours")),
)


class TillTab:
    """What `tui_pos.settings` keeps."""

    title = n_("Till")
    live = False

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    async def rows(self) -> Sequence[Row]:
        """Where this till stands, and what it is set to."""
        register = self._conduct.register
        settings = register.settings
        idle = settings.idle_after
        moved = len(settings.keys)
        return (
            Row(_("Shop"), register.shop.name),
            Row(_("Till"), register.till_id, _("Its number in the shop: ticket numbers begin with it.")),
            Row(
                _("Lock after"),
                _("{count} s").format(count=idle) if idle else _("never"),
                _(
                    "Seconds without a key after which the till hides the ticket and asks for a PIN; 0: never."
                ),
                str(idle),
                take=sets(self._conduct, "idle_after"),
            ),
            self._one_of(
                _("Language"),
                "language",
                settings.language,
                LANGUAGES,
                _("The language of screen and paper."),
            ),
            self._one_of(
                _("Colours"),
                "theme",
                settings.theme,
                THEMES,
                _("Sixteen colours suit a Linux console; TEXTUAL_THEME in the environment counts more."),
            ),
            self._one_of(
                _("Updates"),
                "updates",
                settings.updates,
                UPDATES,
                _("When a newer version of the program is installed: tui-pos update apply does it by hand."),
            ),
            Row(
                _("Keys"),
                plural("{count} moved", "{count} moved", moved).format(count=moved)
                if moved
                else _("as delivered"),
                _("Any action can be put on another key."),
                do=self._keys,
            ),
        )

    def _one_of(self, label: str, name: str, value: str, choices: Choices, text: str) -> Row:
        """The setting of this name, which is one of a few."""
        named = tuple((choice, _(said)) for choice, said in choices)
        return Row(label, dict(named)[value], text, value, named, take=sets(self._conduct, name))

    async def _keys(self) -> str:
        from tui_pos.screens.settings.keys import KeysScreen  # noqa: PLC0415 - hardly ever

        self._conduct.stage.push_screen(KeysScreen(self._conduct))
        return ""


def sets(conduct: Conduct, name: str) -> Take:
    """What sets one setting of `tui_pos.settings`: by whoever may, and written down."""

    async def take(value: str) -> None:
        settings = change(conduct.register.settings, name, value)
        refusal = await conduct.dialogs.attempt(ChangeSettings(settings))
        if refusal is not None:
            raise Refused("not_allowed", refusal)

    return take
