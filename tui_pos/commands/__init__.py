"""The commands of `tui-pos`, one module each: `run(options)` gives the exit status."""
