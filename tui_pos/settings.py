"""The settings of a till that its shop makes on this machine: kept in its store, read at start.

They are changed on the settings screen, and by `tui-pos settings NAME VALUE`. What the command line or the
environment says counts more: `--lang`, `TEXTUAL_THEME`. The delays of the exchange with the server are the engine's.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from tui_pos.actions import Keyboard, reconciled
from tui_pos.errors import refuse
from tui_pos.l10n import n_

if TYPE_CHECKING:
    from sync.store import Store

SETTING = "till.settings"
"""The name under which the store keeps them."""

KEYS = "keys."
"""Before the id of an action: the name of the setting that is its key."""

Theme = Literal["", "till-dark", "till-light", "console"]
Language = Literal["", "fr", "en"]
Updates = Literal["start", "hand"]
Years = Literal[0, 6, 8, 10, 20]

_log = logging.getLogger(__name__)


class Settings(Struct, frozen=True, kw_only=True):
    """What a shop may set of one till."""

    idle_after: Annotated[int, Meta(ge=0, le=86_400)] = 300
    """Seconds without a key after which the till locks itself; 0: never."""
    theme: Theme = ""
    """The colours; empty: sixteen on a Linux console, dark elsewhere."""
    language: Language = ""
    """The language of screen and paper; empty: that of the machine."""
    keep_years: Years = 0
    """How long the till keeps what it has sold; 0: for ever. The law wants six years (LPF art. L102 B)."""
    updates: Updates = "start"
    """When an update of the program that is here is installed: at the till's next start, or only by hand."""
    keys: dict[str, str] = {}
    """The keys of actions that are not on their default one, by the action's id; an empty key: none."""


async def read_settings(store: Store) -> Settings:
    """The settings of this till. What cannot be read is as if it had never been set: nothing keeps a till closed."""
    kept = await store.setting(SETTING)
    if kept is None:
        return Settings()
    try:
        settings = msgspec.json.decode(kept, type=Settings)
        settings = replace(settings, keys=reconciled(settings.keys))
        Keyboard(settings.keys)
    except (msgspec.MsgspecError, ValueError):
        _log.exception("the settings of this till cannot be used: the default ones are")
        return Settings()
    return settings


def encode(settings: Settings) -> bytes:
    """As the store keeps them."""
    return msgspec.json.encode(settings)


def change(settings: Settings, name: str, value: str) -> Settings:
    """The settings with one of them changed: `idle_after`, `theme`, `language`, or `keys.` and an action's id.

    Args:
        value: as it is typed; for a key `default` puts the action back on its own.

    Raises:
        Refused: `bad_request`: there is no such setting, or it cannot have this value.
    """
    if name.startswith(KEYS):
        keys = {**settings.keys, name.removeprefix(KEYS): value.strip().lower()}
        if value.strip().lower() == "default":
            del keys[name.removeprefix(KEYS)]
        return check(replace(settings, keys=keys))
    given: dict[str, Any] = {**msgspec.to_builtins(settings), name: value.strip()}
    if name not in Settings.__struct_fields__ or name == "keys":
        names = ", ".join(spelled(settings))
        raise refuse("bad_request", _UNKNOWN, name=name, names=names)
    try:
        return msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError:
        raise refuse("bad_request", _BAD, value=value[:_LONGEST] or '""', allowed=allowed(name)) from None


def check(settings: Settings) -> Settings:
    """The settings, if a till can use them.

    Raises:
        Refused: `bad_request`: an action that does not exist, or one key for two of them.
    """
    try:
        Keyboard(settings.keys)
    except ValueError as error:
        raise refuse("bad_request", _KEYS, error=error) from None
    return msgspec.convert(msgspec.to_builtins(settings), Settings)


def allowed(name: str) -> str:
    """What a setting may be, as people read it."""
    choices: Mapping[str, tuple[str, ...]] = {
        "theme": get_args(Theme),
        "language": get_args(Language),
        "updates": get_args(Updates),
        "keep_years": tuple(map(str, get_args(Years))),
    }
    if name in choices:
        return ", ".join(choice or '""' for choice in choices[name])
    return "0 … 86400"


def spelled(settings: Settings) -> dict[str, str]:
    """Every setting by its name, as it would be typed; keys that were moved among them."""
    plain = {name: str(getattr(settings, name)) for name in Settings.__struct_fields__ if name != "keys"}
    return plain | {f"{KEYS}{action}": key for action, key in sorted(settings.keys.items())}


_LONGEST = 40
"""Characters of a bad value that are told."""
_UNKNOWN = n_("There is no setting {name}. Nothing changed: there are {names}, and keys.ACTION.")
_BAD = n_("This cannot be set: {value}. Nothing changed: it may be {allowed}.")
_KEYS = n_("The keys were not changed: {error}")
