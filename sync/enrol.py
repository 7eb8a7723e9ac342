"""Enrolment: a till gets its server, its shop and its number, by a one-time code.

Until the server has said yes nothing of the till changes. The key is made before, since the server has to know it; if
the answer is lost, the same key asks again, and the server gives the same answer.
"""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from sync.errors import EnrolmentRefused, Rejected, SyncError, n_
from sync.membership import Membership, keep_membership
from sync.ports import Ports
from sync.protocol import Identity, Signer
from sync.protocol.configuration import Configuration
from sync.protocol.wire import Enrolled, EnrolRequest
from sync.server import Server
from sync.store import KeySource, NoStore, Store, open_store
from sync.store.keys import Secret, find_secret, forget_secret, make_secret
from sync.store.migrations import HEAD
from sync.timers import timers

_DATABASE = "sync.database"


class Invitation(Struct, frozen=True, kw_only=True):
    """What a till knows of its server before it is enrolled: from a configuration file, or typed."""

    url: str
    code: str
    server_key: str | None = None
    """Hexadecimal; None: typed by hand, and taken from the answer."""
    shop_name: str = ""
    ca: str | None = None
    proxy: str | None = None


def invitation_of(configuration: Configuration, proxy: str | None = None) -> Invitation:
    """The invitation that a configuration file holds."""
    return Invitation(
        url=configuration.url,
        code=configuration.code,
        server_key=configuration.server_key,
        shop_name=configuration.shop_name,
        ca=configuration.ca,
        proxy=proxy,
    )


async def enrol(
    profile: Path,
    invitation: Invitation,
    ports: Ports,
    program: str,
    *,
    key_source: KeySource | None = None,
    on_loop: bool = False,
) -> Membership:
    """Enrol the till in this folder, or make a new one there.

    The caller sees to it that no other process uses the folder.

    Args:
        program: name and version of this program.
        key_source: where a new till's key is to be kept; None: in the safest place there is.
        on_loop: as for `open_store`.

    Raises:
        EnrolmentRefused: the server does not accept the code; nothing was changed.
        SyncError: the server could not be asked; ask again.
        StoreError: the till here cannot be opened.
    """
    try:
        store = await open_store(profile, on_loop=on_loop)
    except NoStore:
        return await _enrol_new(profile, invitation, ports, program, key_source, on_loop)
    try:
        return await enrol_open(store, invitation, ports, program)
    finally:
        await store.close()


async def enrol_open(store: Store, invitation: Invitation, ports: Ports, program: str) -> Membership:
    """Enrol a till whose store is open: it goes on, and all its journal goes up.

    Raises:
        EnrolmentRefused: the server does not accept the code; nothing was changed.
        SyncError: the server could not be asked; ask again.
    """
    kept = await store.setting(_DATABASE)
    database = kept.decode() if kept else _name_of(store.signer)
    server = await _meet(ports, store.signer)
    enrolled = await _ask(server, invitation, program, database, store.journal.identity.epoch)
    membership = _membership(invitation, enrolled, database)
    await _join(store, membership, ports)
    # what the server holds already is not sent again; hello compares the rest
    await store.outbox.rewind(0)
    await store.outbox.settle(min(enrolled.next_seq - 1, store.journal.head.seq))
    return membership


async def _enrol_new(
    profile: Path,
    invitation: Invitation,
    ports: Ports,
    program: str,
    key_source: KeySource | None,
    on_loop: bool,
) -> Membership:
    secret, made = await asyncio.to_thread(_secret, profile, key_source)
    signer = await asyncio.to_thread(Signer, secret.signing_seed)
    database = _name_of(signer)
    asked = False
    try:
        server = await _meet(ports, signer)
        asked = True
        enrolled = await _ask(server, invitation, program, database, epoch=0)
    except SyncError as error:
        # whoever has asked and had no answer has to ask again with the same key
        if made and (not asked or isinstance(error, EnrolmentRefused)):
            await asyncio.to_thread(forget_secret, profile)
        raise
    if enrolled.next_seq != 1:
        text = "this till has sold on another machine: make a new till on the server, and use its code"
        raise EnrolmentRefused(reason=text)
    membership = _membership(invitation, enrolled, database)
    identity = Identity(enrolled.shop_id, enrolled.number, enrolled.epoch)
    store = await open_store(
        profile, create=True, key_source=key_source, identity=identity, clock=ports.clock, on_loop=on_loop
    )
    try:
        await _join(store, membership, ports)
    finally:
        await store.close()
    return membership


def _secret(profile: Path, source: KeySource | None) -> tuple[Secret, bool]:
    """The key of a till to be, and whether it was made just now."""
    try:
        return find_secret(profile)[0], False
    except NoStore:
        return make_secret(profile, source)[0], True


async def _meet(ports: Ports, signer: Signer) -> Server:
    """Find the server, and its time, by which requests are signed; nothing is said to it yet."""
    server = Server(ports, signer, "", 0, timers())
    await server.ping()
    return server


async def _ask(server: Server, invitation: Invitation, program: str, database: str, epoch: int) -> Enrolled:
    request = EnrolRequest(
        code=invitation.code,
        public_key=server.public_key.hex(),
        database=database,
        program=program,
        schema=HEAD,
        epoch=epoch,
    )
    try:
        enrolled = await server.call("POST", "/v1/enrol", Enrolled, request)
    except Rejected as error:
        raise EnrolmentRefused(reason=error.cause) from error
    if invitation.server_key not in {None, enrolled.server_key}:
        raise EnrolmentRefused(
            reason=n_("another server answers than the one that signed the configuration file")
        )
    return enrolled


async def _join(store: Store, membership: Membership, ports: Ports) -> None:
    """Write down whose till this is, and that it was enrolled, in one transaction."""
    identity = Identity(membership.shop_id, membership.number, membership.epoch)
    async with store.enrolment(identity) as transaction:
        await keep_membership(transaction, membership)
        await transaction.put_setting(_DATABASE, membership.database.encode())
        body = {
            "code": "enrolled",
            "url": membership.url,
            "shop": membership.shop_id,
            "till": membership.till_id,
            "number": membership.number,
            "epoch": membership.epoch,
        }
        await transaction.append("event", body, at=ports.clock.now())


def _membership(invitation: Invitation, enrolled: Enrolled, database: str) -> Membership:
    return Membership(
        url=invitation.url,
        shop_id=enrolled.shop_id,
        till_id=enrolled.till_id,
        number=enrolled.number,
        epoch=enrolled.epoch,
        server_key=enrolled.server_key,
        database=database,
        shop_name=invitation.shop_name,
        ca=invitation.ca,
        proxy=invitation.proxy,
        lease=enrolled.lease,
        given=enrolled.settings,
    )


def _name_of(signer: Signer) -> str:
    """A database's identifier: that of its key, so that whoever has to ask twice is known to be the same."""
    return str(UUID(bytes=hashlib.sha256(b"database" + signer.public_key).digest()[:16]))
