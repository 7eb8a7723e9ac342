"""Coverage-guided fuzzing of everything that reads bytes from a cable: `python -m tests.fuzz CODEC --seconds N`."""
