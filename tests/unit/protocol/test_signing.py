"""Requests are signed: whatever is altered on the way is found out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.protocol import Signer
from sync.protocol.signing import BadSignature, Signed, claimed, content_digest, sign, verify

SIGNER = Signer(b"s" * 32)
METHOD, TARGET, BODY = "POST", "/v1/journal?a=%2Fb", b"body"


def signed(**other: object) -> dict[str, str]:
    values: dict[str, object] = {
        "till_id": "till-1",
        "epoch": 3,
        "created": 1_700_000_000,
        "nonce": "nonce-001",
        **other,
    }
    return sign(SIGNER, METHOD, TARGET, BODY, **values)  # type: ignore[arg-type]


def test_what_was_signed_is_vouched_for() -> None:
    found = verify(SIGNER.public_key, METHOD, TARGET, signed(), BODY)

    assert found == Signed(1_700_000_000, "nonce-001", "till-1", 3)


def test_the_headers_are_those_of_the_standards() -> None:
    headers = signed()

    # of "body", as RFC 9530 writes it
    assert headers["content-digest"] == "sha-256=:Iw2DWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU=:"
    assert headers["signature-input"].startswith('tui=("@method" "@request-target" "content-digest" ')
    assert headers["signature-input"].endswith(';alg="ed25519"')


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("PUT", TARGET, BODY),
        (METHOD, "/v1/journal?a=/b", BODY),
        (METHOD, "/v1/journal", BODY),
        (METHOD, TARGET, b"other"),
        (METHOD, TARGET, b""),
    ],
)
def test_another_request_is_not(method: str, target: str, body: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(SIGNER.public_key, method, target, signed(), body)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("tui-till", "till-2"),
        ("tui-epoch", "4"),
        ("content-digest", content_digest(b"other")),
        ("signature", "tui=:AAAA:"),
        ("signature", "other"),
        ("signature", "tui=:é:"),
        ("signature-input", 'tui=("@method");created=1;nonce="nonce-001";keyid="till-1";alg="ed25519"'),
        ("signature-input", ""),
    ],
)
def test_a_header_that_was_altered_is_found_out(header: str, value: str) -> None:
    with pytest.raises(BadSignature):
        verify(SIGNER.public_key, METHOD, TARGET, {**signed(), header: value}, BODY)


def test_a_time_or_nonce_that_was_altered_is_found_out() -> None:
    headers = signed()
    for before, after in (("created=1700000000", "created=1700000001"), ("nonce-001", "nonce-002")):
        altered = {**headers, "signature-input": headers["signature-input"].replace(before, after)}
        with pytest.raises(BadSignature):
            verify(SIGNER.public_key, METHOD, TARGET, altered, BODY)


def test_another_key_is_found_out() -> None:
    with pytest.raises(BadSignature):
        verify(Signer(b"x" * 32).public_key, METHOD, TARGET, signed(), BODY)


@pytest.mark.parametrize(
    "wrong", [{"till_id": 'a"b'}, {"nonce": "short"}, {"nonce": 'with"quotes'}, {"created": -1}]
)
def test_what_could_not_be_verified_is_not_signed(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is no"):
        signed(**wrong)


@settings(max_examples=200, deadline=None)
@given(
    headers=st.dictionaries(
        st.sampled_from(["signature-input", "signature", "content-digest", "tui-till", "tui-epoch"]),
        st.text(max_size=80),
    )
)
def test_whatever_stands_in_the_headers_it_is_refused_and_nothing_worse(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        claimed(headers)
