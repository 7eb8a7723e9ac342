"""tui-pos: a keyboard-driven terminal point of sale."""

__version__ = "0.1.0"
