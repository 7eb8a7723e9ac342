"""Tickets and reports → documents for paper, and lines for the customer display. Pure, in the language of the till.

What a receipt carries is French law: CGI art. 286 I-3° bis with BOI-TVA-DECLA-30-10-30, and the arrêté n° 83-50/A of
3 October 1983 on the note given to a customer. Nothing on paper tells that somebody is helped: neither tariff nor
market value stands on it.
"""

from tui_pos.receipts.board import closed_board, idle_board, sale_board
from tui_pos.receipts.context import PaperContext
from tui_pos.receipts.display import change_shown, idle_shown, line_shown, total_shown
from tui_pos.receipts.kitchen import KitchenPaper, kitchen
from tui_pos.receipts.receipt import provisional, receipt
from tui_pos.receipts.report import report

__all__ = [
    "KitchenPaper",
    "PaperContext",
    "change_shown",
    "closed_board",
    "idle_board",
    "idle_shown",
    "kitchen",
    "line_shown",
    "provisional",
    "receipt",
    "report",
    "sale_board",
    "total_shown",
]
