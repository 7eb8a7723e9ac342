"""The bindings of one widget, run at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.widget import Widget


async def run_bound(widget: Widget, key: str) -> bool:
    """Run what the widget itself binds to a key, whoever has the focus; tells whether it binds anything."""
    for binding in widget._bindings.key_to_bindings.get(key, ()):  # noqa: SLF001 - Textual has no other way to ask
        if await widget.app.run_action(binding.action, widget):
            return True
    return False
