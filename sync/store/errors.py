"""What can be wrong with the store.

    StoreError
    ├── NoStore, StoreExists
    ├── KeyMissing, KeyInsecure, WrongKey
    ├── DamagedStore
    │   └── JournalBroken
    ├── OldSchema, NewerSchema
    ├── DiskFull
    │   └── LittleRoom
    ├── DiskFailed, StoreBusy, ReadOnlyStore
    └── Refused
        └── DuplicateCode

Each carries a stable slug for programs and an English template for people, which is the message's key in the
catalogues of translations.
"""

from __future__ import annotations

from typing import ClassVar


def n_(message: str) -> str:
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


class StoreError(Exception):
    """The store cannot do what it was asked. What was committed before stays.

    Args:
        details: the values that the template names.
    """

    slug: ClassVar[str] = "internal"
    template: ClassVar[str] = n_("The till's database failed: {reason}. What was confirmed before is kept.")

    def __init__(self, **details: object) -> None:
        super().__init__(self.template.format(**details))
        self.details = details


class NoStore(StoreError):
    """There is no database in this profile."""

    slug = "no_store"
    template = n_(
        "There is no till in {profile}. Nothing was made: run “tui-pos setup” or import a catalogue first."
    )


class StoreExists(StoreError):
    """A database is already there."""

    slug = "store_exists"
    template = n_("There is already a till in {profile}. Nothing changed.")


class KeyMissing(StoreError):
    """The database's key is not where it was kept."""

    slug = "key_missing"
    template = n_(
        "The key of the till's database is not to be had: {reason}. The data are untouched: bring the key back."
    )


class KeyInsecure(StoreError):
    """Others than the till may read or change the key file."""

    slug = "key_insecure"
    template = n_(
        "The key file {path} is not safe: {reason}. It was not used: run “chmod 600” on it, as its owner."
    )


class WrongKey(StoreError):
    """The key that was found is not this database's."""

    slug = "wrong_key"
    template = n_(
        "The key does not open {path}. The data are untouched: bring back the key that was made with it."
    )


class DamagedStore(StoreError):
    """The file, or what it holds, is not what was written."""

    slug = "damaged_store"
    template = n_(
        "The till's database {path} is damaged: {reason}. Nothing was changed: keep the file and restore a copy."
    )


class JournalBroken(DamagedStore):
    """The journal does not verify.

    Args:
        position: of the first entry that is wrong.
        reason: what is wrong with it.
    """

    slug = "journal_broken"
    template = n_(
        "The journal is broken at entry {position}: {reason}. Nothing was changed: keep the file and call support."
    )

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(position=position, reason=reason)
        self.position = position
        self.reason = reason


class OldSchema(StoreError):
    """The database is of an older version, and was opened to be read only."""

    slug = "old_schema"
    template = n_(
        "The till's database is of an older version ({found}). Nothing was changed: start the till once to bring it up."
    )


class NewerSchema(StoreError):
    """A newer program has written this database."""

    slug = "newer_schema"
    template = n_(
        "The till's database is of a newer version ({found}). Nothing was changed: install that version again."
    )


class DiskFull(StoreError):
    """No room is left."""

    slug = "disk_full"
    template = n_(
        "The disk is full: this step was not kept, all before it was. Free some room, then do it again."
    )


class LittleRoom(DiskFull):
    """What room is left is kept for selling."""

    template = n_(
        "There is too little room on the disk for a load: {free} MB are left, and the till needs them to sell. "
        "The data in use stay as they are; free some room, then load again."
    )


class DiskFailed(StoreError):
    """The disk refuses to read or write."""

    slug = "disk_failed"
    template = n_("The disk failed ({reason}): this step was not kept, all before it was. Check the disk.")


class StoreBusy(StoreError):
    """Another program holds the database."""

    slug = "store_busy"
    template = n_(
        "Another program holds the till's database: this step was not kept. Close it, then do it again."
    )


class ReadOnlyStore(StoreError):
    """The database was opened to be read, or lies where it cannot be written."""

    slug = "read_only"
    template = n_("The till's database can only be read here: nothing was kept.")


class Refused(StoreError):
    """A rule of the database forbids it: the program asked for something that must not be."""

    slug = "refused"
    template = n_(
        "The till's database refused a change: {reason}. This step was not kept, all before it was."
    )


class DuplicateCode(Refused):
    """One code stands twice in what was to be loaded."""

    slug = "duplicate_code"
    template = n_("The code {code} stands twice in what was loaded. Nothing was loaded: keep one of them.")
