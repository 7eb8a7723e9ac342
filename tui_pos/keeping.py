"""What was let go of a till's journal, in words."""

from __future__ import annotations

from sync.retention import Outcome
from tui_pos.errors import said
from tui_pos.l10n import _


def in_words(outcome: Outcome) -> str:
    """What went, and why no more."""
    if outcome.gone:
        went = _("{count} entries were let go: all through {through}.").format(
            count=outcome.gone, through=outcome.through
        )
    else:
        went = _("Nothing was let go.")
    return f"{went} {_('Why no more: {reason}.').format(reason=said(outcome.held))}"
