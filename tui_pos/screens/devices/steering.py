"""A virtual device is steered by hand: something is put on the scale or held before the scanner, or it gets a fault.

What `device` with `set` does for a program, for whoever stands before a demo.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from devices.virtual.terminal import ANSWERS
from devices.virtual.twin import Twin
from tui_pos.errors import in_words
from tui_pos.l10n import _, n_
from tui_pos.sale.errors import BadWeight
from tui_pos.sale.quantity import parse_weight
from tui_pos.screens.dialog import Dialog
from tui_pos.screens.menu import Entry
from tui_pos.widgets.field import Field, Labelled

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from devices.counter import Counter

Setting = Mapping[str, Any]
"""What `Counter.set` takes."""

WELL = "well"
_FAULTS = {
    "offline": n_("unplugged"),
    "slow": n_("slow"),
    "busy": n_("busy"),
    "late": n_("answers too late"),
    "lost": n_("its answer gets lost"),
    "mute": n_("says nothing"),
    "silent": n_("says nothing at the end"),
    "noise": n_("noise on its line"),
    "cut": n_("hangs up in mid-answer"),
    "bad_lrc": n_("a wrong check sum"),
    "paper_out": n_("paper is out"),
    "near_end": n_("paper is nearly out"),
    "cover": n_("the cover is open"),
    "cutter": n_("the cutter is stuck"),
    "unstable": n_("the load moves"),
    "overload": n_("the load is too heavy for it"),
    "under_zero": n_("below zero"),
    "garbage": n_("sends what is no code"),
    "endless": n_("the end of its codes gets lost"),
}
"""Faults that have words of their own; others are shown by their names."""
_ANSWERS = {
    "approved": n_("approves"),
    "refused": n_("refuses"),
    "partial": n_("pays a part"),
    "slow": n_("slow"),
    "late": n_("answers too late"),
    "lost": n_("its answer gets lost"),
}
TYPED = {
    "scale": ("weight", n_("Put something on it"), n_("Weight")),
    "scanner": ("scan", n_("Hold a code before it"), n_("Code")),
}
"""By the kind of device: the setting that is typed, what that means, and what is typed."""
_FAULT, _ANSWER, _SHUT = n_("Fault"), n_("Its answer"), n_("Shut it")


def twin_of(counter: Counter, name: str) -> Twin | None:
    """The virtual device of this name; None: it is a real one, or none."""
    device = next((owner.device for owner in counter.owners if owner.name == name), None)
    found = getattr(device, "twin", None) or getattr(device, "_twin", device)
    return found if isinstance(found, Twin) else None


def entries(kind: str, twin: Twin) -> list[Entry]:
    """What can be done to a virtual device; the id of each is understood by `setting`."""
    found = [Entry(TYPED[kind][0], _(TYPED[kind][1]))] if kind in TYPED else []
    if kind == "drawer":
        found.append(Entry("open:", _(_SHUT)))
    if kind == "terminal":
        found += [Entry(f"answer:{one}", _(_ANSWERS[one]), group=_(_ANSWER)) for one in ANSWERS]
    found.append(Entry(WELL, _("in order"), group=_(_FAULT), note="" if twin.fault else "●"))
    for fault in twin.faults:
        note = "●" if fault == twin.fault else ""
        found.append(Entry(f"fault:{fault}", _(_FAULTS.get(fault, fault)), group=_(_FAULT), note=note))
    return found


def setting(chosen: str) -> Setting | None:
    """What an entry sets; None: it has to be typed."""
    name, colon, value = chosen.partition(":")
    if chosen == WELL:
        return {"fault": None}
    if not colon:
        return None
    return {name: False if name == "open" else value}


class SteerForm(Dialog[dict[str, Any]]):
    """Gives a setting whose value is typed: a weight in grams or with its unit, or a code.

    Args:
        kind: of the device.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "done", n_("Done"))]

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._setting, self._title, self._label = TYPED[kind]

    def heading(self) -> str:
        """What is done."""
        return _(self._title)

    def body(self) -> ComposeResult:
        """One field."""
        yield Labelled(self._label, Field("value", max_length=128))

    @on(Field.Submitted)
    def action_done(self) -> None:
        """Give the setting."""
        value = self.query_one("#value", Field).value.strip()
        if self._setting != "weight":
            self.give({self._setting: value})
            return
        try:
            self.give({self._setting: f"{parse_weight(value):.3f}"})
        except BadWeight as error:
            self.refuse(in_words(error))
