"""Families of products nest: what goes for one goes for those that it holds."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from backoffice.feed.publishing import find_all

Parents = Mapping[str, str | None]


def parents_of(connection: Connection, shop: int) -> Parents:
    """By the code of each family of a shop, the one that holds it."""
    return {family.code: family.parent for family in find_all(connection, shop, "family")}


def line_of(parents: Parents, family: str | None) -> tuple[str, ...]:
    """A family and those that hold it, the nearest first."""
    line: list[str] = []
    while family and family not in line:
        line.append(family)
        family = parents.get(family)
    return tuple(line)
