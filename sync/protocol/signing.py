"""Requests are signed: a profile of HTTP Message Signatures (RFC 9421) with Ed25519.

Covered are the method, the request target exactly as sent (path and query, never rebuilt from a URL), the digest of the
body as sent (RFC 9530: compressed, where it is), the till and its epoch; and the time and a nonce, so that a
request serves once. `created` is the time as the server tells it: a till whose clock is wrong is not locked out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import NamedTuple

from sync.protocol.journal import Signer, signature_holds
from sync.protocol.reasons import Cause, cause

WINDOW = 300
"""Seconds by which `created` may differ from the server's time."""

TILL_HEADER = "tui-till"
EPOCH_HEADER = "tui-epoch"

_LABEL = "tui"
_COVERED = '("@method" "@request-target" "content-digest" "tui-till" "tui-epoch")'
_NAME = r"[A-Za-z0-9_.:-]{0,80}"
_PARAMETERS = re.compile(
    re.escape(_COVERED)
    + rf';created=(?P<created>[0-9]{{1,12}});nonce="(?P<nonce>[A-Za-z0-9_-]{{8,64}})";keyid="(?P<keyid>{_NAME})"'
    + r';alg="ed25519"'
)
_SAFE = re.compile(_NAME)
_EPOCH = re.compile(r"[0-9]{1,9}")


class BadSignature(Exception):
    """A request is not what its till signed; `reason` says what is wrong with it."""

    def __init__(self, reason: Cause) -> None:
        super().__init__(reason)
        self.reason = reason


class Signed(NamedTuple):
    """What a signature vouches for."""

    created: int
    """Seconds since 1970."""
    nonce: str
    till: str
    epoch: int


def content_digest(body: bytes) -> str:
    """The `Content-Digest` of a body as sent (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def sign(
    signer: Signer, method: str, target: str, body: bytes, till_id: str, epoch: int, created: int, nonce: str
) -> dict[str, str]:
    """The headers that sign a request.

    Args:
        signer: the till's key.
        target: path and query, byte for byte as they go out.
        body: as it goes out, compressed where it is.
        till_id: empty while there is none: enrolment.
        created: the server's time, in seconds since 1970.
        nonce: 8 to 64 letters, digits, `-` and `_`, never used before.

    Raises:
        ValueError: till id or nonce have other characters.
    """
    if not _SAFE.fullmatch(till_id):
        raise ValueError(f"{till_id!r} is no till id")
    parameters = f'{_COVERED};created={created};nonce="{nonce}";keyid="{till_id}";alg="ed25519"'
    if not _PARAMETERS.fullmatch(parameters):
        raise ValueError(f"{nonce!r} is no nonce, or {created} no time")
    digest = content_digest(body)
    base = _base(method, target, digest, till_id, str(epoch), parameters)
    return {
        "content-digest": digest,
        TILL_HEADER: till_id,
        EPOCH_HEADER: str(epoch),
        "signature-input": f"{_LABEL}={parameters}",
        "signature": f"{_LABEL}=:{base64.b64encode(signer.sign(base)).decode()}:",
    }


def claimed(headers: Mapping[str, str]) -> Signed:
    """What a request says of itself, before anything is verified: whose key to look up.

    Args:
        headers: by their names in lower case.

    Raises:
        BadSignature: it is not signed, or not in this profile.
    """
    label, _, parameters = headers.get("signature-input", "").partition("=")
    found = _PARAMETERS.fullmatch(parameters)
    if label != _LABEL or not found:
        raise BadSignature(cause("not_signed"))
    till, epoch = headers.get(TILL_HEADER), headers.get(EPOCH_HEADER, "")
    if till is None or till != found["keyid"] or not _EPOCH.fullmatch(epoch):
        raise BadSignature(cause("no_identity"))
    return Signed(int(found["created"]), found["nonce"], till, int(epoch))


def verify(
    public_key: bytes, method: str, raw_target: str, headers: Mapping[str, str], body: bytes
) -> Signed:
    """Check that the holder of the key signed this request.

    Whether it is recent, and its nonce new, is the caller's to see.

    Args:
        raw_target: path and query, byte for byte as they came.
        headers: by their names in lower case.
        body: as it came.

    Raises:
        BadSignature: it is not signed, or something differs from what was signed.
    """
    signed = claimed(headers)
    digest = content_digest(body)
    if not hmac.compare_digest(headers.get("content-digest", "").encode(), digest.encode()):
        raise BadSignature(cause("other_body"))
    parameters = headers["signature-input"].partition("=")[2]
    base = _base(method, raw_target, digest, signed.till, headers[EPOCH_HEADER], parameters)
    if not signature_holds(public_key, base, _signature(headers.get("signature", ""))):
        raise BadSignature(cause("other_signature"))
    return signed


def _signature(value: str) -> bytes:
    prefix, suffix = f"{_LABEL}=:", ":"
    if not (value.startswith(prefix) and value.endswith(suffix)):
        raise BadSignature(cause("no_signature"))
    try:
        return base64.b64decode(value[len(prefix) : -1], validate=True)
    except ValueError:
        raise BadSignature(cause("odd_signature")) from None


def _base(method: str, target: str, digest: str, till: str, epoch: str, parameters: str) -> bytes:
    """The signature base (RFC 9421, 2.5)."""
    lines = (
        f'"@method": {method.upper()}',
        f'"@request-target": {target}',
        f'"content-digest": {digest}',
        f'"{TILL_HEADER}": {till}',
        f'"{EPOCH_HEADER}": {epoch}',
        f'"@signature-params": {parameters}',
    )
    return "\n".join(lines).encode("utf-8", "surrogateescape")
