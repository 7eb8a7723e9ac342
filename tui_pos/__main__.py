"""`python -m tui_pos` is the command `tui-pos`."""

from tui_pos.cli import main

raise SystemExit(main())
