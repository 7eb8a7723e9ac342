"""Updates of the till's program: their repository, and who publishes in it."""
