from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.protocol import (
    GENESIS_HASH,
    BadEntry,
    Entry,
    Identity,
    Signer,
    chain_hash,
    check_entry,
    make_entry,
    signature_holds,
    stamp,
)

SIGNER = Signer(bytes(range(32)))
STRANGER = Signer(bytes(32))
WHO = Identity(shop="s1", till="2", epoch=1)
AT = datetime(2026, 11, 22, 14, 5, 9, 123456, tzinfo=UTC)
START = (0, GENESIS_HASH)


@pytest.fixture
def entry() -> Entry:
    return make_entry(WHO, SIGNER, START, "ticket", {"number": "2-000001", "total": 1055}, AT)


def test_an_entry_is_the_json_of_its_envelope(entry: Entry) -> None:
    assert entry.canonical == (
        b'{"v":1,"shop":"s1","till":"2","epoch":1,"seq":1,"kind":"ticket","at":"2026-11-22T14:05:09.123Z",'
        b'"body":{"number":"2-000001","total":1055}}'
    )
    assert entry.hash == chain_hash(GENESIS_HASH, entry.canonical)
    assert bytes(entry.body) == b'{"number":"2-000001","total":1055}'


def test_a_body_that_is_json_already_is_taken_as_it_is() -> None:
    raw = msgspec.Raw(b'{"z":1,"a":2}')

    assert bytes(make_entry(WHO, SIGNER, START, "event", raw, AT).body) == bytes(raw)


def test_a_good_entry_is_good(entry: Entry) -> None:
    check_entry(entry, START, SIGNER.public_key)
    following = make_entry(WHO, SIGNER, (entry.seq, entry.hash), "event", {}, AT)
    check_entry(following, (entry.seq, entry.hash), SIGNER.public_key)


def test_an_entry_of_another_key_is_not_this_tills(entry: Entry) -> None:
    with pytest.raises(BadEntry, match="signature"):
        check_entry(entry, START, STRANGER.public_key)


def test_a_gap_is_seen(entry: Entry) -> None:
    with pytest.raises(BadEntry, match="gap"):
        check_entry(entry, (1, GENESIS_HASH), SIGNER.public_key)


def test_another_past_is_seen(entry: Entry) -> None:
    with pytest.raises(BadEntry, match="before it"):
        check_entry(entry, (0, bytes(31) + b"x"), SIGNER.public_key)


def test_columns_that_say_what_was_not_signed_are_seen(entry: Entry) -> None:
    for other in (replace(entry, kind="event"), replace(entry, at="2026-11-23T00:00:00.000Z")):
        with pytest.raises(BadEntry, match="what was signed"):
            check_entry(other, START, SIGNER.public_key)


def test_signed_bytes_that_are_no_envelope_are_seen(entry: Entry) -> None:
    digest = chain_hash(GENESIS_HASH, b"{}")
    other = replace(entry, canonical=b"{}", hash=digest, signature=SIGNER.sign(digest))

    with pytest.raises(BadEntry, match="cannot be read"):
        check_entry(other, START, SIGNER.public_key)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_byte_can_be_changed_unseen(data: st.DataObject) -> None:
    entry = make_entry(WHO, SIGNER, START, "ticket", {"total": 1055, "label": "Œufs"}, AT)
    name = data.draw(st.sampled_from(["canonical", "prev_hash", "hash", "signature"]))
    content = bytearray(getattr(entry, name))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(BadEntry):
        check_entry(replace(entry, **{name: bytes(content)}), START, SIGNER.public_key)


def test_a_signature_of_the_wrong_shape_does_not_hold() -> None:
    assert not signature_holds(SIGNER.public_key, bytes(32), b"short")
    assert not signature_holds(b"no key", bytes(32), bytes(64))


def test_moments_are_written_in_utc_and_sort_as_texts() -> None:
    paris = timezone(timedelta(hours=1))

    assert stamp(AT) == "2026-11-22T14:05:09.123Z"
    assert stamp(AT.astimezone(paris)) == stamp(AT)
    assert stamp(AT.replace(microsecond=0)) < stamp(AT) < stamp(AT + timedelta(seconds=1))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        stamp(AT.replace(tzinfo=None))
