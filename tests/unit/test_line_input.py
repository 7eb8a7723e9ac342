"""Lines as a pipe brings them: in pieces, without an end, or never."""

from __future__ import annotations

import asyncio
import os
import threading
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_pos.line_input import CHUNK, Ahead, lines


async def read(raw: bytes) -> list[bytes]:
    return [line async for line in lines(BytesIO(raw))]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", []),
        (b"\n", [b""]),
        (b"one", [b"one"]),
        (b"one\ntwo\n", [b"one", b"two"]),
        (b"one\r\n\r\ntwo", [b"one\r", b"\r", b"two"]),
        (b"\xef\xbb\xbfone\n\xef\xbb\xbftwo", [b"one", b"\xef\xbb\xbftwo"]),
        (b"\xef\xbb\xbfone", [b"one"]),
        (b"\x00\xff\n", [b"\x00\xff"]),
    ],
)
async def test_lines_are_cut_at_line_feeds_and_nowhere_else(raw: bytes, expected: list[bytes]) -> None:
    assert await read(raw) == expected


async def test_a_line_of_many_chunks_is_one_line() -> None:
    long = b"9" * (3 * CHUNK + 7)
    assert await read(long + b"\n" + long) == [long, long]


@given(st.binary(max_size=50))
def test_no_byte_is_lost(raw: bytes) -> None:
    found = asyncio.run(read(b"x" + raw))
    assert b"\n".join(found) == (b"x" + raw).removesuffix(b"\n")


async def test_a_line_comes_as_soon_as_it_ends_though_the_pipe_stays_open() -> None:
    out, into = os.pipe()
    with os.fdopen(out, "rb") as source, os.fdopen(into, "wb", buffering=0) as sink:
        coming = lines(source)
        sink.write(b"first\nsec")
        assert await anext(coming) == b"first"
        sink.write(b"ond\n")
        assert await anext(coming) == b"second"
        sink.close()
        with pytest.raises(StopAsyncIteration):
            await anext(coming)
        for thread in threading.enumerate():
            if thread.name == "lines":
                thread.join(10)


# --- a look at the next line


async def test_a_line_that_was_looked_at_is_still_the_next() -> None:
    ahead = Ahead(BytesIO(b"one\n\n \ntwo"))
    assert [await ahead.peek(), await ahead.peek(), await ahead.take()] == [b"one"] * 3
    assert [await ahead.take(), await ahead.take(), await ahead.take()] == [b"two", None, None]
    await ahead.close()


async def test_nobody_looks_any_more_once_it_is_closed() -> None:
    out, into = os.pipe()
    with os.fdopen(out, "rb") as source:
        ahead = Ahead(source)
        coming = ahead.peek()
        await ahead.close()
        assert coming.cancelled()
        os.close(into)
