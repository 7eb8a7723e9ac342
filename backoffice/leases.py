"""Leases: a till's licence to sell, signed by the server, renewed well before its end."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from backoffice.server import Server
from sync.protocol import stamp
from sync.protocol.signed import sign_document

LIFE = timedelta(days=60)
"""A till renews from half-life on."""


def make_lease(server: Server, till_id: str) -> str:
    """A lease for a till: a signed JSON document."""
    now = server.now()
    fields = {
        "v": 1,
        "server": server.identifier,
        "till": till_id,
        "from": stamp(now),
        "until": stamp(now + LIFE),
    }
    return msgspec.json.encode(sign_document(fields, server.signer), order="sorted").decode()
