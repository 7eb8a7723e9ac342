"""How long a printer is waited for: as long as the rules say, and longer where it has shown that it needs longer."""

from __future__ import annotations

from msgspec import Struct


class Patience(Struct, frozen=True):
    """How long a printer is waited for, in seconds."""

    status: float = 1.0
    barrier: float = 5.0
    """And another second for each 10 cm of paper."""
    poll: float = 2.0
    """Between two looks at why a barrier is not passed."""
    stuck: float = 5.0
    """Without a byte being taken, before that is told."""
    settle: float = 2.0
    """For a printer that may still be busy with an earlier job."""
    quiet: float = 0.3
    """For an answer that belongs to a job before."""
    again: float = 0.4
    """Before a printer that others use is called once more to open a drawer."""
    late: float = 15.0
    """The longest wait for a printer that is slow to answer, be it only for the end of a job in doubt."""

    @classmethod
    def with_a(cls, printer: float) -> Patience:
        """For a printer that needs so many seconds to answer."""
        usual = cls()
        more = max(0.0, printer - usual.status)
        return cls(
            status=usual.status + more,
            barrier=usual.barrier + more,
            settle=usual.settle + more,
            late=usual.late + 2 * more,
        )
