"""Cash drawers: on a printer, or on a serial line."""
