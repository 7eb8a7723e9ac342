"""Labels of products, for shelves and for the goods themselves."""

from __future__ import annotations

from devices.document import Document
from devices.labels.label import MOST_COPIES, Label
from sync.store import Store
from tui_pos.errors import refuse
from tui_pos.inputs import PrintLabels
from tui_pos.l10n import n_, plural
from tui_pos.outcomes import Notice, Outcome
from tui_pos.receipts.labels import label_of
from tui_pos.register.desk import Desk
from tui_pos.register.handlers import takes
from tui_pos.register.jobs import add_job, print_job
from tui_pos.sale.errors import AmbiguousCode, UnknownCode, shown

LABEL = "label"
_COPIES = n_("{copies} copies cannot be printed at once. Nothing was printed: ask for 1 to {most}.")
_NO_PRINTER = n_(
    "This till has no label printer. Nothing was printed: set one up on the screen of the devices."
)


async def labels_of(store: Store, codes: tuple[str, ...], copies: int, currency: str) -> Document:
    """A document with a label of each product, so many times.

    Raises:
        Refused: a number of copies that is none, or no product at all.
        UnknownCode, AmbiguousCode: a code is not that of one product.
    """
    if not codes or not 1 <= copies <= MOST_COPIES:
        raise refuse("bad_request", _COPIES, copies=copies, most=MOST_COPIES)
    return Document(tuple([await _label(store, code, copies, currency) for code in codes]))


async def _label(store: Store, code: str, copies: int, currency: str) -> Label:
    found = await store.catalogue.find(code)
    exact = [product for product in found if product.code == code] or found
    if not exact:
        raise UnknownCode(code=shown(code))
    if len(exact) > 1:
        raise AmbiguousCode(code=shown(code), count=len(exact))
    return label_of(exact[0], currency, copies)


def counted(document: Document) -> int:
    """How many labels a document has, copies counted."""
    return sum(block.copies for block in document.blocks if isinstance(block, Label))


@takes(PrintLabels, session=False, while_paying=True)
async def print_labels(desk: Desk, given: PrintLabels) -> Outcome:
    """Print labels: kept and queued, never awaited."""
    document = await labels_of(desk.store, given.codes, given.copies, desk.shop.currency)
    if desk.counter.spool.printer_for(LABEL) is None:
        raise refuse("device_failed", _NO_PRINTER)
    async with desk.transaction() as transaction:
        job = await add_job(desk, transaction, document, LABEL)
    print_job(desk, job)
    count = counted(document)
    text = plural("{count} label goes to the printer.", "{count} labels go to the printer.", count)
    return Outcome(notice=Notice("labels", text.format(count=count)))
