"""Searches whose statement depends on what is searched."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from sync.store.schema import closed_ticket

_CLOSED = closed_ticket.c


def closed_tickets(text: str, since: str | None, limit: int, offset: int) -> Select[Any]:
    """Closed tickets, the latest first; `Tickets.find` says what the text may be."""
    wanted = select(closed_ticket).order_by(_CLOSED.seq.desc()).limit(limit).offset(offset)
    if text:
        wanted = wanted.where(_matching(text))
    if since:
        wanted = wanted.where(_CLOSED.closed_at >= since)
    return wanted


def _matching(text: str) -> ColumnElement[bool]:
    """What a searched text may mean."""
    meanings = [_CLOSED.number == text, _CLOSED.customer == text]
    if text.isascii() and text.isdigit():
        meanings.append(_CLOSED.number.endswith(f"-{text.zfill(6)}", autoescape=True))
    cents = _amount(text)
    if cents is not None:
        meanings.append(_CLOSED.total == cents)
    if text[:4].isdigit() and text[4:5] == "-":
        # a range, and no LIKE, so that the index serves; "~" comes after whatever stands in a time
        meanings.append(and_(_CLOSED.closed_at >= text, _CLOSED.closed_at < f"{text}~"))
    return or_(*meanings)


def _amount(text: str) -> int | None:
    whole, point, part = text.replace(",", ".").partition(".")
    if not point or len(part) != 2 or not (whole.lstrip("-") + part).isdecimal() or len(whole) > 12:
        return None
    return int(whole + part)
