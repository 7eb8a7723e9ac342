"""Sentences in a dialog: where their lines break."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from tui_pos.widgets.words import Words
from tui_pos.widgets.zone import wrap


class Page(App[None]):
    """Nothing but a text, in so many columns."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        yield Words(self.text)


async def shown(text: str, columns: int) -> list[str]:
    page = Page(text)
    async with page.run_test(size=(columns, 12)):
        words = page.query_one(Words)
        return words.render().plain.split("\n")[: words.size.height]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Rien n’a changé\u00a0: recommencez.", ["Rien n’a", "changé\u00a0:", "recommencez."]),
        ("Il reste 12,50\u00a0€ dus.", ["Il reste", "12,50\u00a0€ dus."]),
        ("Un\n\nDeux", ["Un", "", "Deux"]),
        ("/var/lib/tui-pos/caisse", ["/var/lib/tui", "-pos/caisse"]),
        ("", [""]),
    ],
)
async def test_lines_break_between_words_and_never_at_a_no_break_space(text: str, lines: list[str]) -> None:
    assert await shown(text, 12) == lines


def test_a_message_at_the_prompt_breaks_in_the_same_places() -> None:
    assert wrap("Rien n’a changé\u00a0: recommencez.", 15, 3) == [
        "Rien n’a       ",
        "changé\u00a0:       ",
        "recommencez.   ",
    ]
