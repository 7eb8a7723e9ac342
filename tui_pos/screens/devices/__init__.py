"""The screens of the devices and of their prints: how each does, and what a person can do about it."""
