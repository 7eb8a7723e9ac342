"""The server's schema, revision by revision."""

HEAD = "0004"
"""The revision that this program works with."""

KNOWN = frozenset({"0001", "0002", "0003", "0004"})
"""The revisions that it can bring up."""
