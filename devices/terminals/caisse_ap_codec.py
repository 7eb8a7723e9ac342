"""Caisse-AP over IP (Concert V3): bytes ↔ tags.

A message is a run of fields: a tag of two letters, a length of three digits, a value. `CZ` comes first; there is no
header and no end mark. An answer is whole when its fields come out even and its result (`AE`) is among them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from devices.terminals.recovery import scrubbed

Tags: TypeAlias = Mapping[str, str]

_FIELD = re.compile(rb"([A-Z]{2})([0-9]{3})")
_HEAD = 5
_RECEIPTS = ("ZT", "AK")
_TIME = re.compile(r"(\d{2})/(\d{2})/(\d{4}|\d{2})\D{1,6}(\d{2})[:H](\d{2})(?:[:M](\d{2}))?")


class BadMessage(ValueError):
    """Bytes that no Caisse-AP terminal sends."""


def encode(tags: Tags) -> bytes:
    """The fields as a message, in the order in which they are given.

    Raises:
        ValueError: a tag that is none, or a value that is not ASCII or too long.
    """
    message = b""
    for tag, value in tags.items():
        field = f"{tag}{len(value):03d}".encode("ascii")
        if not _FIELD.fullmatch(field):
            raise ValueError(f"{tag} with {len(value)} characters is no field of Caisse-AP")
        message += field + value.encode("ascii")
    return message


def decode(data: bytes) -> tuple[list[dict[str, str]], bytes]:
    """The messages in `data`, each of which begins with `CZ`, and the beginning of a field that is not whole yet.

    Raises:
        BadMessage: it is no run of fields, or does not begin with `CZ`.
    """
    messages: list[dict[str, str]] = []
    at = 0
    while at < len(data):
        head = data[at : at + _HEAD]
        if len(head) < _HEAD:
            _check_beginning(head)
            break
        found = _FIELD.fullmatch(head)
        if found is None:
            raise BadMessage(f"no field begins with {head!r}")
        end = at + _HEAD + int(found[2])
        if end > len(data):
            break
        tag = found[1].decode("ascii")
        if tag == "CZ":
            messages.append({})
        if not messages:
            raise BadMessage(f"it begins with {tag}, not with CZ")
        messages[-1].setdefault(tag, data[at + _HEAD : end].decode("latin-1"))
        at = end
    return messages, data[at:]


def _check_beginning(head: bytes) -> None:
    if not re.fullmatch(rb"[A-Z]{0,2}", head[:2]) or not re.fullmatch(rb"[0-9]*", head[2:]):
        raise BadMessage(f"no field begins with {head!r}")


def receipt(tags: Tags) -> tuple[str, ...]:
    """The card receipt of an answer, without whole card numbers; empty where there is none, or it cannot be read."""
    encoded = next((tags[tag] for tag in _RECEIPTS if tags.get(tag)), "")
    try:
        text = base64.b64decode(encoded, validate=True).decode("cp1252", "replace")
    except (binascii.Error, ValueError):
        return ()
    lines = ("".join(filter(str.isprintable, line)).rstrip() for line in text.replace("\r", "\n").split("\n"))
    return tuple(scrubbed(line) for line in lines if line)


def time_of(lines: tuple[str, ...]) -> datetime | None:
    """When a payment was made, as its card receipt says in the terminal's own time; None: it does not."""
    for line in lines:
        if found := _TIME.search(line):
            day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
            try:
                local = datetime(year % 100 + 2000, month, day, hour, minute, second)  # noqa: DTZ001
                return local.astimezone()
            except ValueError:
                continue
    return None
