"""A file that gets what a virtual printer prints, so that it can be read or printed beside the till."""

from __future__ import annotations

from pathlib import Path

from devices.virtual.roll import Paper


class PaperFile:
    """Appends the bytes of each paper to a file, as a printer at the end of a cable would get them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, paper: Paper) -> None:
        """Write one paper. It blocks: the printer calls it in a worker thread."""
        with self.path.open("ab") as file:
            file.write(paper.raw)
