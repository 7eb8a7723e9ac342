"""The register: one typed input in, one outcome and typed events out; the screen and headless call nothing else."""

from tui_pos.register.register import Register

__all__ = ["Register"]
