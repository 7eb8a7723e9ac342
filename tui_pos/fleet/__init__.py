"""Many tills in one process, each whole but for its screen: what a server holds, and what faults do to it."""
