"""Shelf and product labels, in the two languages that label printers speak."""
