"""The sync engine and the till's store. It knows nothing of the till's screen, its rules or its devices."""
