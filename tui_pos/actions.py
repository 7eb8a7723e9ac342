"""What a person can ask of the till by a key: one table.

The keys of the selling screen, its shortcut zone and footer, the help page, the menu, the command palette and
the README's table of keys are drawn from it. A key is data: a till's settings may move any action to another one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from tui_pos.l10n import _, n_
from tui_pos.rights import LABELS, Right
from tui_pos.sale.prompt import Context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ITEM = frozenset({Context.ITEM})
_SELLING = frozenset({Context.ITEM, Context.PRICE, Context.PAYMENT, Context.PAYMENT_UNKNOWN})
_DOUBT = frozenset({Context.PAYMENT_UNKNOWN})
_SESSION = frozenset({Context.SESSION})
_OPEN = _SELLING | _SESSION
_PAYING = frozenset({Context.ITEM, Context.PAYMENT})
_COUNTER = _ITEM | _SESSION


class Panel(StrEnum):
    """A screen of its own, with keys that count there only."""

    DEVICES = "devices"
    PRINTS = "prints"


Where: TypeAlias = Context | Panel

_AT_DEVICES = frozenset({Panel.DEVICES})
_AT_PRINTS = frozenset({Panel.PRINTS})
_PANELS = _AT_DEVICES | _AT_PRINTS

TYPED = frozenset(
    (
        *(
            "enter",
            "tab",
            "backspace",
            "space",
            "shift+tab",
            "ctrl+h",
            "ctrl+i",
            "ctrl+j",
            "ctrl+m",
            "ctrl+u",
        ),
        "ctrl+right_square_bracket",
    )
)
"""Keys that typing, or a scanner, needs: no action can have them."""


class Group(StrEnum):
    """Under which heading an action stands on the help page."""

    SALE = n_("Sale")
    LINE = n_("Line")
    TICKET = n_("Ticket")
    CASH = n_("Cash")
    TILL = n_("Till")
    DEVICES = n_("Devices")
    PRINTS = n_("Prints")


class Place(StrEnum):
    """Where an action is offered besides its key, the help page and the palette."""

    SHORTCUTS = "shortcuts"
    """The shortcut zone of the selling screen."""
    FOOTER = "footer"
    MENU = "menu"
    PANEL = "panel"
    """A screen of its own."""


class Action(Struct, frozen=True):
    """Something that can be asked for by name, by key or from a list."""

    id: str
    label: str
    """A message of the catalogues: shown through `_`."""
    group: Group
    key: str = ""
    """As Textual names keys; empty: none. No Shift+Fn: Linux consoles lack them."""
    right: Right | None = None
    """What doing it needs; the register asks for it, a supervisor can lend it."""
    contexts: frozenset[Where] = _ITEM
    """Where the prompt must stand for it, and the screens of their own that have it too."""
    place: Place = Place.MENU
    argument: bool = False
    """What stands at the prompt goes with it: `3` then F2, a name then F6."""


ACTIONS: tuple[Action, ...] = (
    Action("help", n_("Help"), Group.TILL, "f1", None, _OPEN | _PANELS, Place.SHORTCUTS),
    Action("line.quantity", n_("Quantity"), Group.LINE, "f2", place=Place.SHORTCUTS, argument=True),
    Action("line.price", n_("Price"), Group.LINE, "f3", Right.PRICE, place=Place.SHORTCUTS, argument=True),
    Action(
        "line.discount",
        n_("Discount"),
        Group.LINE,
        "f4",
        Right.DISCOUNT,
        place=Place.SHORTCUTS,
        argument=True,
    ),
    Action("ticket.customer", n_("Customer"), Group.TICKET, "f5", place=Place.SHORTCUTS, argument=True),
    Action("products.search", n_("Search"), Group.SALE, "f6", place=Place.SHORTCUTS, argument=True),
    Action("ticket.hold", n_("Hold"), Group.TICKET, "f7", place=Place.SHORTCUTS),
    Action("line.void", n_("Void line"), Group.LINE, "f8", Right.VOID, place=Place.SHORTCUTS),
    Action("ticket.recall", n_("Recall"), Group.TICKET, "f9", place=Place.SHORTCUTS),
    Action("ticket.pay", n_("Pay"), Group.SALE, "f10", place=Place.SHORTCUTS),
    Action("tickets.search", n_("Tickets"), Group.TICKET, "f11", place=Place.SHORTCUTS),
    Action("menu", n_("Menu"), Group.TILL, "f12", None, _OPEN, Place.SHORTCUTS),
    Action("line.up", n_("Up"), Group.LINE, "up", place=Place.FOOTER),
    Action("line.down", n_("Down"), Group.LINE, "down", place=Place.FOOTER),
    Action("back", n_("Back"), Group.SALE, "escape", None, _OPEN, Place.FOOTER, argument=True),
    Action("palette", n_("Commands"), Group.TILL, "ctrl+p", None, _OPEN, Place.FOOTER),
    Action("receipt.print", n_("Receipt"), Group.TICKET, "ctrl+r", None, _SELLING, Place.FOOTER),
    Action("devices.show", n_("Devices"), Group.TILL, "ctrl+d", None, _OPEN, Place.FOOTER),
    Action("sale.tare", n_("Packaging (tare)"), Group.SALE, "ctrl+e", argument=True),
    Action("products.labels", n_("Labels"), Group.SALE, "", None, _COUNTER, argument=True),
    Action("customer.new", n_("New customer"), Group.TICKET),
    Action("ticket.discount", n_("Discount on the ticket"), Group.TICKET, "", Right.DISCOUNT, argument=True),
    Action("ticket.void", n_("Void the ticket"), Group.TICKET, "", Right.VOID, _SELLING),
    Action("ticket.reprint", n_("Reprint the last receipt"), Group.TICKET, "", Right.REPRINT),
    Action("ticket.provisional", n_("Provisional bill"), Group.TICKET),
    Action("ticket.kitchen", n_("Send to the kitchen"), Group.TICKET, "", None, _PAYING),
    Action("ticket.return", n_("Take goods back"), Group.TICKET, "", Right.RETURN),
    Action("payment.resolve", n_("Paid?"), Group.CASH, "f10", None, _DOUBT, Place.SHORTCUTS),
    Action("payment.void", n_("Take back the last payment"), Group.CASH, "", Right.VOID, _PAYING),
    Action("cash.in", n_("Cash in"), Group.CASH, "", Right.CASH),
    Action("cash.out", n_("Cash out"), Group.CASH, "", Right.CASH),
    Action("drawer.open", n_("Open the drawer"), Group.CASH, "", Right.DRAWER, _OPEN),
    Action("session.x", n_("X report"), Group.CASH, "", Right.SESSION),
    Action("session.close", n_("Close the session (Z)"), Group.CASH, "", Right.SESSION),
    Action("session.open", n_("Open a session"), Group.CASH, "", Right.SESSION, _SESSION),
    Action("report.z", n_("Reprint the last Z"), Group.CASH, "", Right.SESSION, _COUNTER),
    Action("period.close", n_("Close a day, month or year"), Group.CASH, "", Right.PERIOD, _SESSION),
    Action("till.lock", n_("Lock the till"), Group.TILL, "ctrl+l", None, _OPEN),
    Action("till.sign_out", n_("Sign out"), Group.TILL, "", None, _OPEN),
    Action("till.theme", n_("Change the colours"), Group.TILL, "", None, _OPEN),
    Action("message.read", n_("Read the message"), Group.TILL, "ctrl+n", None, _OPEN),
    Action("data.changes", n_("Load what has changed"), Group.TILL, "", None, _OPEN),
    Action("data.load", n_("Load all data"), Group.TILL, "", None, _OPEN),
    Action("exchange.show", n_("Exchange with the server"), Group.TILL, "", None, _OPEN),
    Action("cable.toggle", n_("Unplug or replug the network"), Group.TILL, "ctrl+t", None, _OPEN),
    Action("settings.show", n_("Settings"), Group.TILL, "", None, _OPEN),
    Action("devices.pane", n_("Virtual devices"), Group.TILL, "ctrl+k", None, _OPEN),
    Action("till.quit", n_("Leave the till"), Group.TILL, "", None, _OPEN),
    Action("device.test", n_("Test"), Group.DEVICES, "f2", None, _AT_DEVICES, Place.PANEL),
    Action("device.add", n_("Add"), Group.DEVICES, "f3", Right.SETTINGS, _AT_DEVICES, Place.PANEL),
    Action("device.prints", n_("Prints"), Group.DEVICES, "f4", None, _AT_DEVICES, Place.PANEL),
    Action("device.assign", n_("Documents"), Group.DEVICES, "f5", Right.SETTINGS, _AT_DEVICES, Place.PANEL),
    Action("device.change", n_("Edit"), Group.DEVICES, "f6", Right.SETTINGS, _AT_DEVICES, Place.PANEL),
    Action("device.retry", n_("Try again"), Group.DEVICES, "f7", None, _AT_DEVICES, Place.PANEL),
    Action("device.remove", n_("Remove"), Group.DEVICES, "f8", Right.SETTINGS, _AT_DEVICES, Place.PANEL),
    Action("device.steer", n_("Simulate"), Group.DEVICES, "f9", None, _AT_DEVICES, Place.PANEL),
    Action(
        "device.payment", n_("Card payment in doubt"), Group.DEVICES, "f10", None, _AT_DEVICES, Place.PANEL
    ),
    Action("print.again", n_("Print again"), Group.PRINTS, "f2", Right.REPRINT, _AT_PRINTS, Place.PANEL),
    Action("print.elsewhere", n_("On another printer"), Group.PRINTS, "f4", None, _AT_PRINTS, Place.PANEL),
    Action("print.read", n_("Read"), Group.PRINTS, "f6", None, _AT_PRINTS, Place.PANEL),
    Action("print.drop", n_("Drop"), Group.PRINTS, "f8", None, _AT_PRINTS, Place.PANEL),
)

_NAMES = {
    "enter": n_("Enter"),
    "escape": n_("Esc"),
    "pageup": n_("PgUp"),
    "pagedown": n_("PgDn"),
    "delete": n_("Delete"),
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


class Keyboard:
    """The actions of one till by the keys that its settings give them.

    Args:
        moved: the key of each action that is not on its default one, by the action's id.

    Raises:
        ValueError: an id that no action has, a key that typing or a scanner needs, or one key for two actions in
            the same context.
    """

    def __init__(self, moved: Mapping[str, str] | None = None) -> None:
        moved = moved or {}
        unknown = set(moved) - {action.id for action in ACTIONS}
        if unknown:
            raise ValueError(f"No action is called {', '.join(sorted(unknown))}: its key was not set.")
        keys = {action.id: moved.get(action.id, action.key).lower() for action in ACTIONS}
        self.actions = tuple(replace(action, key=keys[action.id]) for action in ACTIONS)
        self._by_id = {action.id: action for action in self.actions}
        self._by_key: dict[tuple[Where, str], Action] = {}
        for action in self.actions:
            self._place(action)

    def _place(self, action: Action) -> None:
        if not action.key:
            return
        if len(action.key) == 1 or action.key in TYPED:
            raise ValueError(f"{key_name(action.key)} is needed for typing or by scanners.")
        for context in action.contexts:
            other = self._by_key.setdefault((context, action.key), action)
            if other is not action:
                raise ValueError(f"{key_name(action.key)} is the key of both {other.id} and {action.id}.")

    def __getitem__(self, name: str) -> Action:
        return self._by_id[name]

    def on(self, panel: Panel) -> Iterator[Action]:
        """The actions of a screen that have a key there, in the order of the table."""
        return (action for action in self.actions if action.key and panel in action.contexts)

    def pressed(self, key: str, context: Context) -> Action | None:
        """The action of a key here. Caps Lock does not matter."""
        return self._by_key.get((context, key.lower()))

    def is_bound(self, key: str) -> bool:
        """Whether the key asks for anything anywhere."""
        return any(bound == key.lower() for _context, bound in self._by_key)

    def at(self, place: Place, context: Context) -> Iterator[Action]:
        """The actions that stand in a place of the screen, in the order of the table."""
        return (action for action in self.actions if action.place is place and context in action.contexts)


def reconciled(moved: Mapping[str, str]) -> dict[str, str]:
    """Keys that an older program kept, as this one can use them: no shop loses its keys by an update.

    Actions that are gone are left out; a new one whose default a shop uses for something else has no key.
    """
    ids = {action.id for action in ACTIONS}
    kept = {name: key.lower() for name, key in moved.items() if name in ids}
    taken = {
        (context, kept[action.id]) for action in ACTIONS if kept.get(action.id) for context in action.contexts
    }
    for action in ACTIONS:
        if action.id not in kept and any((context, action.key) in taken for context in action.contexts):
            kept[action.id] = ""
    return kept


def key_name(key: str) -> str:
    """A key as it is written on screens, and on keyboards of the language: `F2`, `Ctrl+P`, `↑`, `Échap`."""
    *modifiers, last = key.split("+")
    named = last.upper() if len(last) == 1 or last[1:].isdigit() else last.capitalize()
    name = _(_NAMES[last]) if last in _NAMES else named
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


def keyboard_table(keyboard: Keyboard | None = None) -> list[tuple[str, str, str, str]]:
    """The table of keys for people: key, what it does, heading, the right that it needs."""
    actions = keyboard.actions if keyboard else ACTIONS
    return [
        (
            key_name(action.key) if action.key else "",
            _(action.label),
            _(action.group.value),
            _(LABELS[action.right]) if action.right else "",
        )
        for action in actions
    ]
