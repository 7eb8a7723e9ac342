"""Barcode scanners: as a keyboard (wedge), on a serial line, and as an input device that the till has to itself."""
