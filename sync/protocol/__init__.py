"""What till and server share: the wire records of the feed, and the chain of the journal.

`records` come down; the entries of `journal` go up. It imports nothing of the store.
"""

from sync.protocol.journal import (
    GENESIS_HASH,
    BadEntry,
    Entry,
    Envelope,
    Identity,
    Signer,
    chain_hash,
    check_entry,
    make_entry,
    read_envelope,
    signature_holds,
    stamp,
)
from sync.protocol.records import (
    CustomerRecord,
    FamilyRecord,
    MethodRecord,
    ProductRecord,
    ShopRecord,
    UserRecord,
)

__all__ = [
    "GENESIS_HASH",
    "BadEntry",
    "CustomerRecord",
    "Entry",
    "Envelope",
    "FamilyRecord",
    "Identity",
    "MethodRecord",
    "ProductRecord",
    "ShopRecord",
    "Signer",
    "UserRecord",
    "chain_hash",
    "check_entry",
    "make_entry",
    "read_envelope",
    "signature_holds",
    "stamp",
]
