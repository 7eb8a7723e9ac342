"""Draws what the README shows from the running program: `.venv/bin/python docs/draw.py`.

The screenshot is a demo till that really sold something, on the screen of a test; the table of keys is that of the
actions. A test refuses a README whose table is out of step.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from tui_pos.actions import keyboard_table
from tui_pos.app import TillApp
from tui_pos.demo import make_ready
from tui_pos.l10n import use_language
from tui_pos.profile import Demo
from tui_pos.till import Till, open_till

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
PICTURE = HERE / "selling.svg"
BEGIN, END = "<!-- keys: drawn by docs/draw.py -->", "<!-- end of keys -->"
STEPS = (
    *("9520340701005", "2*9520340700008", "", "20", "ctrl+r"),
    *("9520340701005", "3*9520340700008", "2*9520042800006", "9520042501002"),
)
"""A ticket paid in cash, its receipt, and four lines of the next one."""


def keys() -> str:
    """The table of keys in Markdown."""
    rows = ["| Key | Action | Of | Right it needs |", "|---|---|---|---|"]
    rows += [
        f"| {key or 'menu'} | {label} | {group} | {right} |" for key, label, group, right in keyboard_table()
    ]
    return "\n".join(rows)


def with_keys(text: str) -> str:
    """The README's text with the table of keys between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{keys()}\n{END}{after}"


async def draw(profile: Path) -> str:
    """The selling screen of a demo till with some goods on the ticket, as SVG."""

    async def opened() -> Till:
        demo = Demo(ready=True)
        till = await open_till(profile, demo)
        await make_ready(till.register, demo)
        return till

    app = TillApp(opened)
    async with app.run_test(size=(132, 34)) as pilot:
        await app.opened.wait()
        for keys in STEPS:
            await pilot.press(*([keys] if keys.startswith("ctrl+") else (*keys, "enter")))
            await app.settled()
            await pilot.pause()
        if app.till is not None:
            await app.till.counter.printed()
        await pilot.pause(1.5)  # the devices' pane looks at them once a second
        # no font from elsewhere: whoever looks at a picture asks nobody else for it
        return re.sub(r"@font-face \{.*?\}", "", app.export_screenshot(title="tui-pos"), flags=re.DOTALL)


def main() -> None:
    """Draw both."""
    use_language("en")
    README.write_text(with_keys(README.read_text(encoding="utf-8")), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        PICTURE.write_text(asyncio.run(draw(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
