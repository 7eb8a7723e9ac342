"""The zones of the screen: each paints what it is shown and holds no rules."""
