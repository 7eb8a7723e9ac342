"""Bodies on the wire: compressed once, bounded, whole."""

from __future__ import annotations

import gzip

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.protocol.bodies import BadBody, BodyTooLarge, pack, unpack

LIMIT = 10_000


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=2000).map(lambda part: part * 3))
def test_what_was_packed_is_unpacked(body: bytes) -> None:
    packed, encoding = pack(body)

    assert unpack(packed, encoding, LIMIT) == body


def test_a_small_body_goes_as_it_is() -> None:
    assert pack(b"small") == (b"small", None)
    assert pack(b"large" * 1000)[1] == "zstd"


@pytest.mark.parametrize("encoding", [None, "identity", "", " Identity "])
def test_a_plain_body_is_itself(encoding: str | None) -> None:
    assert unpack(b"plain", encoding, LIMIT) == b"plain"


def test_gzip_is_taken_too() -> None:
    assert unpack(gzip.compress(b"body" * 100), "GZIP", LIMIT) == b"body" * 100


BOMB = b"0" * 100_000_000


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (zstandard.compress(BOMB), "zstd"),
        (zstandard.ZstdCompressor(write_content_size=False).compress(BOMB), "zstd"),
        (gzip.compress(BOMB, mtime=0), "gzip"),
        (b"0" * (LIMIT + 1), None),
        (zstandard.compress(b"0" * (LIMIT + 1)), "zstd"),
        (gzip.compress(b"0" * (LIMIT + 1), mtime=0), "gzip"),
    ],
)
def test_what_would_become_too_large_is_refused(body: bytes, encoding: str | None) -> None:
    with pytest.raises(BodyTooLarge):
        unpack(body, encoding, LIMIT)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"", "zstd"),
        (b"", "gzip"),
        (b"junk", "zstd"),
        (b"junk", "gzip"),
        (zstandard.compress(b"body")[:-1], "zstd"),
        (gzip.compress(b"body", mtime=0)[:-1], "gzip"),
        (gzip.compress(b"body", mtime=0) + b"more", "gzip"),
        (zstandard.compress(b"body") + b"more", "zstd"),
        (b"body", "br"),
        (b"body", "zstd, gzip"),
        (gzip.compress(zstandard.compress(b"body"), mtime=0), "gzip, zstd"),
    ],
)
def test_what_is_cut_or_encoded_otherwise_is_refused(body: bytes, encoding: str) -> None:
    with pytest.raises(BadBody):
        unpack(body, encoding, LIMIT)


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=300), encoding=st.sampled_from(["zstd", "gzip"]))
def test_whatever_comes_it_is_read_or_refused(body: bytes, encoding: str) -> None:
    try:
        assert len(unpack(body, encoding, LIMIT)) <= LIMIT
    except BadBody:
        return
