"""`python -m backoffice` is the command `tui-pos-server`."""

from backoffice.cli import main

raise SystemExit(main())
