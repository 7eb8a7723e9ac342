"""The statements of one listing, each under its name: as Core writes them, and as text once they are compiled."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S")


class OfListing(NamedTuple, Generic[S]):
    """What a listing says to the database. Most of it is for the ids from `low` to just below `high`."""

    last: S
    """The highest id of all."""
    last_of: S
    others: S
    """Some ids beyond the range."""
    find: S
    page: S
    search: S
    size: S
    ids: S
    """The ids of a JSON list of codes."""
    read: S
    """The rows of a JSON list of ids."""
    insert_row: S
    insert_key: S
    insert_words: S
    delete_row: S
    delete_key: S
    delete_words: S
