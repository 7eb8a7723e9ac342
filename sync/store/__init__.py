"""The till's encrypted database: the catalogue that comes down, and the journal that goes up.

`open_store` opens it. What matters is written in a `Store.transaction`, and is on disk when that ends.
"""

from sync.protocol.journal import Entry, Identity
from sync.store.archives import Archived, Archives
from sync.store.catalogue import Catalogue
from sync.store.chain import Head
from sync.store.errors import (
    DamagedStore,
    DiskFailed,
    DiskFull,
    DuplicateCode,
    JournalBroken,
    KeyInsecure,
    KeyMissing,
    LittleRoom,
    NewerSchema,
    NoStore,
    OldSchema,
    ReadOnlyStore,
    Refused,
    StoreBusy,
    StoreError,
    StoreExists,
    WrongKey,
)
from sync.store.feed import Change, Feed, Staging
from sync.store.inbox import Inbox, Kept
from sync.store.journal import Journal
from sync.store.keys import KeySource, Secret
from sync.store.loading import LoadReport
from sync.store.opening import open_store
from sync.store.outbox import Outbox, Refusal
from sync.store.own_customers import CustomerEntry
from sync.store.rows import (
    CUSTOMER,
    GRAND_TOTAL,
    GRAND_TOTAL_ABSOLUTE,
    TICKET,
    ClosedRow,
    ClosingRow,
    HeldRow,
    MethodSum,
    OpenRow,
    Problem,
    SessionRow,
    Sums,
    VatSum,
    VerifyReport,
)
from sync.store.sessions import Sessions
from sync.store.spool import JobRow, Spool
from sync.store.store import Store
from sync.store.tickets import Tickets
from sync.store.transaction import Transaction
from sync.store.words import code_key, fold

__all__ = [
    "CUSTOMER",
    "GRAND_TOTAL",
    "GRAND_TOTAL_ABSOLUTE",
    "TICKET",
    "Archived",
    "Archives",
    "Catalogue",
    "Change",
    "ClosedRow",
    "ClosingRow",
    "CustomerEntry",
    "DamagedStore",
    "DiskFailed",
    "DiskFull",
    "DuplicateCode",
    "Entry",
    "Feed",
    "Head",
    "HeldRow",
    "Identity",
    "Inbox",
    "JobRow",
    "Journal",
    "JournalBroken",
    "Kept",
    "KeyInsecure",
    "KeyMissing",
    "KeySource",
    "LittleRoom",
    "LoadReport",
    "MethodSum",
    "NewerSchema",
    "NoStore",
    "OldSchema",
    "OpenRow",
    "Outbox",
    "Problem",
    "ReadOnlyStore",
    "Refusal",
    "Refused",
    "Secret",
    "SessionRow",
    "Sessions",
    "Spool",
    "Staging",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreExists",
    "Sums",
    "Tickets",
    "Transaction",
    "VatSum",
    "VerifyReport",
    "WrongKey",
    "code_key",
    "fold",
    "open_store",
]
