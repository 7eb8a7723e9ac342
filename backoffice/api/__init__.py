"""The calls of tills over HTTP. Hot ones take raw requests and msgspec, never models of the framework."""
