"""The fiscal archive: a stretch of a till's journal in one file that anybody can read and check, without a till.

The law wants an open format, frozen, dated, with a proof of integrity of its own, of a year at the most
(BOI-TVA-DECLA-30-10-30). The file is a ZIP of three: the entries as they were signed, one a line; a manifest, signed by
the till's key, with the entries' SHA-256; and a text in French that says how to check both by other means than ours.
Corrections, reprints, purges, restores and closings are entries like any other.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

import msgspec
from msgspec import Struct

from sync.errors import Reason, n_
from sync.protocol.journal import BadEntry, Entry, Signer, check_entry, read_envelope
from sync.protocol.signed import document_holds, sign_document
from sync.protocol.stretch import Stretch, Totals

ENTRIES, MANIFEST, README = "journal.jsonl", "manifest.json", "LISEZMOI.txt"
LONGEST_LINE = 16 * 1024 * 1024
LARGEST_MANIFEST = 16 * 1024 * 1024
"""Bytes, both; what is longer is no archive."""
_PIECE = 1024 * 1024


class BadArchive(Exception):
    """The file is no whole archive; `reason` says why, in words for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Manifest(Struct, frozen=True, kw_only=True):
    """What an archive says of itself."""

    format: Literal["tui-pos archive"] = "tui-pos archive"
    version: Literal[1] = 1
    shop: str
    till: str
    public_key: str
    """Ed25519, hexadecimal: what the entries and this manifest are checked with."""
    program: str
    made_at: str
    fiscal_year: bool
    """Whether it ends with the closing of a year."""
    first_seq: int
    last_seq: int
    prev_hash: str
    """Of the entry before the first."""
    last_hash: str
    oldest_at: str
    newest_at: str
    tickets: int
    before: Totals
    """At the entry before the first: those of the archive before."""
    after: Totals
    acknowledged_through: int
    """How far the server had answered for the journal when the archive was made; 0: there is no server."""
    refused: tuple[int, ...] = ()
    """Entries that the server had not booked by then."""
    entries_sha256: str


class _Line(Struct):
    canonical: str
    prev_hash: str
    hash: str
    signature: str


def line_of(entry: Entry) -> bytes:
    """An entry as archives and exports hold it: the signed bytes as text, and what proves them; with its line end."""
    line = _Line(entry.canonical.decode(), entry.prev_hash.hex(), entry.hash.hex(), entry.signature.hex())
    return msgspec.json.encode(line) + b"\n"


def entry_of(line: bytes) -> Entry:
    """The entry of a line.

    Raises:
        BadArchive: it holds none.
    """
    try:
        read = msgspec.json.decode(line, type=_Line)
        canonical = read.canonical.encode()
        envelope = read_envelope(canonical)
        proofs = (bytes.fromhex(text) for text in (read.prev_hash, read.hash, read.signature))
        return Entry(envelope.seq, envelope.kind, envelope.at, canonical, *proofs)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadArchive(Reason(n_("a line of it is no entry: {error}"), error=error)) from error


class Writer:
    """Writes one archive, entry by entry.

    Args:
        path: a file that is not there.
    """

    def __init__(self, path: Path, stretch: Stretch) -> None:
        self.stretch = stretch
        self._file = path.open("xb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        self._entries = self._zip.open(ENTRIES, "w", force_zip64=True)
        self._digest = hashlib.sha256()

    def add(self, entries: Sequence[Entry]) -> bool:
        """Write entries; gives whether more may follow."""
        for entry in entries:
            if not self.stretch.takes(entry):
                return False
            self.stretch.add(entry)
            line = line_of(entry)
            self._digest.update(line)
            self._entries.write(line)
        return True

    def finish(self, signer: Signer, **said: Any) -> Manifest:
        """Write the signed manifest, and make the file durable.

        Args:
            said: what the entries themselves do not tell: see `Manifest`.
        """
        stretch = self.stretch
        manifest = Manifest(
            public_key=signer.public_key.hex(),
            fiscal_year=stretch.year_ended,
            first_seq=stretch.first_seq,
            last_seq=stretch.last[0],
            prev_hash=stretch.prev_hash.hex(),
            last_hash=stretch.last[1].hex(),
            oldest_at=stretch.oldest_at,
            newest_at=stretch.newest_at,
            tickets=stretch.tickets,
            before=stretch.before,
            after=stretch.after,
            entries_sha256=self._digest.hexdigest(),
            **said,
        )
        self._entries.close()
        signed = sign_document(msgspec.to_builtins(manifest), signer)
        self._zip.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(signed), indent=1))
        self._zip.writestr(README, _README)
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return manifest

    def give_up(self) -> None:
        """Close the file as it is."""
        self._file.close()


def read_manifest(path: Path) -> Manifest:
    """What an archive says of itself, if its till has signed that.

    Raises:
        BadArchive: it is none, or was altered.
    """
    with _opened(path) as archive, archive.open(MANIFEST) as file:
        return _signed(file.read(LARGEST_MANIFEST))


def entries_in(path: Path, after: int = 0) -> Iterator[Entry]:
    """The entries of an archive behind a position, as they stand there.

    Raises:
        BadArchive: it cannot be read.
    """
    with _opened(path) as archive, archive.open(ENTRIES) as file:
        for line in _lines(file):
            entry = entry_of(line)
            if entry.seq > after:
                yield entry


def check_archive(path: Path, progress: Callable[[int], None] | None = None) -> Manifest:
    """Check all of an archive by itself: signatures, chain, times and totals.

    Args:
        progress: told how many entries are checked.

    Raises:
        BadArchive: with the first thing that is wrong.
    """
    manifest = read_manifest(path)
    key = bytes.fromhex(manifest.public_key)
    stretch = Stretch((manifest.first_seq - 1, bytes.fromhex(manifest.prev_hash)), manifest.before)
    digest = hashlib.sha256()
    with _opened(path) as archive, archive.open(ENTRIES) as file:
        for line in _lines(file):
            digest.update(line)
            _take(stretch, entry_of(line), key)
            if progress is not None:
                progress(stretch.last[0] - manifest.first_seq + 1)
    if digest.hexdigest() != manifest.entries_sha256:
        raise BadArchive(n_("its entries are not those that its manifest was signed for"))
    _compare(stretch, manifest)
    _check_files(path)
    return manifest


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _take(stretch: Stretch, entry: Entry, key: bytes) -> None:
    try:
        check_entry(entry, stretch.last, key)
        if not stretch.takes(entry):
            raise BadArchive(Reason(n_("entry {position} does not belong to its year"), position=entry.seq))
        stretch.add(entry)
    except BadEntry as error:
        raise BadArchive(Reason(_ENTRY, position=entry.seq, error=error.reason)) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadArchive(Reason(_ENTRY, position=entry.seq, error=str(error))) from error


def _compare(stretch: Stretch, manifest: Manifest) -> None:
    """What the entries come to is what the manifest says."""
    found = {
        "last_seq": (stretch.last[0], manifest.last_seq),
        "last_hash": (stretch.last[1].hex(), manifest.last_hash),
        "tickets": (stretch.tickets, manifest.tickets),
        "totals": (stretch.after, manifest.after),
        "times": ((stretch.oldest_at, stretch.newest_at), (manifest.oldest_at, manifest.newest_at)),
        "fiscal_year": (stretch.year_ended, manifest.fiscal_year),
        "before": (manifest.before, manifest.before if manifest.first_seq > 1 else Totals()),
    }
    wrong = [name for name, (ours, theirs) in found.items() if ours != theirs]
    if wrong:
        raise BadArchive(Reason(n_("its manifest says otherwise of: {names}"), names=", ".join(wrong)))


def _check_files(path: Path) -> None:
    """The archive is its three files, once each: what nobody signed does not pass for part of it."""
    with _opened(path) as archive:
        if sorted(archive.namelist()) != sorted((ENTRIES, MANIFEST, README)):
            raise BadArchive(
                Reason(
                    n_("it holds other files than an archive does: {names}"),
                    names=", ".join(archive.namelist()),
                )
            )
        with archive.open(README) as file:
            # what is read to its end is held against its checksum
            file.read(LARGEST_MANIFEST)


def _signed(content: bytes) -> Manifest:
    try:
        fields = msgspec.json.decode(content)
        manifest = msgspec.convert(fields, Manifest)
        key = bytes.fromhex(manifest.public_key)
        bytes.fromhex(manifest.prev_hash)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise BadArchive(Reason(n_("its manifest cannot be read: {error}"), error=error)) from error
    if not document_holds(fields, key):
        raise BadArchive(n_("its manifest was altered after the till had signed it"))
    return manifest


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE):
        yield line


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The one place where what is wrong with a file becomes ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except KeyError as error:
        raise BadArchive(Reason(n_("a file is missing in it: {error}"), error=error)) from error
    except OSError as error:
        raise BadArchive(Reason(n_("it cannot be read: {error}"), error=error.strerror or error)) from error
    except _BROKEN as error:
        raise BadArchive(n_("it is no archive, or was cut or damaged")) from error


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
)
"""What `zipfile` raises of a file that is not whole, or of a compression that this Python has not."""
_ENTRY = n_("entry {position}: {error}")
_README = """\
ARCHIVE FISCALE D'UNE CAISSE

Ce fichier ZIP contient une partie du journal de la caisse, telle que la caisse l'a enregistrée et signée
(CGI art. 286 I-3° bis ; BOI-TVA-DECLA-30-10-30). Il se lit sans logiciel particulier.

journal.jsonl   une écriture par ligne (JSON) :
                  canonical  le contenu signé, lui-même un objet JSON (seq, kind, at, body)
                  prev_hash  l'empreinte de l'écriture précédente
                  hash       SHA-256( octets de prev_hash, puis octets UTF-8 de canonical )
                  signature  signature Ed25519 de hash par la clé de la caisse
manifest.json   ce que l'archive contient : positions, dates, totaux, clé publique de la caisse,
                SHA-256 de journal.jsonl. Sa signature Ed25519 porte sur le JSON de tous les autres
                champs : clés triées, sans espaces, en UTF-8.

Pour tout vérifier :  tui-pos journal verify --archive FICHIER
Les montants sont en centimes. Les heures sont en temps universel (UTC).
"""
