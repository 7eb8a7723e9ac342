"""The colours of the screen: dark, light, and one for consoles of sixteen colours.

Widgets name colours by what they mean here: `$bar`, `$cursor`, `$refused`… Every theme gives them all, and a theme
of Textual's own falls back to those of the dark one.
"""

from __future__ import annotations

import os

from textual.theme import Theme

DARK, LIGHT, CONSOLE = "till-dark", "till-light", "console"

_DARK = {
    "bar": "#1f4e79",
    "bar-text": "#ffffff",
    "cursor": "#f2c14e",
    "cursor-text": "#101418",
    "strong": "#ffffff",
    "dim": "#9aa7b4",
    "key": "#f2c14e",
    "due": "#f2c14e",
    "due-text": "#101418",
    "good": "#7fd38b",
    "refused": "#b3261e",
    "refused-text": "#ffffff",
    "glass": "#06231a",
    "glass-text": "#6ff2c0",
    "paper": "#f5f3ea",
    "paper-text": "#1c1c1c",
}
_LIGHT = {
    "bar": "#1f4e79",
    "bar-text": "#ffffff",
    "cursor": "#1f4e79",
    "cursor-text": "#ffffff",
    "strong": "#000000",
    "dim": "#56616c",
    "key": "#8a4b00",
    "due": "#1f4e79",
    "due-text": "#ffffff",
    "good": "#176b2c",
    "refused": "#b3261e",
    "refused-text": "#ffffff",
    "glass": "#06231a",
    "glass-text": "#6ff2c0",
    "paper": "#ffffff",
    "paper-text": "#1c1c1c",
}
# Only the eight dark colours as backgrounds: a Linux console has no bright ones.
_CONSOLE = {
    "bar": "ansi_blue",
    "bar-text": "ansi_bright_white",
    "cursor": "ansi_cyan",
    "cursor-text": "ansi_black",
    "strong": "ansi_bright_white",
    "dim": "ansi_white",
    "key": "ansi_bright_yellow",
    "due": "ansi_green",
    "due-text": "ansi_black",
    "good": "ansi_bright_green",
    "refused": "ansi_red",
    "refused-text": "ansi_bright_white",
    "glass": "ansi_black",
    "glass-text": "ansi_bright_green",
    "paper": "ansi_white",
    "paper-text": "ansi_black",
}
DEFAULTS = dict(_DARK)
"""The meanings, for a theme that does not know them."""

THEMES = (
    Theme(
        name=DARK,
        primary="#2f74b5",
        secondary="#1f4e79",
        accent="#f2c14e",
        warning="#f2c14e",
        error="#e0605a",
        success="#7fd38b",
        foreground="#dfe5ea",
        background="#101418",
        surface="#171d23",
        panel="#222b34",
        variables=_DARK,
    ),
    Theme(
        name=LIGHT,
        primary="#1f4e79",
        secondary="#2f74b5",
        accent="#8a4b00",
        warning="#8a4b00",
        error="#b3261e",
        success="#176b2c",
        foreground="#14181c",
        background="#f4f6f8",
        surface="#ffffff",
        panel="#dde4ea",
        dark=False,
        variables=_LIGHT,
    ),
    Theme(
        name=CONSOLE,
        ansi=True,
        primary="ansi_blue",
        secondary="ansi_cyan",
        accent="ansi_bright_yellow",
        warning="ansi_yellow",
        error="ansi_bright_red",
        success="ansi_green",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={
            "ansi-background": "ansi_black",
            "ansi-foreground": "ansi_white",
            "text": "ansi_white",
            "text-muted": "ansi_white",
            "border": "ansi_cyan",
            "border-blurred": "ansi_blue",
            "block-cursor-foreground": "ansi_black",
            "block-cursor-background": "ansi_cyan",
            "input-cursor-foreground": "ansi_black",
            "input-cursor-background": "ansi_white",
            "input-selection-foreground": "ansi_black",
            "input-selection-background": "ansi_cyan",
            **_CONSOLE,
        },
    ),
)


def chosen_theme(setting: str = "") -> str:
    """The theme of this terminal: `TEXTUAL_THEME`, else the till's setting, else sixteen colours on a Linux console."""
    wanted = os.environ.get("TEXTUAL_THEME") or setting
    if wanted:
        return wanted
    return CONSOLE if os.environ.get("TERM", "") in ("linux", "vt100", "vt220", "ansi") else DARK


def next_theme(current: str) -> str:
    """The theme after this one, in a round."""
    names = [theme.name for theme in THEMES]
    return names[(names.index(current) + 1) % len(names)] if current in names else DARK
