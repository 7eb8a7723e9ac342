"""What processes take of the machine, with those that they start: read from /proc, so on Linux only."""

from __future__ import annotations

import os
import re
from pathlib import Path


def family(pid: int) -> list[int]:
    """A process and all that it started and that still run."""
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text("ascii").split():
            found += family(int(child))
    return found


def peak_memory(pid: int) -> float:
    """The most resident memory that a process and its children have had so far, each at its peak, in MiB."""
    return sum(_number(member, r"VmHWM:\s+(\d+)") for member in family(pid)) / 1024


def open_files(pid: int) -> int:
    """The descriptors that a process holds."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def memory(pid: int) -> float:
    """The resident memory of one process now, in MiB."""
    return _number(pid, r"VmRSS:\s+(\d+)") / 1024


def processor_seconds(pid: int) -> float:
    """The processor time of a process and its children so far."""
    ticks = sum(_ticks(member) for member in family(pid))
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _number(pid: int, pattern: str) -> int:
    found = re.search(pattern, Path(f"/proc/{pid}/status").read_text("ascii"))
    return int(found[1]) if found else 0
