"""What a ZPL printer says of itself: `~HS` → three strings (ZPL II Programming Guide).

Some answer with paper out and the head open as flags; others, says the same guide, do not answer at all then. One that
has answered once and is silent is therefore not ready.
"""

from __future__ import annotations

import re

from devices.labels.status import Inquiry, Status

_FIRST = re.compile(
    rb"\x02[0-9]{3},([01]),([01]),[0-9]{4},[0-9]{3},[01],[01],[01],[0-9]{3},[01],[01],[01]\x03"
)
_SECOND = re.compile(rb"\x02[0-9]{3},[01],([01]),([01]),[01],[0-9],[0-9],[01],[0-9]{8},[01],[0-9]{3}\x03")


def encode(status: Status) -> bytes:
    """As a printer says it."""
    first = f"030,{status.paper_out:d},{status.paused:d},0256,000,0,0,0,000,0,0,0"
    second = f"000,0,{status.head_open:d},{status.ribbon_out:d},0,2,6,0,00000000,1,000"
    return "".join(f"\x02{string}\x03\r\n" for string in (first, second, "1234,0")).encode("ascii")


def decode(answer: bytes) -> Status | None:
    """The status in an answer; None: it is none."""
    first, second = _FIRST.search(answer), _SECOND.search(answer)
    if first is None or second is None:
        return None
    paper, paused = (flag == b"1" for flag in first.groups())
    head, ribbon = (flag == b"1" for flag in second.groups())
    return Status(paper, head, ribbon, paused)


INQUIRY = Inquiry(b"~HS\r\n", b"\x03", 3, encode, decode)
