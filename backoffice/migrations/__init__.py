"""The server's schema, revision by revision."""

HEAD = "0001"
"""The revision that this program works with."""

KNOWN = frozenset({"0001"})
"""The revisions that it can bring up."""
