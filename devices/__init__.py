"""The devices of a counter: ports, drivers and virtual twins. Knows nothing of the till or of the engine."""
