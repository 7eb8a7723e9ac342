"""The server's schema, revision by revision."""

HEAD = "0003"
"""The revision that this program works with."""

KNOWN = frozenset({"0001", "0002", "0003"})
"""The revisions that it can bring up."""
