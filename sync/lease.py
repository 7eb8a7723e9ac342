"""The lease: the server's signed licence for this till, renewed from half of its life on."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from sync.errors import BadReply, Reason, n_
from sync.membership import Membership
from sync.protocol.signed import document_holds
from sync.protocol.wire import LeaseReply
from sync.server import Server


class Lease(Struct, frozen=True, kw_only=True):
    """A lease that the server signed."""

    till: str
    from_: str = msgspec.field(name="from")
    until: str

    def renew_at(self) -> datetime:
        """From when on it is renewed: half of its life."""
        begin, end = datetime.fromisoformat(self.from_), datetime.fromisoformat(self.until)
        return begin + (end - begin) / 2


def read_lease(text: str, server_key: bytes, till_id: str) -> Lease:
    """The lease that a text holds.

    Raises:
        BadReply: it is none, not the server's, or another till's.
    """
    try:
        fields = msgspec.json.decode(text)
        if not isinstance(fields, dict) or not document_holds(fields, server_key):
            raise BadReply(reason=n_("the lease is not signed by this till's server"))
        lease = msgspec.convert(fields, Lease)
        lease.renew_at()
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadReply(reason=Reason(n_("the lease: {error}"), error=error)) from error
    if lease.till != till_id:
        raise BadReply(reason=n_("the lease is another till's"))
    return lease


def lease_of(membership: Membership) -> Lease | None:
    """The lease that a till has; None: none, or none of its server's."""
    if not membership.lease:
        return None
    try:
        return read_lease(membership.lease, membership.key, membership.till_id)
    except BadReply:
        return None


async def renew(server: Server, server_key: bytes) -> str:
    """A new lease, as a text that `read_lease` takes.

    Raises:
        SyncError: it could not be had; the old one stays.
    """
    reply = await server.call("POST", "/v1/lease", LeaseReply)
    read_lease(reply.lease, server_key, server.till_id)
    return reply.lease
