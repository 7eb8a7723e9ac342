"""Receipt printers: what they can do, and the bytes they understand."""
